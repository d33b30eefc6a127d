"""`/` in a browser: findings while typing, by mouse and by keyboard, in both languages and schemes."""

import re
from urllib.parse import urlencode

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from playwright.sync_api import Page, expect

from coach.wiring import Coach
from tests.api.pages.chromium import violations
from tests.api.pages.parsed import parse

_DRAFT = "O: Neue Mieter:innen kommen gut an\n- Mieterportal bis Ende Q3 live schalten\n- Umsatz um 12 % steigern"


def test_findings_come_while_typing_and_go_when_the_words_go(page: Page, address: str) -> None:
    page.goto(address)
    page.get_by_label("Dein Entwurf").press_sequentially(_DRAFT, delay=1)
    live = page.locator("a.found", has_text="live schalten")
    expect(live).to_be_visible()
    page.get_by_label("Dein Entwurf").fill("")
    expect(live).to_have_count(0)


def test_underlined_words_lead_to_explanation_question_and_source(page: Page, address: str) -> None:
    page.goto(address)
    page.get_by_label("Dein Entwurf").fill(_DRAFT)
    word = page.locator("a.found").first
    word.focus()
    page.keyboard.press("Enter")
    number = (word.get_attribute("href") or "")[1:]
    opened = page.locator(f"#{number}")
    expect(opened).to_be_visible()
    expect(opened.get_by_role("link")).to_have_attribute("href", re.compile(r"^/patterns/[a-z-]+$"))
    page.get_by_label("Dein Entwurf").press_sequentially("\n- Noch ein Key Result", delay=1)
    expect(page.locator(".key-results > li")).to_have_count(3)
    expect(opened).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("width", [360, 1200])
def test_axe_finds_nothing_and_nothing_runs_over_the_edge(
    page: Page, address: str, language: str, scheme: str, width: int
) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(f"{address}/?lang={language}")
    page.locator("#draft").fill(_DRAFT)
    page.locator("summary").first.click()
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_without_scripts_the_form_is_sent_and_answered_as_a_page(client: TestClient) -> None:
    page = parse(client.post("/?lang=en", data={"draft": _DRAFT}).text)
    assert page.one("textarea").text.startswith("O: Neue")
    found = {link.attributes["href"][1:] for link in page.all("a") if "found" in link.attributes.get("class", "")}
    assert found
    assert found <= set(page.ids)


def test_nothing_is_stored(app: FastAPI, client: TestClient) -> None:
    coach: Coach = app.state.coach
    client.post("/", data={"draft": "Qqzzyx kommt gut an\n- Qqzzyx live"})
    with coach.database.reading() as connection:
        kept = connection.exec_driver_sql("SELECT count(*) FROM reviews WHERE draft LIKE '%Qqzzyx%'").scalar_one()
    assert kept == 0


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "This is where I ask"),
        ("- only a key result", "missing the objective"),
        ("Améliorer la satisfaction de nos clients dans toutes les régions du pays", "neither German nor English"),
        ("x" * 2001, "can't make this out"),
        ("<script>alert(1)</script>", ""),
        ("a\ud800b\x00c", ""),
    ],
)
def test_odd_text_is_answered_in_words(client: TestClient, text: str, told: str) -> None:
    sent = urlencode({"draft": text.encode("utf-8", "surrogatepass")})
    response = client.post("/?lang=en", content=sent)
    assert response.status_code == 200
    page = parse(response.text)
    assert told in page.one("main").text
    assert not [script for script in page.all("script") if "src" not in script.attributes]


@pytest.mark.parametrize("header", [{"sec-fetch-site": "cross-site"}, {"origin": "https://evil.example"}])
def test_another_site_cannot_send_the_form(client: TestClient, header: dict[str, str]) -> None:
    assert client.post("/", data={"draft": _DRAFT}, headers=header).status_code == 403
