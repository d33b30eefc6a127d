"""What a model proposes on `/chat`: a diff that names its element and where its words come from, and nothing until
somebody accepts it."""

from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from playwright.sync_api import Page, expect

from api import create_app
from coach.chat.coach import ChatCoach
from coach.chat.drafting import Drafting
from coach.settings import Settings
from tests.api.pages.chromium import served, violations
from tests.api.pages.conftest import without_index
from tests.api.pages.test_chat import ready
from tests.coach.chat.test_voice import Scripted

_DRAFT = {
    "de": "O: Neue Mieter:innen kommen gut an\n- 20 Schulungen durchgeführt",
    "en": "O: New tenants settle in well\n- Launch the tenant portal by end of Q3",
}
_EDIT = {
    "de": "[Anteil?] der Mieter:innen ziehen nach der Schulung ohne Rückfrage ein (heute: [Ausgangswert?])",
    "en": "[share?] of new tenants find everything on the tenant portal without a call (today: [baseline?])",
}
_ASKED = {"de": "schreib es um", "en": "rewrite it"}
_ORIGIN = {"de": "von einem Modell formuliert, geprüft", "en": "worded by a model, checked"}


@pytest.fixture(scope="module")
def model() -> Scripted:
    return Scripted("")


@pytest.fixture(scope="module")
def drafting(model: Scripted, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where an application with a model answers."""
    app: FastAPI = create_app(Settings(home=tmp_path_factory.mktemp("drafting-home")))
    app.router.lifespan_context = without_index
    coach = app.state.coach
    coach.__dict__["chat"] = ChatCoach(
        coach.critic, coach.catalog, coach.search.find, drafting=Drafting(model, coach.critic)
    )
    with served(app) as where:
        yield where


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("width", [360, 1200])
def test_an_edit_by_a_model_is_a_diff_until_it_is_accepted(
    page: Page, drafting: str, model: Scripted, language: str, scheme: str, width: int
) -> None:
    model.says = f'{{"edits": [{{"element": "k2", "text": "{_EDIT[language]}"}}]}}'
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(f"{drafting}/chat?lang={language}")
    page.locator("#draft").fill(_DRAFT[language])
    page.locator("main form button[type=submit]").click()
    ready(page)
    page.locator("#message").fill(_ASKED[language])
    page.keyboard.press("Enter")
    option = page.locator(".option", has_text=_ORIGIN[language])
    expect(option).to_be_visible()
    expect(option.locator(".origin")).to_contain_text("KR 1")
    expect(option.locator("del").first).to_be_visible()
    expect(option.locator("ins").first).to_be_visible()
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    to_offer = page.locator(".turn:last-child .to-offer a")
    if width < 800:
        to_offer.click()
        expect(page.locator("#offered")).to_be_in_viewport()
    else:
        expect(to_offer).to_be_hidden()
    key_result = page.locator(".key-results > li").first
    expect(key_result).not_to_contain_text(_EDIT[language])
    option.get_by_role("button").click()
    expect(key_result).to_contain_text(_EDIT[language])
    expect(page.locator(".offered")).to_have_count(0)
    expect(to_offer).to_be_hidden()
