"""Both databases keep feedback alike: one remark per finding, the last one counts, tenants apart."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, inspect, text

from coach.critique import Critic
from coach.errors import InputError, NotFound
from coach.feedback import Remark
from coach.okr import Draft, parse_draft
from coach.review import Review
from coach.store import Database, FeedbackStore, ReviewStore, open_database
from coach.store.tables import REVIEWS

START = datetime(2026, 1, 1, 12, tzinfo=UTC)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = open_database(database_url)
    yield opened
    opened.close()


@pytest.fixture
def store(database: Database) -> FeedbackStore:
    ticks = count()
    return FeedbackStore(database, clock=lambda: START + timedelta(minutes=next(ticks)))


@pytest.fixture(scope="module")
def reviewed(plain_critic: Critic) -> tuple[Draft, Review]:
    draft = parse_draft({"objective": "Anrufer:innen kommen an 🎉", "key_results": ["Portal live"], "mode": "rules"})
    return draft, plain_critic.review(draft)


@pytest.fixture
def review_id(database: Database, reviewed: tuple[Draft, Review]) -> str:
    return ReviewStore(database).add("a", *reviewed).id


def fingerprints(reviewed: tuple[Draft, Review]) -> list[str]:
    return [finding.fingerprint for finding in reviewed[1].findings()]


def test_a_remark_comes_back_with_its_pattern_and_moment(
    store: FeedbackStore, review_id: str, reviewed: tuple[Draft, Review]
) -> None:
    finding = reviewed[1].findings()[0]
    stored = store.add("a", review_id, [Remark(fingerprint=finding.fingerprint, verdict="reject", comment="Nö 🎉")])
    assert store.list("a", review_id) == stored
    (remark,) = stored
    assert (remark.pattern, remark.review_id, remark.created_at) == (finding.pattern, review_id, START)
    assert (remark.verdict, remark.comment) == ("reject", "Nö 🎉")


def test_a_later_remark_replaces_the_whole_earlier_one(
    store: FeedbackStore, review_id: str, reviewed: tuple[Draft, Review]
) -> None:
    one, other, *_ = fingerprints(reviewed)
    kept = store.add("a", review_id, [Remark(fingerprint=other, verdict="accept")])
    store.add("a", review_id, [Remark(fingerprint=one, verdict="accept")])
    replaced = store.add("a", review_id, [Remark(fingerprint=one, comment="on second thought")])
    assert store.list("a", review_id) == (*kept, *replaced)
    assert replaced[0].verdict is None


def test_of_two_remarks_in_one_go_the_last_counts(
    store: FeedbackStore, review_id: str, reviewed: tuple[Draft, Review]
) -> None:
    one = fingerprints(reviewed)[0]
    remarks = [Remark(fingerprint=one, verdict="accept"), Remark(fingerprint=one, verdict="reject")]
    assert [remark.verdict for remark in store.add("a", review_id, remarks)] == ["reject"]


def test_a_finding_of_another_review_is_refused_and_nothing_is_stored(
    store: FeedbackStore, review_id: str, reviewed: tuple[Draft, Review]
) -> None:
    known = Remark(fingerprint=fingerprints(reviewed)[0], verdict="accept")
    with pytest.raises(InputError) as caught:
        store.add("a", review_id, [known, Remark(fingerprint="0" * 16, verdict="accept")])
    assert [problem.pointer for problem in caught.value.problems] == ["/findings/1/fingerprint"]
    assert store.list("a", review_id) == ()


def test_a_tenant_neither_reads_nor_writes_feedback_of_another(
    store: FeedbackStore, review_id: str, reviewed: tuple[Draft, Review]
) -> None:
    remark = Remark(fingerprint=fingerprints(reviewed)[0], verdict="accept")
    store.add("a", review_id, [remark])
    with pytest.raises(NotFound):
        store.add("b", review_id, [remark])
    with pytest.raises(NotFound):
        store.list("b", review_id)
    assert list(store.export("b")) == []


@pytest.mark.parametrize("identifier", ["none", "", "a\0b", "'; --"])
def test_feedback_on_no_review_is_not_found(store: FeedbackStore, identifier: str) -> None:
    with pytest.raises(NotFound):
        store.list("a", identifier)


def test_remarks_at_the_same_moment_leave_one(
    store: FeedbackStore, review_id: str, reviewed: tuple[Draft, Review]
) -> None:
    one = fingerprints(reviewed)[0]
    with ThreadPoolExecutor(8) as threads:
        done = [threads.submit(store.add, "a", review_id, [Remark(fingerprint=one, comment=str(n))]) for n in range(16)]
    stored = {future.result()[0] for future in done}
    (left,) = store.list("a", review_id)
    assert left in stored


def test_export_yields_reviews_with_feedback_oldest_first(database: Database, reviewed: tuple[Draft, Review]) -> None:
    ticks = count()
    reviews = ReviewStore(database, clock=lambda: START + timedelta(minutes=next(ticks)))
    store = FeedbackStore(database)
    identifiers = [reviews.add("a", *reviewed).id for _ in range(3)]
    remark = Remark(fingerprint=fingerprints(reviewed)[0], verdict="accept")
    for identifier in (identifiers[2], identifiers[0]):
        store.add("a", identifier, [remark])
    exported = list(store.export("a"))
    assert [each.id for each in exported] == [identifiers[0], identifiers[2]]
    assert exported[0].draft == reviewed[0]
    assert exported[0].review.objectives == reviewed[1].objectives
    assert [each.remarks for each in exported] == [store.list("a", each.id) for each in exported]


def test_feedback_goes_with_its_review(
    database: Database, store: FeedbackStore, review_id: str, reviewed: tuple[Draft, Review]
) -> None:
    store.add("a", review_id, [Remark(fingerprint=fingerprints(reviewed)[0], verdict="accept")])
    with database.transaction() as connection:
        connection.execute(delete(REVIEWS).where(REVIEWS.c.tenant == "a", REVIEWS.c.id == review_id))
        assert connection.execute(text("SELECT count(*) FROM feedback")).scalar_one() == 0


def test_a_pattern_is_muted_once_and_for_one_tenant(store: FeedbackStore) -> None:
    first = store.mute("a", "no-baseline")
    assert store.mute("a", "no-baseline") == first
    store.mute("a", "absolute-claim")
    assert [muted.pattern for muted in store.muted("a")] == ["absolute-claim", "no-baseline"]
    assert store.muted("a")[1] == first
    assert store.muted("b") == ()


def test_a_muted_pattern_is_heard_again_by_any_of_its_names(store: FeedbackStore) -> None:
    store.mute("a", "former-name")
    store.mute("b", "former-name")
    store.unmute("a", ["name", "former-name"])
    assert store.muted("a") == ()
    assert [muted.pattern for muted in store.muted("b")] == ["former-name"]
    with pytest.raises(NotFound):
        store.unmute("a", ["name", "former-name"])


def test_no_column_could_hold_an_author(database: Database) -> None:
    columns = {column["name"] for column in inspect(database.engine).get_columns("feedback")}
    assert columns == {"tenant", "id", "review_id", "fingerprint", "pattern", "verdict", "comment", "created_at"}


@pytest.fixture(scope="module")
def in_memory(reviewed: tuple[Draft, Review]) -> Iterator[FeedbackStore]:
    database = open_database("sqlite://")
    yield FeedbackStore(database)
    database.close()


@settings(max_examples=25)
@given(said=st.lists(st.tuples(st.integers(0, 1), st.sampled_from(["accept", "reject"])), max_size=8))
def test_what_was_said_last_of_each_finding_is_what_is_stored(
    in_memory: FeedbackStore, reviewed: tuple[Draft, Review], said: list[tuple[int, str]]
) -> None:
    review_id = ReviewStore(in_memory._database).add("a", *reviewed).id
    found = fingerprints(reviewed)
    last: dict[str, str] = {}
    for which, verdict in said:
        in_memory.add("a", review_id, [Remark.model_validate({"fingerprint": found[which], "verdict": verdict})])
        last[found[which]] = verdict
    assert {remark.fingerprint: remark.verdict for remark in in_memory.list("a", review_id)} == last


def test_examples_are_the_verdicts_with_their_texts_newest_first(
    store: FeedbackStore, review_id: str, reviewed: tuple[Draft, Review]
) -> None:
    review = reviewed[1]
    at_key_result = review.objectives[0].key_results[0].findings
    in_set = review.objectives[0].set_findings
    assert len(at_key_result) > 1
    assert in_set
    first, second, *_ = at_key_result
    store.add("a", review_id, [Remark(fingerprint=first.fingerprint, verdict="accept", comment="Kim")])
    store.add("a", review_id, [Remark(fingerprint=second.fingerprint, verdict="reject")])
    store.add("a", review_id, [Remark(fingerprint=in_set[0].fingerprint, verdict="reject")])
    examples = store.examples("a")
    assert [(each.pattern, each.verdict) for each in examples] == [
        (second.pattern, "reject"),
        (first.pattern, "accept"),
    ]
    assert {(each.text, each.language) for each in examples} == {("Portal live", review.language)}
    assert examples[1].words == (first.span.text if first.span else "")
    assert store.examples("b") == ()
    assert len(store.examples("a", most=2)) == 1, "bounded before it is read"


def test_a_comment_alone_is_no_example(store: FeedbackStore, review_id: str, reviewed: tuple[Draft, Review]) -> None:
    finding = reviewed[1].objectives[0].key_results[0].findings[0]
    store.add("a", review_id, [Remark(fingerprint=finding.fingerprint, comment="Kim")])
    assert store.examples("a") == ()
