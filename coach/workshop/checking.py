"""The coach reads a card: the same review as everywhere, of a draft made from the card and what stands around it."""

from typing import Literal, NamedTuple

from coach.okr import Draft, KeyResult, Objective
from coach.review import Finding, KeyResultReview, ObjectiveReview, Review, Rewrite
from coach.workshop.card import Card, Reviewed
from coach.workshop.commands import CardLevel
from coach.workshop.room import Room


class CardText(NamedTuple):
    """A text on a card, with the texts that it is read beside."""

    level: CardLevel
    text: str
    objective: str | None = None
    key_results: tuple[str, ...] = ()


def card_text(room: Room, card: Card, text: str) -> CardText:
    """Return a text of a card as it stands under its objective, or above its key results."""
    if card.level == "objective":
        below = (each for each in room.on_wall() if each.objective == card.id)
        return CardText("objective", text, key_results=tuple(each.now for each in below))
    parent = room.cards.get(card.objective or "")
    return CardText("key_result", text, objective=parent.now if parent and parent.status == "shown" else None)


def draft_of(
    card: CardText, *, language: Literal["de", "en"], mode: Literal["rules", "llm"] = "rules", rewrite: bool = False
) -> Draft:
    """Return the draft to review; a key result without an objective stands under its own words."""
    if card.level == "objective":
        key_results = tuple(KeyResult(text=text) for text in card.key_results)
        objective = Objective(objective=card.text, key_results=key_results)
    else:
        objective = Objective(objective=card.objective or card.text, key_results=(KeyResult(text=card.text),))
    return Draft(language=language, mode=mode, rewrite=rewrite, objectives=(objective,))


def read_from(review: Review, card: CardText) -> Reviewed:
    """Return what a review says of the card alone."""
    objective = review.objectives[0]
    if card.level == "objective":
        sets = objective.set_findings if card.key_results else ()
        return Reviewed(None, _once((*objective.findings, *sets)), _rewrite(objective))
    key_result = objective.key_results[0]
    return Reviewed(key_result.likeliest or key_result.kind, _once(key_result.findings), _rewrite(key_result))


def _rewrite(reviewed: ObjectiveReview | KeyResultReview) -> Rewrite | None:
    return None if reviewed.rewrite is None or reviewed.rewrite.status == "unchanged" else reviewed.rewrite


def _once(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    return tuple({finding.fingerprint: finding for finding in findings}.values())
