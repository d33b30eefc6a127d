"""Errors: a page for readers, a problem for programs."""

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from tests.api.pages.parsed import parse


@pytest.mark.parametrize("path", ["/handbook/none", "/patterns/none", "/nowhere", "/handbook/glossary/deeper"])
@pytest.mark.parametrize(("language", "title"), [("de", "Diese Seite gibt es nicht"), ("en", "There is no such page")])
def test_a_missing_page_is_told_in_the_readers_language(
    client: TestClient, path: str, language: str, title: str
) -> None:
    response = client.get(path, headers={"accept-language": language})
    assert response.status_code == 404
    page = parse(response.text)
    assert page.one("html").attributes["lang"] == language
    assert page.one("h1").text == title
    assert response.headers["x-request-id"] in page.one("main").text
    assert "default-src 'none'" in response.headers["content-security-policy"]


@pytest.mark.parametrize("path", ["/handbook/none", "/patterns/none"])
def test_under_a_page_address_even_a_program_gets_a_page(client: TestClient, path: str) -> None:
    response = client.get(path, headers={"accept": "*/*"})
    assert response.headers["content-type"].startswith("text/html")


@pytest.mark.parametrize("path", ["/v1/patterns/none", "/v1/knowledge/articles/none", "/v1/none", "/static/none.css"])
def test_the_api_keeps_its_problems_even_in_a_browser(client: TestClient, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 404
    assert response.headers["content-type"] == "application/problem+json"


def test_an_unknown_address_is_a_problem_for_a_program(client: TestClient) -> None:
    response = client.get("/nowhere", headers={"accept": "application/json"})
    assert response.headers["content-type"] == "application/problem+json"


def test_a_wrong_method_says_which_one_is_right(client: TestClient) -> None:
    response = client.post("/handbook", headers={"accept-language": "en"})
    assert response.status_code == 405
    assert response.headers["allow"] == "GET"
    assert parse(response.text).one("h1").text == "That doesn't work here"


def test_what_breaks_is_told_without_details(app: FastAPI, client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app.state.coach.catalog, "patterns", None)
    response = client.get("/patterns?lang=en")
    assert response.status_code == 500
    assert parse(response.text).one("h1").text == "Something broke here"
    assert "NoneType" not in response.text


def test_a_hostile_address_is_only_text(client: TestClient) -> None:
    response = client.get("/handbook/%22%3E%3Cscript%3Ealert(1)%3C/script%3E")
    assert response.status_code == 404
    assert not parse(response.text).all("script")
