"""`/handbook/search`: what the handbook says about a question."""

from typing import NamedTuple

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from api.pages.anchors import anchor_of
from api.pages.page import show
from api.pages.prose import excerpt
from api.pages.reader import ReaderCoachDependency
from api.pages.visit import Visit, VisitDependency
from api.pages.written import text_in
from coach.catalog import Catalog
from coach.language import Language, guess_language
from coach.retrieval.passages import PassageType
from coach.retrieval.search import Found

_LONGEST_QUERY = 500
_LONGEST_EXCERPT = 260
_RESULTS = 10

router = APIRouter(include_in_schema=False)


class Result(NamedTuple):
    """A passage as the page shows it: the title of its page, its heading, its beginning, its address."""

    title: str
    heading: str
    text: str
    address: str
    type: PassageType
    language: Language


@router.get("/handbook/search")
def search(coach: ReaderCoachDependency, visit: VisitDependency, q: str = "") -> HTMLResponse:
    """Show the passages that fit a question; it is answered in its own language where that is plain."""
    query = readable(q)[:_LONGEST_QUERY]
    guess = guess_language(query, default=visit.language)
    language = guess.language if guess.certain else visit.language
    found = coach.search.find(query, language=language, limit=_RESULTS) if query else []
    results = [_result(coach.catalog, visit, passage) for passage in found]
    return show(visit, "search.html", query=query, results=results, longest=_LONGEST_QUERY)


def _result(catalog: Catalog, visit: Visit, passage: Found) -> Result:
    return Result(
        title=_title(catalog, passage),
        heading=passage.heading,
        text=excerpt(passage.text, _LONGEST_EXCERPT),
        address=passage_address(visit, passage),
        type=passage.type,
        language=passage.language,
    )


def readable(text: str) -> str:
    """Return a text on one line, without what no reader sees: control characters, changes of direction."""
    return " ".join("".join(letter for letter in text if letter.isprintable() or letter.isspace()).split())


def passage_address(visit: Visit, passage: Found) -> str:
    """Return where a passage can be read: its page, at its heading."""
    match passage.type:
        case "article":
            return visit.link(f"/handbook/{passage.slug}", anchor_of(passage), passage.language)
        case "pattern":
            return visit.link(f"/patterns/{passage.slug}", anchor_of(passage), passage.language)
        case "transformation":
            return visit.link("/handbook/transformations", passage.slug, passage.language)
        case "glossary":
            return visit.link("/handbook/glossary", passage.slug, passage.language)


def _title(catalog: Catalog, passage: Found) -> str:
    if passage.type == "article":
        return text_in(catalog.article(passage.slug).text, passage.language).title
    if passage.type == "pattern":
        return text_in(catalog.pattern(passage.slug).text, passage.language).name
    return passage.heading
