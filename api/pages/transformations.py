"""`/handbook/transformations`: from what people write to what changes for whom, by field."""

from collections.abc import Iterable
from typing import NamedTuple

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from api.pages.alphabet import alphabetical
from api.pages.cited import works
from api.pages.page import show
from api.pages.reader import ReaderCoachDependency
from api.pages.texts import name_of, say
from api.pages.visit import VisitDependency
from coach.catalog import Transformation, TransformationText
from coach.catalog.terms import Piece, pieces, terms_in
from coach.language import Language

router = APIRouter(include_in_schema=False)


class Field(NamedTuple):
    """A field of work with its transformations."""

    slug: str
    name: str
    entries: list[Transformation]


def by_field(transformations: Iterable[Transformation], language: Language) -> list[Field]:
    """Return the transformations grouped by field, in alphabetical order of the fields' names."""
    grouped: dict[str, list[Transformation]] = {}
    for entry in transformations:
        grouped.setdefault(entry.field, []).append(entry)
    fields = (Field(slug, name_of(language, "fields", slug), entries) for slug, entries in grouped.items())
    return sorted(fields, key=lambda field: alphabetical(field.name))


def filled(text: TransformationText, language: Language) -> list[Piece]:
    """Return the scaffold as it reads for the entry's first noun and its own people, the blanks apart."""
    sentence = text.scaffold.replace("{subject}", say(language, "subject", noun=text.heads[0]))
    sentence = sentence.replace("{people}", text.people)
    return list(pieces(sentence[0].upper() + sentence[1:], terms_in((), language), set()))


@router.get("/handbook/transformations")
def transformations(coach: ReaderCoachDependency, visit: VisitDependency) -> HTMLResponse:
    """Show every transformation."""
    entries = coach.catalog.transformations
    return show(
        visit,
        "transformations.html",
        fields=by_field(entries, visit.language),
        filled={entry.slug: filled(entry.in_language(visit.language), visit.language) for entry in entries},
        works=works(coach.catalog.sources, (source for entry in entries for source in entry.sources), visit.language),
    )
