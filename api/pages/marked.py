"""A text with what was found in it: the words that findings rest on lead to the findings."""

from collections.abc import Iterable, Sequence
from itertools import count, pairwise
from typing import NamedTuple

from api.pages.written import text_in
from coach.catalog import Catalog
from coach.language import Language
from coach.review import Finding, KeyResultReview, ObjectiveReview, Review


class Noted(NamedTuple):
    """A finding and the number that it has on the page."""

    number: int
    finding: Finding


class Piece(NamedTuple):
    """A stretch of a text, and the weightiest finding that rests on it."""

    text: str
    noted: Noted | None


class Marked(NamedTuple):
    """A text in pieces, with its findings, weightiest first."""

    pieces: list[Piece]
    findings: list[Noted]


class MarkedObjective(NamedTuple):
    """An objective, its key results with their kinds, and what is off in the set they form."""

    objective: Marked
    key_results: list[tuple[KeyResultReview, Marked]]
    whole: list[Noted]


class MarkedReview(NamedTuple):
    """A review as a page shows it."""

    objectives: list[MarkedObjective]
    whole: list[Noted]
    found: int


def pattern_names(catalog: Catalog, language: Language) -> dict[str, str]:
    """Return the names of all patterns, by slug."""
    return {slug: text_in(pattern.text, language).name for slug, pattern in catalog.patterns.items()}


def marked_review(review: Review) -> MarkedReview:
    """Return a review with its findings numbered in the order in which the page shows them."""
    numbers = count(1)

    def noted(findings: Iterable[Finding]) -> list[Noted]:
        ordered = sorted(findings, key=lambda finding: -finding.severity.weight)
        return [Noted(next(numbers), finding) for finding in ordered]

    def objective(found: ObjectiveReview) -> MarkedObjective:
        return MarkedObjective(
            marked(found.objective, noted(found.findings)),
            [(each, marked(each.text, noted(each.findings))) for each in found.key_results],
            noted(found.set_findings),
        )

    return MarkedReview(
        [objective(found) for found in review.objectives],
        noted((*review.set_findings, *review.process_findings)),
        len(review.findings()),
    )


def marked(text: str, findings: Sequence[Noted]) -> Marked:
    """Return a text cut where spans begin and end; together the pieces are the text."""
    spans = [(noted.finding.span, noted) for noted in findings if noted.finding.span is not None]
    cuts = sorted({0, len(text), *(span.start for span, _ in spans), *(span.end for span, _ in spans)})
    pieces: list[Piece] = []
    for start, end in pairwise(cuts):
        over = next((noted for span, noted in spans if span.start <= start and end <= span.end), None)
        if pieces and pieces[-1].noted is over:
            pieces[-1] = Piece(pieces[-1].text + text[start:end], over)
        else:
            pieces.append(Piece(text[start:end], over))
    return Marked(pieces, list(findings))
