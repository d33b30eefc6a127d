"""`/handbook` and its articles."""

from functools import partial

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from api.pages.alphabet import alphabetical
from api.pages.cited import works
from api.pages.page import prose_of, show
from api.pages.reader import ReaderCoachDependency
from api.pages.themes import by_theme, theme_of
from api.pages.transformations import by_field
from api.pages.visit import VisitDependency
from api.pages.written import written
from coach.retrieval.passages import article_passages

router = APIRouter(include_in_schema=False)


@router.get("/handbook")
def handbook(coach: ReaderCoachDependency, visit: VisitDependency) -> HTMLResponse:
    """Show what the handbook holds."""
    terms = [(entry.slug, entry.in_language(visit.language)) for entry in coach.catalog.glossary]
    return show(
        visit,
        "handbook.html",
        themes=by_theme(coach.catalog.articles.values(), visit.language),
        fields=by_field(coach.catalog.transformations, visit.language),
        terms=sorted(terms, key=lambda entry: alphabetical(entry[1].term)),
    )


@router.get("/handbook/{slug}")
def article(coach: ReaderCoachDependency, visit: VisitDependency, slug: str) -> HTMLResponse:
    """Show an article."""
    catalog = coach.catalog
    found = catalog.article(slug)
    page = written(partial(article_passages, catalog, slug), visit.language)
    theme = theme_of(found)
    neighbours = next(
        entry.articles for entry in by_theme(catalog.articles.values(), visit.language) if entry.slug == theme
    )
    return show(
        visit,
        "article.html",
        article=found,
        text=found.text[page.language],
        page=page,
        prose=prose_of(catalog, visit, page.language),
        theme=theme,
        neighbours=[other for other in neighbours if other.slug != slug],
        related=[catalog.patterns[name] for name in found.related if name in catalog.patterns],
        works=works(catalog.sources, found.sources, visit.language),
    )
