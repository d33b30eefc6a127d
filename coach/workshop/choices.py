"""The choices for guessing: what the coach found, what could be taken for it, and `none`."""

import hashlib
from collections.abc import Iterable

from coach.catalog import Catalog
from coach.review import Level
from coach.workshop.card import Card
from coach.workshop.commands import NONE, CardLevel

WRONG = 3
_USUAL: dict[CardLevel, tuple[str, ...]] = {
    "objective": ("vague-objective", "metric-in-objective", "task-as-objective", "means-in-objective"),
    "key_result": ("output-as-key-result", "kpi-as-key-result", "activity-as-key-result", "no-baseline"),
}


def choices_for(card: Card, catalog: Catalog) -> tuple[str, ...]:
    """Return four choices, the last of them `none`; a card without findings has `none` as the right one.

    Of what the coach found only the strongest is a choice, so that one choice is right. The order says nothing: it
    comes from the card's text.
    """
    found = list(dict.fromkeys(finding.pattern for finding in card.review.findings)) if card.review else []
    right = found[:1]
    wrong = [slug for slug in _near(card.level, right, catalog) if slug not in found]
    drawn = (*right, *dict.fromkeys(wrong))[:WRONG]
    return (*sorted(drawn, key=lambda slug: hashlib.sha256(f"{slug} {card.text}".encode()).digest()), NONE)


def _near(level: CardLevel, right: Iterable[str], catalog: Catalog) -> Iterable[str]:
    """Yield patterns of the card's level: what the catalogue names as related first, then usual ones, then all."""
    known = catalog.patterns
    related = (other for slug in right if slug in known for other in known[slug].related)
    for slug in (*related, *_USUAL[level], *sorted(known)):
        if slug in known and known[slug].level == Level(level):
            yield slug
