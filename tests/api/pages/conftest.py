"""One application for all page tests; its search answers from words, the vector index has tests of its own."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from playwright.sync_api import Browser, Page

from api import create_app
from coach.settings import Settings
from tests.api.pages.chromium import browser, served
from tests.api.pages.parsed import Parsed, parse

LOCAL = "http://127.0.0.1:8321"
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


@asynccontextmanager
async def without_index(app: FastAPI) -> AsyncIterator[None]:
    yield
    app.state.coach.database.close()


@pytest.fixture(scope="session")
def app(tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    """The application with the knowledge of this repository."""
    made = create_app(Settings(home=tmp_path_factory.mktemp("pages-home")))
    made.router.lifespan_context = without_index
    return made


@pytest.fixture(scope="session")
def client(app: FastAPI) -> Iterator[TestClient]:
    """A client that asks as a browser does."""
    with TestClient(app, base_url=LOCAL, headers={"accept": BROWSER}, raise_server_exceptions=False) as opened:
        yield opened


@pytest.fixture(scope="session")
def read(client: TestClient) -> Callable[[str], Parsed]:
    """Return a page by its address, taken apart; it must be there."""

    def fetch(address: str) -> Parsed:
        response = client.get(address)
        assert response.status_code == 200, f"{address}: {response.status_code}"
        assert response.headers["content-type"] == "text/html; charset=utf-8"
        return parse(response.text)

    return fetch


@pytest.fixture(scope="session")
def address(app: FastAPI) -> Iterator[str]:
    """Where the application answers a real browser."""
    with served(app) as where:
        yield where


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One browser for all tests of a file; while it is open, its loop runs in this thread and no other one can."""
    with browser() as started:
        yield started


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A fresh tab of somebody who reads German; it may report no fault."""
    context = chromium.new_context(locale="de-DE", viewport={"width": 1200, "height": 900})
    opened = context.new_page()
    faults: list[str] = []
    opened.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    opened.on("pageerror", lambda error: faults.append(str(error)))
    yield opened
    context.close()
    assert faults == []
