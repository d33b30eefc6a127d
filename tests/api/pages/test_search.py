"""`/handbook/search`."""

from collections.abc import Callable
from urllib.parse import quote, urlsplit

import pytest
from fastapi.testclient import TestClient

from tests.api.pages.parsed import Element, Parsed, parse


def _results(page: Parsed) -> list[Element]:
    return [link for link in page.all("a") if "ol" in link.within]


def test_results_lead_to_the_heading_that_was_found(read: Callable[[str], Parsed]) -> None:
    for query in ("Was ist der Unterschied zwischen KPI und Key Result?", "Kundenportal bis Mai live schalten", "Moal"):
        page = read(f"/handbook/search?lang=de&q={quote(query)}")
        assert page.one("input", type="search").attributes["value"] == query
        results = _results(page)
        assert results
        for link in results:
            parts = urlsplit(link.attributes["href"])
            assert parts.fragment in read(f"{parts.path}?{parts.query}").ids, link.attributes["href"]


def test_a_question_is_answered_in_its_own_language(client: TestClient) -> None:
    page = parse(
        client.get("/handbook/search?q=how+do+we+find+our+starting+value", headers={"accept-language": "de"}).text
    )
    assert page.one("html").attributes["lang"] == "de"
    results = _results(page)
    assert results
    assert all("lang=en" in link.attributes["href"] for link in results)
    assert {item.attributes["lang"] for item in page.all("li") if item.within[-1] == "ol"} == {"en"}


@pytest.mark.parametrize(
    ("language", "words"), [("de", "Dazu habe ich nichts Passendes"), ("en", "I have nothing that fits this")]
)
def test_what_fits_nothing_is_said_kindly(read: Callable[[str], Parsed], language: str, words: str) -> None:
    page = read(f"/handbook/search?lang={language}&q=qwxz+vrrt+plmk")
    assert page.one("h2", id="nothing").text == words
    assert not _results(page)


@pytest.mark.parametrize("query", ["", "%20%20", "q="])
def test_without_a_question_there_is_the_form(client: TestClient, query: str) -> None:
    page = parse(client.get(f"/handbook/search?lang=de&q={query}").text)
    assert page.one("form").attributes["action"] == "/handbook/search"
    assert page.one("input", name="lang").attributes["value"] == "de"


HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{ 7*7 }}",
    "' onfocus='alert(1)",
]


@pytest.mark.parametrize("query", HOSTILE)
def test_a_hostile_question_is_only_text(client: TestClient, query: str) -> None:
    response = client.get("/handbook/search", params={"q": query, "lang": "en"})
    assert response.status_code == 200
    page = parse(response.text)
    assert page.one("input", type="search").attributes["value"] == query
    assert not page.all("script")
    assert not page.all("img")
    assert "49" not in page.one("title").text
    for element in page.elements:
        assert not {name for name in element.attributes if name.startswith("on")}


def test_what_no_reader_sees_is_left_out(client: TestClient) -> None:
    response = client.get("/handbook/search", params={"q": "\u202e key\x00 \x1b result\n\u2028", "lang": "en"})
    assert response.status_code == 200
    assert parse(response.text).one("input", type="search").attributes["value"] == "key result"


def test_the_switch_keeps_the_question(read: Callable[[str], Parsed]) -> None:
    page = read("/handbook/search?q=Moal+%26+MED&lang=de")
    switch = next(link for link in page.all("a", hreflang="en") if "nav" in link.within)
    assert switch.attributes["href"] == "/handbook/search?q=Moal+%26+MED&lang=en"


def test_a_very_long_question_is_cut(client: TestClient) -> None:
    page = parse(client.get("/handbook/search", params={"q": "Key Result " * 2_000}).text)
    assert len(page.one("input", type="search").attributes["value"]) <= 500
