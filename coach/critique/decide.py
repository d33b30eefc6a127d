"""Decide: what a rule sees, what the encoder sees, and what becomes of both."""

import re
from collections.abc import Iterable, Iterator

from coach.detectors import Hit
from coach.learned import Decision
from coach.review import Severity

_PARAGRAPH = re.compile(r"\n\s*\n|\n(?=\s*[-*•])")
_LONGEST_NOTE = 700
_MOST_NOTES = 20


def decided(
    hits: Iterable[Hit], severity: Severity, decision: Decision | None, probability: float | None
) -> Iterator[tuple[Hit, Severity]]:
    """Yield the hits that stand, with their severity: what the encoder alone sees is advice unless it is sure.

    Without a decision or a probability the rule alone decides.
    """
    if decision is None or probability is None or decision.by == "rule":
        yield from ((hit, severity) for hit in hits)
        return
    seen = probability >= decision.at
    found = list(hits)
    if decision.by in {"encoder", "both"} and not seen:
        found = [hit for hit in found if hit.certain]
    if found:
        yield from ((hit, severity) for hit in found)
    elif seen and decision.by != "both":
        hit = Hit(confidence=round(probability, 4), source="classifier")
        yield hit, severity if decision.sure else Severity.ADVICE


def notes_in(text: str | None) -> list[str]:
    """Return the paragraphs of a note, each short enough to be read as one."""
    if not text:
        return []
    parts = [part.strip()[:_LONGEST_NOTE] for part in _PARAGRAPH.split(text)]
    return [part for part in parts if part][:_MOST_NOTES]
