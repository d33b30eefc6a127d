"""Both databases keep frames in versions and cycles step by step, tenants apart; deleted means gone."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest

from coach.cycle import CheckIn, Cycle
from coach.errors import NotFound
from coach.okr import Objective, Strategy
from coach.store import CycleStore, Database, StrategyStore, open_database
from coach.strategy import cycle as steps

START = date(2026, 1, 5)
NOW = datetime(2026, 1, 5, 12, tzinfo=UTC)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = open_database(database_url)
    yield opened
    opened.close()


def a_cycle(strategy_id: str | None = None) -> Cycle:
    objective = Objective.model_validate({"objective": "Anrufer:innen kommen an 🎉", "key_results": ["80 %"]})
    ends = START + timedelta(days=90)
    cycle = Cycle(name="Q1", language="de", starts=START, ends=ends, drafted=(objective,), strategy_id=strategy_id)
    return steps.agreed(cycle)


def test_a_frame_keeps_its_versions_until_it_is_deleted(database: Database) -> None:
    store = StrategyStore(database, clock=lambda: NOW)
    first = store.add("a", "Haus", Strategy(purpose="Wohnen 🎉"))
    second = store.replace("a", first.id, "Haus", Strategy(purpose="Gut wohnen"))
    assert (first.version, second.version) == (1, 2)
    assert store.get("a", first.id) == second
    assert store.get("a", first.id, 1) == first
    assert store.versions("a", first.id) == [first, second]
    assert store.list("a") == [second]
    store.delete("a", first.id)
    assert store.list("a") == []
    with pytest.raises(NotFound):
        store.get("a", first.id, 1)


def test_another_tenants_frames_and_cycles_do_not_exist(database: Database) -> None:
    frames, cycles = StrategyStore(database), CycleStore(database)
    frame, cycle = frames.add("a", "Haus", Strategy()), cycles.add("a", a_cycle())
    for refused in (
        lambda: frames.get("b", frame.id),
        lambda: frames.replace("b", frame.id, "x", Strategy()),
        lambda: frames.delete("b", frame.id),
        lambda: cycles.get("b", cycle.id),
        lambda: cycles.change("b", cycle.id, lambda each: each),
        lambda: cycles.delete("b", cycle.id),
        lambda: cycles.get("a", "\x00"),
        lambda: frames.get("a", "\x00"),
    ):
        with pytest.raises(NotFound):
            refused()
    assert (frames.list("b"), cycles.list("b")) == ([], [])
    assert len(frames.list("a")) == len(cycles.list("a")) == 1


def test_a_deleted_frame_is_named_by_no_cycle(database: Database) -> None:
    frames, cycles = StrategyStore(database), CycleStore(database)
    frame = frames.add("a", "Haus", Strategy())
    cycle = cycles.add("a", a_cycle(frame.id))
    assert [each.id for each in cycles.list("a", frame.id)] == [cycle.id]
    frames.delete("a", frame.id)
    assert cycles.get("a", cycle.id).cycle.strategy_id is None
    cycles.delete("a", cycle.id)
    assert cycles.list("a") == []


def test_check_ins_that_come_together_are_all_kept(database: Database) -> None:
    store = CycleStore(database)
    cycle = store.add("a", a_cycle())

    def write(week: int) -> None:
        note = CheckIn(day=START + timedelta(weeks=week), learned=f"Woche {week}")
        store.change("a", cycle.id, lambda each: steps.checked_in(each, note))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(8)))
    kept = store.get("a", cycle.id).cycle.check_ins
    assert {each.learned for each in kept} == {f"Woche {week}" for week in range(8)}
