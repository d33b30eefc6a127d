"""Pictures of the pages, for people to look at: kept where `OKR_COACH_TEST_PICTURES` names a folder."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.api.pages.test_chat import ready, talk

_FOLDER = os.environ.get("OKR_COACH_TEST_PICTURES")
_DRAFT = (
    "O: Neue Mieter:innen kommen gut an\n- Mieterportal bis Ende Q3 live schalten\n- Umsatz um 12 % steigern\n"
    "- 80 % der neuen Mieter:innen schaffen den Einzug ohne Rückfrage bei uns (heute 55 %)"
)

pytestmark = pytest.mark.skipif(_FOLDER is None, reason="OKR_COACH_TEST_PICTURES names no folder")


def _kept(page: Page, name: str) -> None:
    folder = Path(_FOLDER or "")
    folder.mkdir(parents=True, exist_ok=True)
    assert len(page.screenshot(path=folder / f"{name}.png")) > 10_000


def test_quick_review(page: Page, address: str) -> None:
    page.set_viewport_size({"width": 1280, "height": 860})
    page.goto(address)
    page.locator("#draft").fill(_DRAFT)
    page.locator("summary").first.click()
    _kept(page, "quick-review")


@pytest.mark.parametrize(
    ("name", "dark", "width", "height"), [("desktop", False, 1280, 860), ("phone-dark", True, 390, 844)]
)
def test_chat(chromium: Browser, address: str, name: str, dark: bool, width: int, height: int) -> None:
    context = chromium.new_context(
        locale="de-DE", color_scheme="dark" if dark else "light", viewport={"width": width, "height": height}
    )
    page = context.new_page()
    page.goto(f"{address}/chat")
    page.get_by_role("button", name="Gespräch beginnen").click()
    ready(page)
    talk(page, _DRAFT, "Neue Mieter:innen finden alles ohne Anruf", "formuliere es um")
    expect(page.locator(".offered")).to_be_visible()
    _kept(page, f"chat-{name}")
    context.close()
