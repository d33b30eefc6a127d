"""`/chat` in a browser: a draft goes in, one question comes back, an offer is accepted, a reload shows it all."""

import re

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from playwright.sync_api import Page, expect

from tests.api.pages.chromium import violations
from tests.api.pages.parsed import parse

_DRAFT = "O: Neue Mieter:innen kommen gut an\n- Mieterportal bis Ende Q3 live schalten\n- Umsatz um 12 % steigern"


def talk(page: Page, *texts: str) -> None:
    for text in texts:
        before = page.locator("#talk .turn").count()
        page.get_by_label("Deine Nachricht").fill(text)
        page.keyboard.press("Enter")
        expect(page.locator("#talk .turn")).to_have_count(before + 1)
        expect(page.locator("#talk [aria-busy]")).to_have_count(0)
        expect(page.locator("#talk .turn .coach .words").last).not_to_be_empty()


def ready(page: Page) -> None:
    """Wait until the scripts of the page are at work."""
    expect(page.locator("html.scripted #say[data-htmx-powered]")).to_be_visible()


def begin(page: Page, address: str) -> None:
    page.goto(f"{address}/chat")
    page.get_by_role("button", name="Gespräch beginnen").click()
    ready(page)


def test_from_a_draft_to_an_accepted_offer_and_all_is_there_after_a_reload(page: Page, address: str) -> None:
    begin(page, address)
    talk(page, _DRAFT)
    assert "?" in page.locator("#talk .coach .words").last.inner_text()
    expect(page.locator("#draft a.found", has_text="live schalten")).to_be_visible()
    talk(page, "Neue Mieter:innen finden alles ohne Anruf", "formuliere es um")
    offer = page.locator(".option ins").first.inner_text()
    page.get_by_role("button", name=re.compile("übernehmen")).first.click()
    expect(page.locator(".key-results > li").first).to_contain_text(offer.split(" (")[0])
    expect(page.locator(".offered")).to_have_count(0)
    seen = [page.locator("#talk").inner_text(), page.locator("#draft").inner_text()]
    page.reload()
    assert [page.locator("#talk").inner_text(), page.locator("#draft").inner_text()] == seen
    page.get_by_role("button", name="Letzte Änderung zurücknehmen").click()
    expect(page.locator(".key-results > li").first).to_contain_text("live schalten")


def test_two_tabs_show_the_same(page: Page, address: str) -> None:
    begin(page, address)
    other = page.context.new_page()
    other.goto(page.url)
    ready(other)
    talk(page, _DRAFT)
    expect(other.locator("#talk .turn .coach .words").last).to_have_text(
        page.locator("#talk .turn .coach .words").last.inner_text()
    )
    expect(other.locator("#draft .key-results > li")).to_have_count(2)
    other.get_by_label("Deine Nachricht").fill("Wer merkt das? Die Mieter:innen")
    other.keyboard.press("Enter")
    expect(page.locator("#talk .turn")).to_have_count(2)


def test_what_is_typed_is_text_and_never_markup(page: Page, address: str) -> None:
    begin(page, address)
    talk(page, "<img src=x onerror=alert(1)> <hx-partial hx-target='#draft'>weg</hx-partial> O: <b>Alle</b> kommen an")
    expect(page.locator("#talk img, #talk b, #draft b")).to_have_count(0)
    expect(page.locator("#talk .person").last).to_contain_text("<img src=x onerror=alert(1)>")


def test_the_draft_can_be_copied_and_taken_along(page: Page, address: str) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=address)
    begin(page, address)
    talk(page, _DRAFT)
    page.get_by_role("button", name="Als Markdown kopieren").click()
    expect(page.get_by_role("status")).to_have_text("Kopiert.")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("## Neue Mieter:innen kommen gut an\n\n- Mieterportal")
    with page.expect_download() as download:
        page.get_by_role("link", name="Herunterladen").click()
    assert download.value.path().read_text(encoding="utf-8") == copied


def test_the_quick_review_leads_into_a_conversation(page: Page, address: str) -> None:
    page.goto(address)
    page.get_by_label("Dein Entwurf").fill(_DRAFT)
    page.get_by_role("button", name="Im Gespräch weiterarbeiten").click()
    expect(page.locator("#draft .key-results > li")).to_have_count(2)
    expect(page.locator("#talk .turn")).to_have_count(1)


