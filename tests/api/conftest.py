"""An application without the encoder, for tests that do not depend on what it sees."""

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from api import create_app
from coach.settings import Settings
from coach.wiring import open_coach
from tests.api.sent import LOCAL


@pytest.fixture
def without_encoder(monkeypatch: pytest.MonkeyPatch) -> None:
    """Run as on a machine where the encoder cannot."""
    monkeypatch.setattr("coach.wiring.tuned_embedder", lambda _folder: None)


@pytest.fixture
def plain_client(without_encoder: None, settings: Settings) -> Iterator[TestClient]:
    """A client of a fresh application."""
    app = create_app(settings)
    yield TestClient(app, base_url=LOCAL)
    app.state.coach.database.close()


@pytest.fixture
def postgresql(database_url: str) -> str:
    """A fresh PostgreSQL, which replicas share."""
    if not database_url.startswith("postgresql"):
        pytest.skip("two replicas share a PostgreSQL")
    return database_url


@pytest.fixture
def ours(settings: Settings) -> dict[str, str]:
    """The headers of one tenant."""
    return _headers(settings, "ours")


@pytest.fixture
def theirs(settings: Settings) -> dict[str, str]:
    """The headers of another tenant."""
    return _headers(settings, "theirs")


def _headers(settings: Settings, tenant: str) -> dict[str, str]:
    coach = open_coach(settings)
    secret = coach.keys.create(tenant, "a")
    coach.database.close()
    return {"authorization": f"Bearer {secret}"}


@pytest.fixture
def client_with_keys(
    without_encoder: None, settings: Settings, ours: dict[str, str], theirs: dict[str, str]
) -> Iterator[TestClient]:
    """A client of an application that others can reach, with keys of two tenants."""
    app = create_app(settings.model_copy(update={"host": "0.0.0.0"}))
    yield TestClient(app, base_url="http://okr.example")
    app.state.coach.database.close()
