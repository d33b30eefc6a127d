"""`/handbook` and its articles."""

from collections.abc import Callable

import pytest
from fastapi import FastAPI

from coach.language import Language
from coach.retrieval.passages import article_passages
from tests.api.pages.parsed import Parsed


def test_the_handbook_names_every_article_field_and_term(app: FastAPI, read: Callable[[str], Parsed]) -> None:
    catalog = app.state.coach.catalog
    links = {link.attributes["href"] for link in read("/handbook?lang=de").all("a")}
    assert {f"/handbook/{slug}?lang=de" for slug in catalog.articles} <= links
    assert {f"/handbook/transformations?lang=de#field-{e.field}" for e in catalog.transformations} <= links
    assert {f"/handbook/glossary?lang=de#{term.slug}" for term in catalog.glossary} <= links


@pytest.mark.parametrize("language", ["de", "en"])
def test_an_article_has_its_headings_patterns_and_sources(
    app: FastAPI, read: Callable[[str], Parsed], language: Language
) -> None:
    catalog = app.state.coach.catalog
    page = read(f"/handbook/kpi-or-key-result?lang={language}")
    article = catalog.article("kpi-or-key-result")
    assert page.one("h1").text == article.text[language].title
    for passage in article_passages(catalog, article.slug, language):
        assert page.one("h2", id=passage.id.rpartition("/")[2]).text.startswith(passage.heading)
    links = {link.attributes["href"] for link in page.all("a")}
    assert {f"/patterns/{slug}?lang={language}" for slug in article.related} <= links
    body = page.one("main").text
    assert "Cyrill Kuster" not in body
    assert "die.agilen" in body
    assert "John Doerr, Measure What Matters, 2018" in body
    assert "B4.1, B4.3, B6.1, B11.2" in body


def test_the_first_use_of_a_term_links_to_the_glossary(app: FastAPI, read: Callable[[str], Parsed]) -> None:
    page = read("/handbook/kpi-or-key-result?lang=en")
    terms = page.all("a", class_="term")
    assert len(terms) == len({link.attributes["href"] for link in terms}) > 3
    kpi = next(link for link in terms if link.attributes["href"] == "/handbook/glossary?lang=en#kpi")
    definitions = {term.slug: term.en.definition for term in app.state.coach.catalog.glossary}
    assert kpi.attributes["title"] == definitions["kpi"]
    for link in terms:
        assert not {"a", "h1", "h2", "h3"} & set(link.within)


def test_no_article_takes_the_address_of_another_page(app: FastAPI) -> None:
    assert not {"glossary", "transformations", "search"} & set(app.state.coach.catalog.articles)


def test_a_table_stays_a_table(read: Callable[[str], Parsed]) -> None:
    page = read("/handbook/workshop-critique?lang=de")
    assert [cell.text for cell in page.all("th")] == ["Zeit", "Schritt", "So geht's"]