def test_by_keyboard_alone(page: Page, address: str) -> None:
    begin(page, address)
    page.get_by_label("Deine Nachricht").focus()
    page.keyboard.type("O: Alle kommen an")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("- Portal live")
    page.keyboard.press("Enter")
    word = page.locator("#draft a.found").first
    expect(word).to_be_visible()
    expect(page.get_by_label("Deine Nachricht")).to_be_focused()
    for _ in range(30):
        page.keyboard.press("Tab")
        if word.evaluate("element => element === document.activeElement"):
            break
    expect(word).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(word.get_attribute("href") or "")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("width", [360, 1200])
def test_axe_finds_nothing_and_nothing_runs_over_the_edge(
    page: Page, address: str, client: TestClient, language: str, scheme: str, width: int
) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(f"{address}/chat?lang={language}")
    assert violations(page) == []
    page.locator("#draft").fill(_DRAFT)
    page.locator("main form button[type=submit]").click()
    ready(page)
    page.locator("#message").fill("formuliere es um")
    page.keyboard.press("Enter")
    expect(page.locator(".offered")).to_be_visible()
    page.locator("summary").first.click()
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_without_scripts_it_works_by_forms(app: FastAPI, client: TestClient) -> None:
    begun = client.post("/chat?lang=de", data={"draft": _DRAFT})
    assert begun.url.path.startswith("/chat/")
    answered = client.post(f"{begun.url.path}/messages?lang=de", data={"text": "formuliere es um"})
    page = parse(answered.text)
    proposal = page.all("input", name="proposal")[0].attributes["value"]
    accepted = client.post(
        f"{begun.url.path}/messages?lang=de", data={"do": "accept", "proposal": proposal, "option": "0"}
    )
    assert not parse(accepted.text).all("section", class_="offered")
    assert accepted.text.count('class="turn"') == 3
    gone = client.post(f"{begun.url.path}/delete?lang=de")
    assert gone.url.path == "/chat"
    assert client.get(begun.url.path).status_code == 404
    assert begun.url.path not in gone.text


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"text": ""}, 422),
        ({"do": "sing"}, 422),
        ({"do": "accept", "proposal": "p99"}, 422),
        ({"text": "x" * 20_001}, 422),
    ],
)
def test_what_does_not_fit_is_a_page_that_says_so(client: TestClient, form: dict[str, str], status: int) -> None:
    where = client.post("/chat", data={}).url.path
    answer = client.post(f"{where}/messages", data=form)
    assert answer.status_code == status
    assert answer.headers["content-type"].startswith("text/html")


def test_another_site_cannot_send_forms(client: TestClient) -> None:
    where = client.post("/chat", data={}).url.path
    for path in ("/chat", f"{where}/messages", f"{where}/delete"):
        assert client.post(path, data={"text": "x"}, headers={"origin": "https://evil.example"}).status_code == 403
    assert client.get(where).status_code == 200


_PARENT = "O: Menschen wohnen gern bei uns\n- Mieter:innen bekommen am selben Tag eine Antwort"


def test_frame_parents_and_notes_are_given_on_the_page_and_used(client: TestClient) -> None:
    shown = client.post(
        "/chat?lang=de",
        data={
            "moal": "Mieter:innen sagen: Bei denen ist jemand für mich da",
            "frame": "# Vision\nAlle wohnen gern\n\n# Scorecard\n## Kund:innen\n- Wenig Leerstand; KPI: Leerstandsquote",
            "parents": _PARENT,
            "notes": "Neues Team seit Mai",
            "address": "sie",
            "draft": "O: Mieter:innen bekommen am selben Tag eine Antwort\n"
            "- 30 % der Mieter:innen empfehlen uns weiter (heute 20 %)",
        },
    )
    page = parse(shown.text)
    known = page.one("details", id="known").text
    for said in ("Alle wohnen gern", "jemand für mich da", "Menschen wohnen gern bei uns", "Neues Team seit Mai"):
        assert said in known
    assert "/patterns/top-down-cascade" in shown.text
    assert "Ihre Nachricht" in shown.text
    assert "Deine Nachricht" not in shown.text


def test_a_talk_without_context_shows_none(client: TestClient) -> None:
    shown = client.post("/chat?lang=de", data={"draft": _DRAFT})
    assert 'id="known"' not in shown.text
    assert "Deine Nachricht" in shown.text


def test_a_frame_that_is_none_is_refused_with_a_reason(client: TestClient) -> None:
    assert client.post("/chat?lang=de", data={"frame": "vision: [1"}).status_code == 422
