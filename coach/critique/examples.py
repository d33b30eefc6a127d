"""Examples for the judge: what the same tenant has said of findings before, the nearest to a draft first."""

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from coach.catalog import Catalog
from coach.critique.orders import orders_of
from coach.critique.sources import stems_in
from coach.detectors import DraftSubject
from coach.feedback import Example
from coach.language import Language

if TYPE_CHECKING:
    from coach.embedding.port import Vectors

MOST_EXAMPLES = 6
_LONGEST = 300


def nearest(
    examples: Iterable[Example],
    subject: DraftSubject,
    language: Language,
    catalog: Catalog,
    *,
    vectors: "Callable[[Sequence[str]], Vectors | None]",
) -> list[Example]:
    """Return the few examples whose texts are most like one of the draft's; of equals, the ones given first.

    Left out: other languages, patterns that are muted or gone, long texts, and texts that give orders.
    """
    fit = [each for each in examples if _is_fit(each, subject, language, catalog)]
    alike = _likeness([each.text for each in fit], _texts(subject), vectors)
    ranked = sorted(zip(alike, range(len(fit)), fit, strict=True), key=lambda row: (-row[0], row[1]))
    return [example for _, _, example in ranked[:MOST_EXAMPLES]]


def _is_fit(example: Example, subject: DraftSubject, language: Language, catalog: Catalog) -> bool:
    pattern = catalog.patterns.get(example.pattern)
    return (
        example.language == language
        and pattern is not None
        and pattern.severity_in(subject.profile) is not None
        and example.pattern not in subject.muted
        and len(example.text) <= _LONGEST
        and orders_of(catalog).order_in(example.text) is None
    )


def _texts(subject: DraftSubject) -> list[str]:
    return [
        reading.text
        for objective in subject.objectives
        for reading in (objective.reading, *(key_result.reading for key_result in objective.key_results))
    ]


def _likeness(
    texts: Sequence[str], drafted: Sequence[str], vectors: "Callable[[Sequence[str]], Vectors | None]"
) -> list[float]:
    """Return per text how like one of the draft it is at most: their cosine, else the share of common words."""
    if not texts:
        return []
    theirs, ours = vectors(texts), vectors(drafted)
    if theirs is not None and ours is not None:
        return [round(float(alike), 4) for alike in (theirs @ ours.T).max(axis=1)]
    known = [frozenset(stems_in(text)) for text in drafted]
    return [max(_shared(frozenset(stems_in(text)), stems) for stems in known) for text in texts]


def _shared(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / max(1, len(one | other))
