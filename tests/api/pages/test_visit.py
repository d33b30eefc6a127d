"""The language of a page, and addresses that keep it."""

from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api import create_app
from api.pages.visit import Visit
from coach.settings import Settings
from tests.api.pages.conftest import LOCAL
from tests.api.pages.parsed import parse


@pytest.mark.parametrize(
    ("query", "header", "expected"),
    [
        ("?lang=en", "de", "en"),
        ("?lang=de", "en", "de"),
        ("", "en-GB,en;q=0.9,de;q=0.8", "en"),
        ("", "de-AT", "de"),
        ("", "fr", "de"),
        ("?lang=fr", "en", "en"),
        ("?lang=", "", "de"),
    ],
)
def test_the_address_decides_then_the_browser_then_german(
    client: TestClient, query: str, header: str, expected: str
) -> None:
    response = client.get(f"/patterns{query}", headers={"accept-language": header})
    assert parse(response.text).one("html").attributes["lang"] == expected
    assert response.headers["content-language"] == expected


def test_the_setting_decides_where_nobody_says(tmp_path: Path) -> None:
    with TestClient(create_app(Settings(home=tmp_path, language="en")), base_url=LOCAL) as client:
        assert client.get("/handbook").headers["content-language"] == "en"


def test_links_name_the_language_only_where_the_address_did() -> None:
    chosen, guessed = Visit("de", True, "/patterns"), Visit("de", False, "/patterns")
    assert chosen.link("/handbook", "x") == "/handbook?lang=de#x"
    assert guessed.link("/handbook", "x") == "/handbook#x"
    assert guessed.link("/handbook", language="en") == "/handbook?lang=en"


def test_the_switch_keeps_the_query() -> None:
    visit = Visit("de", False, "/handbook/search", (("q", "a&b=ü"),))
    assert visit.here("en") == "/handbook/search?q=a%26b%3D%C3%BC&lang=en"
    assert visit.here() == "/handbook/search?q=a%26b%3D%C3%BC"


@pytest.mark.parametrize("path", ["//evil.example/x", "/\\evil.example", "///evil.example", '/"><script>'])
def test_a_hostile_path_names_no_foreign_host(path: str) -> None:
    address = Visit("de", False, path).here("en")
    assert address.startswith("/")
    assert not address.startswith(("//", "/\\"))
    assert not set('"<>') & set(address)
