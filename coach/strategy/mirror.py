"""The way back: what a cycle found out, mirrored with the KPI (moved, not moved, wrong hypothesis)."""

from typing import Literal

from coach.cycle import Figure
from coach.language import Language
from coach.language.numbers import find_quantities
from coach.okr import Strict
from coach.reading import read
from coach.strategy.words import say

Outcome = Literal["moved", "not_moved", "wrong_hypothesis", "not_tried", "unknown"]


class MirrorRequest(Strict):
    """Figures before and after a cycle."""

    language: Language = "de"
    figures: tuple[Figure, ...]


class Mirrored(Strict):
    """What the figures say of the hypothesis, and one question."""

    kpi: str
    outcome: Outcome
    message: str
    question: str


def mirrored(figure: Figure, language: Language) -> Mirrored:
    """Return what a KPI says about the hypothesis behind a key result."""
    before, after = _value(figure.before, language), _value(figure.after, language)
    slots = {"kpi": figure.kpi, "before": figure.before, "after": figure.after}
    outcome: Outcome
    if before is None or after is None:
        outcome = "unknown"
    else:
        moved = after > before if figure.wanted == "up" else after < before
        outcome = (
            ("moved" if moved else "not_moved")
            if figure.experienced
            else ("wrong_hypothesis" if moved else "not_tried")
        )
    return Mirrored(
        kpi=figure.kpi,
        outcome=outcome,
        message=say(language, f"mirror.{outcome}", **slots),
        question=say(language, f"mirror.question.{outcome}", **slots),
    )


def _value(text: str | None, language: Language) -> float | None:
    """Return the first number of a value as written ("42 %", "1,5 Mio."), None where there is none."""
    if not text:
        return None
    reading = read(text, language)
    values = [
        quantity.value for quantity in find_quantities(reading.text, reading.locale) if quantity.value is not None
    ]
    return values[0] if values else None
