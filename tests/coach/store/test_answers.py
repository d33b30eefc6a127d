"""Kept answers: per tenant, for a time, gone with their draft."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from coach.store import AnswerStore, Database, open_database
from coach.store.tables import KEPT_ANSWERS


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 3, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = open_database(database_url)
    yield opened
    opened.close()


def rows(database: Database) -> int:
    with database.reading() as connection:
        return connection.execute(select(func.count()).select_from(KEPT_ANSWERS)).scalar_one()


def test_answers_come_back_in_order_and_later_ones_replace_them(database: Database) -> None:
    memory = AnswerStore(database, 1).of("a")
    assert memory.recall("key") is None
    memory.keep("key", "draft", ["first", "zweite ä 🎉"])
    assert memory.recall("key") == ["first", "zweite ä 🎉"]
    memory.keep("key", "draft", ["third"])
    assert memory.recall("key") == ["third"]
    assert rows(database) == 1


def test_another_tenant_has_no_part_in_them(database: Database) -> None:
    store = AnswerStore(database, 1)
    store.of("a").keep("key", "draft", ["mine"])
    assert store.of("b").recall("key") is None
    store.forget("b", "draft")
    assert store.of("a").recall("key") == ["mine"]


def test_they_expire_and_are_swept(database: Database) -> None:
    clock = Clock()
    store = AnswerStore(database, 2, clock=clock)
    store.of("a").keep("old", "draft", ["x"])
    clock.now += timedelta(hours=1, minutes=59)
    assert store.of("a").recall("old") == ["x"]
    clock.now += timedelta(minutes=1)
    assert store.of("a").recall("old") is None
    store.of("b").keep("new", "draft", ["y"])
    assert rows(database) == 1


def test_forgetting_a_draft_leaves_no_answer_about_it(database: Database) -> None:
    store = AnswerStore(database, 1)
    store.of("a").keep("judge", "draft", ["x"])
    store.of("a").keep("rewrite", "draft", ["y"])
    store.of("a").keep("judge of another", "other", ["z"])
    store.forget("a", "draft")
    assert store.of("a").recall("judge") is None
    assert store.of("a").recall("rewrite") is None
    assert store.of("a").recall("judge of another") == ["z"]
