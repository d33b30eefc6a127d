"""A whole workshop in real browsers: one host, one stage, six phones; a reconnect, a late joiner, a killed server."""

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.api.pages.chromium import violations
from tests.api.served import Served, served

expect.set_options(timeout=30_000)

_FOLDER = os.environ.get("OKR_COACH_TEST_PICTURES")
_DRAFT = "O: Neue Mieter:innen kommen gut an\n- Umsatz um 12 % steigern"
_PORTAL = "Mieterportal bis Ende Q3 live schalten"
_BETTER = "80 % der neuen Mieter:innen schaffen den Einzug ohne Rückfrage bei uns (heute 55 %)"
_MINE = "Das sehe nur ich, bis ich es abgebe"


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    home = tmp_path_factory.mktemp("hall")
    with served(home, f"sqlite:///{home / 'hall.db'}") as server:
        yield server


def live(page: Page) -> None:
    """Wait until the page hears of changes."""
    expect(page.locator("html.scripted [data-now][data-htmx-powered]")).to_be_attached()


def opened(hall: Served, context: BrowserContext, draft: str = _DRAFT) -> tuple[Page, str]:
    """Return a host's page of a new workshop, and its code."""
    host = context.new_page()
    host.goto(f"{hall.url}/workshops?lang=de")
    host.get_by_label("Wie heißt der Workshop?").fill("OKR für die Vermietung")
    host.get_by_label(re.compile("^OKRs, mit denen ihr anfangt")).fill(draft)
    host.get_by_label("Wer will, darf mit Namen unterschreiben").check()
    host.get_by_role("button", name="Workshop öffnen").click()
    host.wait_for_url(re.compile("/w/[A-Z0-9]{8}/host"))
    live(host)
    return host, host.url.split("/w/")[1].split("/")[0]


def joined(hall: Served, chromium: Browser, code: str, locale: str = "de-DE", *, small: bool = True) -> Page:
    """Return the phone of somebody who came in."""
    size = {"width": 390, "height": 844} if small else {"width": 1100, "height": 800}
    page = chromium.new_context(locale=locale, viewport=size, has_touch=small).new_page()  # type: ignore[arg-type]
    page.goto(f"{hall.url}/w/{code[:4]}-{code[4:].lower()}")
    page.get_by_role("button", name=re.compile("Hereinkommen|Come in")).click()
    live(page)
    return page


def picture(page: Page, name: str, *, full: bool = False) -> None:
    if _FOLDER is not None:
        Path(_FOLDER).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=Path(_FOLDER) / f"workshop-{name}.png", full_page=full)


def next_round(host: Page, name: str) -> None:
    host.get_by_role("button", name=f"Weiter: {name}").click()
    expect(host.locator("#status strong")).to_have_text(name)


