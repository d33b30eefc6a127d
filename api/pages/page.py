"""A page: a template filled in the reader's language, with headers that let nothing foreign in."""

from functools import partial
from pathlib import Path

from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from api.pages.anchors import anchor_of
from api.pages.assets import address_of
from api.pages.prose import Prose
from api.pages.texts import day_in, name_of, say
from api.pages.typography import unbroken
from api.pages.visit import Visit
from api.pages.written import text_in
from coach.catalog import Catalog
from coach.catalog.terms import terms_in
from coach.language import LANGUAGES, Language

_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
_POLICY_WITH_SCRIPTS = f"{_POLICY}; script-src 'self'; connect-src 'self'"
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-cache",
    "Vary": "Accept, Accept-Language",
}
_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    auto_reload=False,
    finalize=unbroken,
)
_TEMPLATES.globals["asset"] = address_of
_TEMPLATES.globals["languages"] = LANGUAGES
_TEMPLATES.globals["language_name"] = partial(say, key="language")
_TEMPLATES.filters["anchor"] = anchor_of
_TEMPLATES.filters["text_in"] = text_in
_TEMPLATES.filters["day"] = day_in


def show(visit: Visit, template: str, *, status: int = 200, scripted: bool = False, **values: object) -> HTMLResponse:
    """Return a page from a template, which sees `visit`, `say`, `name_of` and the values.

    `scripted`: the page may load scripts of this server, never inline ones.
    """
    headers = {
        **_HEADERS,
        "Content-Security-Policy": _POLICY_WITH_SCRIPTS if scripted else _POLICY,
        "Content-Language": visit.language,
    }
    return HTMLResponse(fragment(visit, template, **values), status_code=status, headers=headers)


def fragment(visit: Visit, template: str, **values: object) -> str:
    """Return the HTML that a template gives."""
    words = {"say": partial(say, visit.language), "name_of": partial(name_of, visit.language)}
    return _TEMPLATES.get_template(template).render(visit=visit, **{**words, **values})


def prose_of(catalog: Catalog, visit: Visit, language: Language) -> Prose:
    """Return what renders the Markdown of one page in a language; field terms link to the glossary."""
    definitions = {entry.slug: entry.in_language(language).definition for entry in catalog.glossary}
    return Prose(
        terms_in(catalog.glossary, language),
        address=partial(visit.link, "/handbook/glossary", language=language),
        definition=definitions.__getitem__,
    )
