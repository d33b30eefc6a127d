"""The first events of a room: what it is, and the cards that were prepared."""

from collections.abc import Iterable

from coach.errors import InputError, Problem
from coach.okr import Objective
from coach.workshop import events as happened
from coach.workshop.commands import CardLevel
from coach.workshop.on_cards import MAX_CARDS
from coach.workshop.plan import Plan
from coach.workshop.rude import is_rude

FIRST_HOST = "h1"


def opening(plan: Plan, objectives: Iterable[Objective], digest: str) -> tuple[happened.AnyEvent, ...]:
    """Return the events that open a room with objectives and key results as cards."""
    opened = happened.RoomOpened(
        title=plan.title,
        language=plan.language,
        agenda=plan.agenda,
        names_allowed=plan.names_allowed,
        moderated=plan.moderated,
        labels_kept=plan.labels_kept,
        dots=plan.dots,
        host=FIRST_HOST,
        digest=digest,
    )
    cards: list[happened.CardAdded] = []
    for objective in objectives:
        above = _card(len(cards), "objective", objective.objective, None)
        cards.append(above)
        for key_result in objective.key_results:
            cards.append(_card(len(cards), "key_result", key_result.text, above.card))
    if len(cards) > MAX_CARDS:
        raise InputError([Problem("/objectives", f"make {len(cards)} cards; a room holds {MAX_CARDS}", "too-many")])
    return (opened, *cards)


def _card(index: int, level: CardLevel, text: str, objective: str | None) -> happened.CardAdded:
    return happened.CardAdded(
        card=f"c{index + 2}",
        level=level,
        objective=objective,
        text=text,
        author=None,
        origin="prepared",
        status="shown",
        flagged=is_rude(text),
    )
