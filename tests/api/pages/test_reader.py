"""Who may read, and whose knowledge they see."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api import create_app
from coach.settings import Settings
from coach.wiring import open_coach
from tests.api.pages.conftest import BROWSER, without_index
from tests.api.pages.parsed import parse

_ARTICLE = """---
title: "{title}"
summary: "So machen wir das hier."
---
## Unser Weg
Jeden Montag, mit Kaffee.
"""
PAGES = (
    "/handbook",
    "/handbook/check-ins",
    "/handbook/glossary",
    "/handbook/transformations",
    "/handbook/search",
    "/patterns",
    "/patterns/no-baseline",
)


def _own(folder: Path, slug: str, title: str) -> None:
    article = folder / "articles" / slug
    article.mkdir(parents=True)
    (article / "article.yaml").write_text("topics: [check-in]\nrelated: [no-such-pattern]\n", encoding="utf-8")
    (article / "de.md").write_text(_ARTICLE.format(title=title), encoding="utf-8")


@pytest.fixture
def shared(tmp_path: Path) -> Iterator[tuple[TestClient, str, str]]:
    """A server for others, with knowledge of the house and of one tenant, and the keys of two tenants."""
    own = tmp_path / "own"
    _own(own, "our-rhythm", "Unser Rhythmus")
    _own(own / "tenants" / "north", "north-rhythm", "Rhythmus Nord")
    settings = Settings(home=tmp_path / "home", host="0.0.0.0", knowledge_dirs=(own,))
    keys = open_coach(settings).keys
    north, south = keys.create("north", "a"), keys.create("south", "a")
    app = create_app(settings)
    app.router.lifespan_context = without_index
    with TestClient(app, base_url="http://okr.example", headers={"accept": BROWSER}) as client:
        yield client, north, south


def test_beyond_this_machine_pages_ask_for_a_key(shared: tuple[TestClient, str, str]) -> None:
    client, north, _ = shared
    for path in PAGES:
        for auth in (None, ("", ""), ("anyone", "okr_wrong")):
            refused = client.get(path, auth=auth)
            assert refused.status_code == 401, path
            assert refused.headers["www-authenticate"] == 'Basic realm="okr-coach", charset="UTF-8"'
            assert parse(refused.text).one("h1").text == "Hier brauchst Du einen Schlüssel"
            assert "Rhythmus" not in refused.text
        assert client.get(path, auth=("anyone", north)).status_code == 200, path
    assert client.get("/handbook", headers={"authorization": f"Bearer {north}"}).status_code == 200


def test_a_password_is_no_key_for_the_api(shared: tuple[TestClient, str, str]) -> None:
    client, north, _ = shared
    assert client.get("/v1/patterns", auth=("anyone", north)).status_code == 401


def test_each_tenant_reads_its_own_knowledge_and_that_of_the_house(shared: tuple[TestClient, str, str]) -> None:
    client, north, south = shared
    assert client.get("/handbook/north-rhythm", auth=("", north)).status_code == 200
    assert client.get("/handbook/north-rhythm", auth=("", south)).status_code == 404
    assert "Rhythmus Nord" in client.get("/handbook", auth=("", north)).text
    assert "Rhythmus Nord" not in client.get("/handbook", auth=("", south)).text
    assert "Unser Rhythmus" in client.get("/handbook", auth=("", south)).text


def test_a_page_in_one_language_is_shown_in_it_and_says_so(shared: tuple[TestClient, str, str]) -> None:
    client, north, _ = shared
    page = parse(client.get("/handbook/our-rhythm?lang=en", auth=("", north)).text)
    assert page.one("html").attributes["lang"] == "en"
    assert page.one("article").attributes["lang"] == "de"
    assert "There is only a German version of this page." in page.one("article").text
    assert page.one("h2", id="unser-weg").text.startswith("Unser Weg")
    assert "Unser Rhythmus" in client.get("/handbook?lang=en", auth=("", north)).text


def test_start_styles_and_health_need_no_key(shared: tuple[TestClient, str, str]) -> None:
    client, _, _ = shared
    assert all(client.get(path).status_code == 200 for path in ("/", "/static/pages.css", "/healthz"))
