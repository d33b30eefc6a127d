"""`/v1/knowledge/articles`."""

from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api import create_app
from coach.settings import Settings


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> TestClient:
    home: Path = tmp_path_factory.mktemp("home")
    return TestClient(create_app(Settings(home=home)), base_url="http://127.0.0.1:8321")


def test_every_article_is_listed_in_both_languages(client: TestClient) -> None:
    listed = client.get("/v1/knowledge/articles").json()
    by_language = {language: {a["slug"] for a in listed if a["language"] == language} for language in ("de", "en")}
    assert by_language["de"] == by_language["en"]
    assert len(listed) >= 70
    assert set(listed[0]) == {"slug", "language", "title", "summary", "topics", "sources", "related"}


def test_the_list_is_narrowed_by_language_and_topic(client: TestClient) -> None:
    found = client.get("/v1/knowledge/articles", params={"language": "en", "topic": "workshop"}).json()
    assert {article["language"] for article in found} == {"en"}
    assert {"workshop-critique", "workshop-drafting"} <= {article["slug"] for article in found}
    assert all("workshop" in article["topics"] for article in found)
    assert client.get("/v1/knowledge/articles", params={"topic": "bees"}).json() == []


def test_an_unknown_language_is_a_problem(client: TestClient) -> None:
    refused = client.get("/v1/knowledge/articles", params={"language": "fr"})
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["pointer"] == "/query/language"


def test_an_article_has_its_text_in_both_languages(client: TestClient) -> None:
    article = client.get("/v1/knowledge/articles/kpi-or-key-result").json()
    assert article["text"]["de"]["sections"][0]["heading"] == "Messpunkt und Hypothese"
    assert article["text"]["en"]["sections"][0]["text"].startswith("A KPI says where you stand")
    assert "kpi-as-key-result" in article["related"]
    assert "doerr-2018" in article["sources"]


def test_an_unknown_article_is_a_problem(client: TestClient) -> None:
    missing = client.get("/v1/knowledge/articles/none")
    assert missing.status_code == 404
    assert missing.headers["content-type"] == "application/problem+json"
    assert missing.json()["code"] == "not-found"