def test_through_a_whole_agenda(hall: Served, chromium: Browser) -> None:  # noqa: PLR0915 - one story
    host, code = opened(hall, chromium.new_context(locale="de-DE", viewport={"width": 1280, "height": 900}))
    stage = chromium.new_context(locale="de-DE", viewport={"width": 1600, "height": 900}).new_page()
    stage.goto(f"{hall.url}/w/{code}/stage")
    live(stage)
    expect(stage.locator(".huge")).to_have_text(f"{code[:4]}-{code[4:]}")
    phones = [joined(hall, chromium, code) for _ in range(4)]
    phones.append(joined(hall, chromium, code, "en-GB"))
    expect(stage.locator("#scene")).to_contain_text("5 Personen sind da")
    anna, english = phones[0], phones[4]

    next_round(host, "Schreiben")
    expect(english.locator("#status")).to_contain_text("Write in silence")
    expect(anna.locator("#status .clock")).to_have_text(re.compile(r"^(9|10):\d\d$"))
    picture(stage, "stage-join")
    anna.get_by_label("Dein Text").fill(_PORTAL)
    expect(anna.locator("#checked mark").first).to_be_visible()
    assert "live" in " ".join(anna.locator("#checked mark").all_inner_texts())
    picture(anna, "phone-check")
    expect(stage.locator("body")).not_to_contain_text("Mieterportal")
    anna.reload()
    live(anna)
    expect(anna.get_by_label("Dein Text")).to_have_value(_PORTAL)
    anna.get_by_label("Zu welchem Objective gehört es?").select_option(index=1)
    anna.get_by_role("button", name="Abgeben").click()
    expect(anna.locator("#told")).to_contain_text("abgegeben")
    expect(anna.get_by_label("Dein Text")).to_have_value("")
    expect(stage.locator("#scene")).to_contain_text("3 Karten")
    phones[1].get_by_label("Dein Text").fill("<img src=x onerror=alert(1)> **fett** =1+1")
    phones[1].get_by_role("button", name="Abgeben").click()
    expect(phones[1].locator("#told")).to_contain_text("abgegeben")

    waiting = host.locator("#waiting li")
    expect(waiting).to_have_count(2)
    waiting.filter(has_text=_PORTAL).get_by_role("button", name="Zeigen").click()
    expect(waiting).to_have_count(1)
    waiting.get_by_role("button", name="Zeigen").click()
    expect(english.locator("#wall")).to_contain_text("<img src=x onerror=alert(1)> **fett** =1+1")
    assert english.locator("#wall img").count() == 0

    next_round(host, "Für mich prüfen")
    phones[2].get_by_label("Dein Text").fill(_MINE)
    expect(phones[2].locator("#checked p").first).to_be_visible()
    before = host.locator("#wall").inner_text()
    hall.kill()
    hall.start()
    late = joined(hall, chromium, code, small=False)
    phones.append(late)
    next_round(host, "Auf der Bühne")
    for page in phones:
        expect(page.locator("#status strong")).to_have_text(re.compile("^(Auf der Bühne|On stage)$"), timeout=60_000)
    assert _PORTAL in before
    assert _PORTAL in host.locator("#wall").inner_text()
    expect(phones[2].get_by_label("Dein Text")).to_have_value(_MINE)
    expect(host.locator("#status")).to_contain_text("6 Personen sind da")

    host.locator("#wall > ul > li").filter(has_text=_PORTAL).get_by_role("button", name="Auf die Bühne").click()
    expect(stage.locator("#scene blockquote")).to_have_text(_PORTAL, timeout=60_000)
    next_round(host, "Tippen")
    for at, page in enumerate(phones):
        expect(page.locator("#guess input[name=pattern]")).to_have_count(4)
        page.locator("#guess input[name=pattern]").nth(at % 2).check()
        page.locator("#guess input[value=output]").check()
        page.locator("#guess button").click()
        expect(page.locator("#guess")).to_contain_text(re.compile("Dein Tipp zählt|Your guess counts"))
    expect(stage.locator("#scene")).to_contain_text("6 von 6 haben getippt")
    assert stage.locator(".tally").count() == 0
    picture(phones[1], "phone-guess")
    picture(stage, "stage-guess")

    next_round(host, "Aufdecken")
    host.get_by_role("button", name="Zeigen, wie der Raum getippt hat").click()
    expect(stage.locator(".tally b")).to_have_text([re.compile("^3$"), re.compile("^3$"), "0", "0"])
    assert stage.locator(".findings").count() == 0
    host.locator("#spot .findings > li").first.get_by_role("button", name="Aufdecken").click()
    expect(stage.locator(".findings > li")).to_have_count(1)
    expect(stage.locator("blockquote mark").first).to_be_visible()
    host.get_by_role("button", name="Der Raum stimmt zu").first.click()
    expect(english.locator(".findings")).to_contain_text("accepted")
    picture(stage, "stage-reveal")
    host.evaluate("window.scrollTo(0, 0)")
    picture(host, "host")

    next_round(host, "Umschreiben")
    host.get_by_label("Schreib hier, die Wand zeigt es").fill("Neue Mieter:innen finden alles ohne Anruf")
    expect(stage.locator("blockquote.working")).to_have_text("Neue Mieter:innen finden alles ohne Anruf")
    host.get_by_role("button", name="Zur Abstimmung stellen").click()
    phones[3].get_by_label("Wie würdest du es sagen?").fill(_BETTER)
    phones[3].get_by_role("button", name="Vorschlagen").click()
    host.locator("#waiting li").get_by_role("button", name="Zeigen").click()
    expect(stage.locator(".candidates li")).to_have_count(2)

    next_round(host, "Punkten")
    for page in phones:
        give = page.locator(".candidates li").filter(has_text=_BETTER).locator("button").last
        for mine in (1, 2):
            expect(give).to_be_enabled()
            give.click()
            expect(page.locator(".candidates li").filter(has_text=_BETTER).locator(".dots")).to_contain_text(str(mine))
    expect(stage.locator("#scene")).to_contain_text("6 von 6 haben gepunktet")
    assert "●" not in stage.locator("#scene").inner_text()
    chosen = host.locator("#spot .items > li").filter(has_text=_BETTER)
    expect(chosen).to_contain_text("Punkte: 12")
    picture(anna, "phone-dots")
    chosen.get_by_role("button", name="Das nehmen wir").click()

    anna.get_by_text("Etwas parken").click()
    anna.get_by_label(re.compile("Was soll nicht verloren gehen")).fill("Hausordnung neu schreiben")
    anna.get_by_role("button", name="Parken").click()
    expect(anna.get_by_label(re.compile("Was soll nicht verloren gehen"))).to_have_value("")
    host.locator("#waiting li").get_by_role("button", name="Zeigen").click()
    next_round(host, "Abschluss")
    host.get_by_label("Nächste Schritte").fill("Ausgangswert bei den Hausmeister:innen erfragen")
    host.locator("#note-due").fill("Freitag")
    host.locator("#notes form").last.get_by_role("button", name="Hinzufügen").click()
    expect(stage.locator("#scene")).to_contain_text("Ausgangswert bei den Hausmeister:innen erfragen")
    expect(stage.locator("#scene .pinned")).to_contain_text(_BETTER)
    expect(english.locator("#wall")).to_contain_text("Hausordnung neu schreiben")
    picture(stage, "stage-results")
    stage.emulate_media(color_scheme="dark")
    anna.emulate_media(color_scheme="dark")
    picture(stage, "stage-dark")
    picture(anna, "phone-dark")
    assert violations(stage) == []
    assert violations(anna) == []
    picture(host, "host-end", full=True)

    host.get_by_text("Ergebnis mitnehmen").click()
    files = {}
    for label in ("Markdown", "Word", "Tabelle (CSV)", "JSON", "Heatmap (SVG)", "Heatmap (PNG)"):
        with host.expect_download() as taken:
            host.get_by_role("link", name=label, exact=True).click()
        files[label] = taken.value.path().read_bytes()
    assert _BETTER in files["Markdown"].decode()
    assert _PORTAL in files["Markdown"].decode()
    assert _MINE not in files["JSON"].decode()
    assert json.loads(files["JSON"])["title"] == "OKR für die Vermietung"
    assert files["Heatmap (PNG)"].startswith(b"\x89PNG")
    for page in (host, stage, anna, english):
        assert violations(page) == []

    host.get_by_text("Links, Co-Moderation, Ende").click()
    host.locator("#room summary").click()
    host.get_by_role("button", name="Alles jetzt und endgültig löschen").click()
    host.wait_for_url(re.compile("/workshops"))
    expect(anna.locator("#told")).to_contain_text("gelöscht")
    assert httpx.get(f"{hall.url}/w/{code}", headers={"accept": "text/html"}).status_code == 404
