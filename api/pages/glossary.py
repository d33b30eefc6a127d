"""`/handbook/glossary`: the words of the field."""

from itertools import groupby

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from api.pages.alphabet import alphabetical, initial
from api.pages.cited import works
from api.pages.page import show
from api.pages.reader import ReaderCoachDependency
from api.pages.visit import VisitDependency
from coach.catalog.records import TermText

_SHORT = 5
_ENDING = 3

router = APIRouter(include_in_schema=False)


def other_names(text: TermText) -> list[str]:
    """Return what else a term is called, without inflections and spellings of what is named already."""
    names: list[str] = []
    for name in text.also:
        if not any(_is_form_of(name, known) for known in (text.term, *names)):
            names.append(name)
    return names


def _is_form_of(name: str, known: str) -> bool:
    letters, word = _letters(name), _letters(known)
    stem = word if len(word) < _SHORT else word[:-2]
    return letters.startswith(stem) and abs(len(letters) - len(word)) <= _ENDING


def _letters(name: str) -> str:
    return "".join(filter(str.isalpha, alphabetical(name)))


@router.get("/handbook/glossary")
def glossary(coach: ReaderCoachDependency, visit: VisitDependency) -> HTMLResponse:
    """Show every term with its definition."""
    terms = coach.catalog.glossary
    entries = sorted(
        ((entry.slug, entry.in_language(visit.language)) for entry in terms),
        key=lambda entry: alphabetical(entry[1].term),
    )
    return show(
        visit,
        "glossary.html",
        other_names=other_names,
        letters=[(letter, list(group)) for letter, group in groupby(entries, key=lambda entry: initial(entry[1].term))],
        works=works(coach.catalog.sources, (source for term in terms for source in term.sources), visit.language),
    )
