"""`/`: a page for browsers, JSON for programs."""

from collections.abc import Callable

from fastapi.testclient import TestClient

from tests.api.pages.parsed import Parsed


def test_a_browser_gets_a_page_that_leads_on(read: Callable[[str], Parsed]) -> None:
    links = {link.attributes["href"] for link in read("/?lang=en").all("a")}
    assert {"/handbook?lang=en", "/patterns?lang=en", "/openapi.json"} <= links


def test_a_program_gets_json(client: TestClient) -> None:
    for accept in ("*/*", "application/json"):
        response = client.get("/", headers={"accept": accept})
        assert response.json()["openapi"] == "/openapi.json"
        assert response.headers["vary"] == "Accept"
