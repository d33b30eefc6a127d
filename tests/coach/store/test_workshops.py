"""Both databases number a workshop's events alike, keep drafts apart, and leave nothing of what is deleted."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import event, text

from coach.errors import NotFound, Refused
from coach.store import Database, StoredDraft, StoredWorkshop, WorkshopStore, open_database
from coach.store.workshops import MAX_DRAFTS

START = datetime(2026, 1, 1, 12, tzinfo=UTC)
WORKSHOP = StoredWorkshop("a", "w1", "CODE2345", "Q3 🎉", START, START + timedelta(days=30))


class Clock:
    """A clock that a test sets."""

    now = START

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = open_database(database_url)
    yield opened
    opened.close()


@pytest.fixture
def store(database: Database, clock: Clock) -> WorkshopStore:
    made = WorkshopStore(database, clock=clock)
    made.add(WORKSHOP, ["e1", "e2"], lambda: "OTHER234")
    return made


def test_a_workshop_is_found_by_its_code_until_it_expires(store: WorkshopStore, clock: Clock) -> None:
    assert store.find("CODE2345") == WORKSHOP
    assert store.of_tenant("a") == [WORKSHOP]
    assert store.of_tenant("b") == []
    clock.now = WORKSHOP.expires_at
    assert store.of_tenant("a") == []
    with pytest.raises(NotFound):
        store.find("CODE2345")
    assert store.expire() == ["w1"]
    assert store.expire() == []


def test_a_code_that_is_taken_is_drawn_anew(store: WorkshopStore) -> None:
    assert store.add(WORKSHOP._replace(id="w2"), ["e1"], lambda: "FREE2345").code == "FREE2345"
    with pytest.raises(Refused):
        store.add(WORKSHOP._replace(id="w3"), ["e1"], lambda: "CODE2345")


def test_many_writers_leave_one_row_of_numbers(store: WorkshopStore) -> None:
    def write(name: int) -> int:
        with store.writing(WORKSHOP) as writing:
            before = writing.number
            assert len(writing.since(0)) == before
            writing.append([f"{name}-{before}", f"{name}-{before + 1}"])
            return before

    with ThreadPoolExecutor(8) as threads:
        begun = list(threads.map(write, range(24)))
    assert sorted(begun) == list(range(2, 50, 2))
    events = store.since(WORKSHOP, 0)
    assert len(events) == 50
    assert [int(event.split("-")[1]) for event in events[2:]] == list(range(2, 50))
    assert store.since(WORKSHOP, 48) == events[48:]


def test_what_is_said_waits_for_the_disk_and_what_is_being_typed_does_not(tmp_path: Path) -> None:
    database = open_database(f"sqlite:///{tmp_path / 'rooms.db'}")
    store = WorkshopStore(database, clock=Clock())
    store.add(WORKSHOP, ["e1"], lambda: "OTHER234")
    levels: list[str] = []
    event.listen(
        database.engine,
        "before_cursor_execute",
        lambda connection, cursor, statement, *_: (
            levels.append(f"{statement.split()[2]} {cursor.connection.execute('PRAGMA synchronous').fetchone()[0]}")
            if statement.startswith("INSERT")
            else None
        ),
    )
    for _ in range(2):
        with store.writing(WORKSHOP) as writing:
            writing.append(["said"])
        store.keep_draft(WORKSHOP, "s1", StoredDraft("d1", "typed"))
    full, normal = "2", "1"
    assert levels == [f"workshop_events {full}", f"workshop_drafts {normal}"] * 2
    database.close()


def test_what_fails_half_way_is_not_stored(store: WorkshopStore) -> None:
    def fails() -> None:
        with store.writing(WORKSHOP) as writing:
            writing.append(["lost"])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fails()
    with store.writing(WORKSHOP) as writing:
        assert writing.number == 2
        writing.append(["kept"])
    assert store.since(WORKSHOP, 2) == ["kept"]


def test_private_drafts_are_kept_by_seat_and_counted(store: WorkshopStore) -> None:
    store.keep_draft(WORKSHOP, "s1", StoredDraft("d1", "one"))
    store.keep_draft(WORKSHOP, "s1", StoredDraft("d1", "two"))
    store.keep_draft(WORKSHOP, "s2", StoredDraft("d1", "theirs"))
    assert store.drafts(WORKSHOP, "s1") == [StoredDraft("d1", "two")]
    assert not store.drop_draft(WORKSHOP, "s1", "d\0")
    assert store.drop_draft(WORKSHOP, "s1", "d1")
    assert not store.drop_draft(WORKSHOP, "s1", "d1")
    assert store.drafts(WORKSHOP, "s2") == [StoredDraft("d1", "theirs")]
    for number in range(MAX_DRAFTS):
        store.keep_draft(WORKSHOP, "s1", StoredDraft(f"d{number}", "x"))
    with pytest.raises(Refused):
        store.keep_draft(WORKSHOP, "s1", StoredDraft("one more", "x"))
    assert len(store.drafts(WORKSHOP, "s1")) == MAX_DRAFTS


def test_a_deleted_workshop_leaves_no_row(store: WorkshopStore, database: Database) -> None:
    store.keep_draft(WORKSHOP, "s1", StoredDraft("d1", "x"))
    store.delete(WORKSHOP)
    with database.reading() as connection:
        for table in ("workshops", "workshop_events", "workshop_drafts"):
            assert connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one() == 0
    for gone in (lambda: store.delete(WORKSHOP), lambda: store.writing(WORKSHOP).__enter__()):
        with pytest.raises(NotFound):
            gone()


def test_what_was_said_in_a_room_is_not_in_the_file_after_deletion(tmp_path: Path) -> None:
    file = tmp_path / "rooms.db"
    database = open_database(f"sqlite:///{file}")
    store = WorkshopStore(database, clock=Clock())
    store.add(WORKSHOP, ["etwas sehr Vertrauliches"], lambda: "OTHER234")
    assert any(b"Vertrauliches" in each.read_bytes() for each in tmp_path.iterdir())
    store.delete(WORKSHOP)
    assert not any(b"Vertrauliches" in each.read_bytes() for each in tmp_path.iterdir())
    database.close()
