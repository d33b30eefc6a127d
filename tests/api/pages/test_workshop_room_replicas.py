"""The pages of one room on two replicas: what a phone sends to one is seen at the desk on the other, even when one dies."""

import re
from pathlib import Path

from playwright.sync_api import Browser, expect

from tests.api.pages.test_workshop_room import joined, live, next_round, opened
from tests.api.served import served

_CARD = "Mieterportal bis Ende Q3 live schalten"


def test_host_and_phones_on_different_replicas_and_one_dies(tmp_path: Path, postgresql: str, chromium: Browser) -> None:
    with served(tmp_path / "one", postgresql) as one, served(tmp_path / "other", postgresql) as other:
        desk = chromium.new_context(locale="de-DE", viewport={"width": 1280, "height": 900})
        host, code = opened(one, desk)
        stage = chromium.new_context(locale="de-DE", viewport={"width": 1600, "height": 900}).new_page()
        stage.goto(f"{other.url}/w/{code}/stage")
        live(stage)
        german, english = joined(other, chromium, code), joined(one, chromium, code, "en-GB")
        expect(stage.locator("#scene")).to_contain_text("2 Personen sind da")
        expect(host.locator("#status")).to_contain_text("2 Personen sind da")

        next_round(host, "Schreiben")
        german.get_by_label("Dein Text").fill(_CARD)
        german.get_by_role("button", name="Abgeben").click()
        host.locator("#waiting li").filter(has_text=_CARD).get_by_role("button", name="Zeigen").click()
        expect(english.locator("#wall")).to_contain_text(_CARD)
        expect(german.locator("#wall")).to_contain_text(_CARD)
        next_round(host, "Für mich prüfen")
        next_round(host, "Auf der Bühne")
        host.locator("#wall > ul > li").filter(has_text=_CARD).get_by_role("button", name="Auf die Bühne").click()
        expect(stage.locator("#scene blockquote")).to_have_text(_CARD)
        next_round(host, "Tippen")
        for phone in (german, english):
            phone.locator("#guess input[name=pattern]").first.check()
            phone.locator("#guess button").click()
            expect(phone.locator("#guess")).to_contain_text(re.compile("Dein Tipp zählt|Your guess counts"))
        expect(stage.locator("#scene")).to_contain_text("2 von 2 haben getippt")

        link = host.locator("#host-link").input_value().replace(one.url, other.url)
        one.kill()
        host.goto(link)
        live(host)
        seat = next(each for each in english.context.cookies() if each["name"] == "okr-coach-seat")
        assert seat["domain"] == "127.0.0.1"
        english.goto(f"{other.url}/w/{code}")
        live(english)
        expect(host.locator("#status")).to_contain_text("2 Personen sind da")
        expect(english.locator("#guess")).to_contain_text("Your guess counts")
        next_round(host, "Aufdecken")
        host.get_by_role("button", name="Zeigen, wie der Raum getippt hat").click()
        expect(stage.locator(".tally b").first).to_be_visible()
        expect(german.locator("#card .tally")).to_be_visible()
        one.start()
        late = joined(one, chromium, code)
        expect(late.locator("#card .tally")).to_be_visible()
        expect(host.locator("#status")).to_contain_text("3 Personen sind da")
