"""`/patterns`: what drafts trip over, for reading."""

from functools import partial

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.pages.cited import works
from api.pages.examples import example_message, examples, quoted
from api.pages.opinions import disagreement, opinion_in, opinions
from api.pages.page import prose_of, show
from api.pages.reader import ReaderCoachDependency
from api.pages.visit import VisitDependency
from api.pages.written import written
from coach.retrieval.passages import pattern_passages
from coach.review import Level

router = APIRouter(include_in_schema=False)


@router.get("/patterns")
def patterns(coach: ReaderCoachDependency, visit: VisitDependency) -> HTMLResponse:
    """Show the patterns by level, each with a message and how much it weighs in the profile in force."""
    catalog, profile = coach.catalog, coach.settings.profile
    levels = [(level, [p for p in catalog.patterns.values() if p.level == level]) for level in Level]
    return show(
        visit,
        "patterns.html",
        count=len(catalog.patterns),
        profile=profile,
        levels=[(level, found) for level, found in levels if found],
        messages={
            slug: example_message(pattern, catalog.cases[slug], visit.language)
            for slug, pattern in catalog.patterns.items()
        },
        severities={slug: opinion_in(pattern, profile) for slug, pattern in catalog.patterns.items()},
    )


@router.get("/patterns/{slug}")
def pattern(coach: ReaderCoachDependency, visit: VisitDependency, slug: str) -> Response:
    """Show a pattern; a former slug leads to the one in use."""
    catalog = coach.catalog
    found = catalog.pattern(slug)
    if found.slug != slug:
        return RedirectResponse(visit.link(f"/patterns/{found.slug}"), status_code=308)
    cases = catalog.cases[slug]
    page = written(partial(pattern_passages, catalog, slug), visit.language)
    return show(
        visit,
        "pattern.html",
        pattern=found,
        text=found.text[page.language],
        page=page,
        message=example_message(found, cases, page.language),
        prose=prose_of(catalog, visit, page.language),
        opinions=opinions(found),
        disagreement=disagreement(found, visit.language),
        flagged=examples(cases, visit.language, "flagged"),
        clean=examples(cases, visit.language, "clean"),
        quoted=quoted,
        related=[catalog.patterns[name] for name in found.related if name in catalog.patterns],
        articles=[article for article in catalog.articles.values() if slug in article.related],
        works=works(catalog.sources, found.sources, visit.language),
    )
