"""`/patterns`."""

from collections.abc import Callable
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from api import create_app
from coach.catalog.records import HEADINGS
from coach.language import Language
from coach.settings import Settings
from tests.api.pages.conftest import LOCAL
from tests.api.pages.parsed import Parsed, parse


@pytest.mark.parametrize("language", ["de", "en"])
def test_every_pattern_stands_under_its_level_with_message_and_severity(
    app: FastAPI, read: Callable[[str], Parsed], language: Language
) -> None:
    page = read(f"/patterns?lang={language}")
    catalog = app.state.coach.catalog
    names = {link.text for link in page.all("a") if "main" in link.within}
    assert {pattern.text[language].name for pattern in catalog.patterns.values()} <= names
    assert len(page.all("span", class_="severity")) == len(catalog.patterns)
    assert {"objective", "key-result", "set", "process"} <= set(page.ids)


@pytest.mark.parametrize("language", ["de", "en"])
def test_a_pattern_has_its_five_headings_examples_weight_and_sources(
    app: FastAPI, read: Callable[[str], Parsed], language: Language
) -> None:
    page = read(f"/patterns/no-baseline?lang={language}")
    titles = [heading.text.removesuffix(" #") for heading in page.all("h2")]
    assert tuple(titles[:5]) == HEADINGS[language]
    assert len(page.all("ul", class_="flagged")) == 1
    assert len(page.all("ul", class_="clean")) == 1
    weights = [term.text for term in page.all("span", class_="severity")]
    assert weights == (
        ["klären", "Anregung", "Anregung"] if language == "de" else ["sort out", "suggestion", "suggestion"]
    )
    body = page.one("main").text
    assert ("Hier gehen die Meinungen auseinander" if language == "de" else "Opinions differ here") in body
    assert "die.agilen" in body
    links = {link.attributes["href"] for link in page.all("a")}
    assert {
        f"/patterns/{slug}?lang={language}" for slug in app.state.coach.catalog.pattern("no-baseline").related
    } <= links


def test_the_words_that_a_finding_rests_on_are_marked(read: Callable[[str], Parsed]) -> None:
    assert read("/patterns/kpi-as-key-result?lang=en").all("mark")[0].text == "recurring revenue"


def test_a_set_and_its_frame_are_shown(read: Callable[[str], Parsed]) -> None:
    assert "Serviceportal bis Mai live schalten" in read("/patterns/task-list?lang=de").one("main").text
    frames = read("/patterns/no-strategy-link?lang=en").all("dl", class_="frame")
    assert frames[0].text.startswith("VisionEvery child leaves our school")
    assert "ScorecardDeliveries arrive complete and before opening · Fewer reloads" in frames[1].text


def test_it_says_whether_rules_find_it(read: Callable[[str], Parsed]) -> None:
    assert "There is no rule for this pattern" in read("/patterns/watermelon?lang=en").one("main").text
    assert "by rules" in read("/patterns/no-baseline?lang=en").one("main").text


def test_the_list_weighs_by_the_profile_in_force(tmp_path: Path) -> None:
    with TestClient(create_app(Settings(home=tmp_path, profile="google")), base_url=LOCAL) as client:
        page = parse(client.get("/patterns?lang=en").text)
    assert "practice at Google" in page.one("main").text
    assert "no issue" in {severity.text for severity in page.all("span", class_="severity")}


def test_a_former_slug_leads_to_the_one_in_use(
    app: FastAPI, client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalog = app.state.coach.catalog
    renamed = catalog.pattern("no-baseline").model_copy(update={"former": ("missing-start",)})
    monkeypatch.setattr(catalog, "patterns", {**catalog.patterns, "no-baseline": renamed})
    answer = client.get("/patterns/missing-start?lang=en", follow_redirects=False)
    assert answer.status_code == 308
    assert answer.headers["location"] == "/patterns/no-baseline?lang=en"
