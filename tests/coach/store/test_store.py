"""Both databases do the same: keep what was acknowledged, and keep tenants apart."""

from collections.abc import Iterator

import pytest
from sqlalchemy import inspect

from coach.critique import Critic
from coach.errors import InputError, NotFound, SettingsError
from coach.okr import Draft, parse_draft
from coach.review import Review
from coach.store import Database, KeyStore, ReviewStore, open_database
from coach.store.tables import METADATA


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = open_database(database_url)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def reviewed(critic: Critic) -> tuple[Draft, Review]:
    draft = parse_draft({"objective": "Anrufer:innen kommen an 🎉", "key_results": ["Portal live"], "mode": "rules"})
    return draft, critic.review(draft)


def test_a_stored_review_comes_back_unchanged(database: Database, reviewed: tuple[Draft, Review]) -> None:
    store = ReviewStore(database)
    stored = store.add("a", *reviewed)
    back = Review.model_validate_json(store.get("a", stored.id).json)
    assert back == reviewed[1].model_copy(update={"id": stored.id})


def test_another_tenant_does_not_see_a_review(database: Database, reviewed: tuple[Draft, Review]) -> None:
    store = ReviewStore(database)
    stored = store.add("a", *reviewed)
    with pytest.raises(NotFound):
        store.get("b", stored.id)


def test_a_review_is_there_after_reopening(database_url: str, reviewed: tuple[Draft, Review]) -> None:
    first = open_database(database_url)
    stored = ReviewStore(first).add("a", *reviewed)
    first.close()
    second = open_database(database_url)
    assert ReviewStore(second).get("a", stored.id) == stored
    second.close()


def test_migrations_make_the_tables_that_the_code_expects(database: Database) -> None:
    found = inspect(database.engine)
    for table in METADATA.sorted_tables:
        columns = {column["name"] for column in found.get_columns(table.name)}
        assert columns == set(table.columns.keys())
        assert "tenant" in columns
        assert found.get_pk_constraint(table.name)["constrained_columns"][0] == "tenant"


def test_a_key_leads_to_its_tenant_until_it_is_revoked(database: Database) -> None:
    keys = KeyStore(database)
    assert not keys.any()
    secret = keys.create("acme", "tool")
    assert keys.tenant_of(secret) == "acme"
    assert keys.tenant_of(secret + "x") is None
    assert [(key.tenant, key.name) for key in keys.list()] == [("acme", "tool")]
    with pytest.raises(InputError):
        keys.create("acme", "tool")
    keys.revoke("acme", "tool")
    assert keys.tenant_of(secret) is None
    with pytest.raises(NotFound):
        keys.revoke("acme", "tool")


@pytest.mark.parametrize("url", ["nonsense", "mysql://x@127.0.0.1/y"])
def test_a_database_that_is_neither_is_refused(url: str) -> None:
    with pytest.raises(SettingsError):
        open_database(url)
