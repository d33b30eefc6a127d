"""Markdown as HTML: safe, with terms linked outside headings and links."""

import pytest

from api.pages.prose import Prose, excerpt, plain
from coach.catalog.records import GlossaryTerm
from coach.catalog.terms import terms_in
from tests.api.pages.parsed import Parsed, parse

_OKR = GlossaryTerm.model_validate(
    {
        "slug": "okr",
        "de": {"term": "OKR", "definition": 'Eine "Arbeitsweise" <mit> Zielen.'},
        "en": {"term": "OKR", "definition": "…"},
    }
)


def _render(text: str) -> Parsed:
    prose = Prose(terms_in([_OKR], "de"), address=lambda slug: f"/g#{slug}", definition=lambda _: _OKR.de.definition)
    return parse(str(prose(text)))


def test_the_first_use_of_a_term_links_with_its_definition() -> None:
    link = _render("Mit **OKR** und OKR arbeiten").one("a", class_="term")
    assert link.attributes == {"class": "term", "href": "/g#okr", "title": 'Eine "Arbeitsweise" <mit> Zielen.'}
    assert link.within == ("p", "strong")


@pytest.mark.parametrize("text", ["### OKR", "[OKR](/x)", "`OKR`", "| OKR |\n|---|\n| x |"])
def test_headings_links_and_code_stay_as_they_are(text: str) -> None:
    assert not _render(text).all("a", class_="term")


def test_terms_are_linked_in_lists_and_cells() -> None:
    assert _render("- OKR").one("a", class_="term").within == ("ul", "li")
    assert _render("| a |\n|---|\n| OKR |").one("a", class_="term").within[-1] == "td"


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "![x](https://evil.example/x.png)",
        "[x](javascript:alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        'OKR" onmouseover="alert(1)',
    ],
)
def test_markdown_brings_no_html_images_or_scripts(text: str) -> None:
    page = _render(text)
    assert not page.all("script")
    assert not page.all("img")
    for element in page.elements:
        assert not {name for name in element.attributes if name.startswith("on")}
        assert not element.attributes.get("href", "").startswith(("javascript:", "data:"))


def test_blanks_are_set_apart() -> None:
    assert _render("[Anteil?] der Kund:innen").one("span", class_="blank").text == "[Anteil?]"


def test_plain_text_has_no_marks() -> None:
    assert plain("Ein **fetter**\nSatz.\n\n- eins\n- `zwei`\n\n| a | b |\n|---|---|\n| c | d |") == (
        "Ein fetter Satz. eins zwei a b c d"
    )


def test_an_excerpt_ends_between_words() -> None:
    assert excerpt("kurz", 10) == "kurz"
    assert excerpt("eins zwei, drei vier", 14) == "eins zwei …"
