"""Guesses against the coach's answer, as labels for evals; only from rooms that agreed, and never who guessed what."""

from collections import Counter
from collections.abc import Iterator
from typing import Literal

from coach.okr import Strict
from coach.review import Kind
from coach.workshop.card import Card
from coach.workshop.checking import card_text
from coach.workshop.commands import CardLevel
from coach.workshop.room import Room


class GuessLabel(Strict):
    """One line: a text, what the coach said, how the room guessed before it knew, and what it decided then."""

    id: str
    lang: Literal["de", "en"]
    level: CardLevel
    text: str
    objective: str | None
    coach_kind: Kind | None
    coach_patterns: tuple[str, ...]
    choices: tuple[str, ...]
    room_patterns: dict[str, int]
    room_kinds: dict[Kind, int]
    accepted: tuple[str, ...]
    rejected: tuple[str, ...]
    provenance: Literal["workshop"] = "workshop"


def guess_labels(room: Room, workshop_id: str) -> Iterator[GuessLabel]:
    """Yield a label per card on the wall that the room guessed on; nothing where the room keeps no labels."""
    if not room.labels_kept:
        return
    for card in room.on_wall():
        if card.guesses and card.review is not None and not card.open_to_guesses:
            yield _label(room, card, workshop_id)


def _label(room: Room, card: Card, workshop_id: str) -> GuessLabel:
    findings = card.review.findings if card.review else ()
    said: dict[str, list[str]] = {"accept": [], "reject": []}
    for finding in findings:
        if finding.fingerprint in card.verdicts:
            said[card.verdicts[finding.fingerprint]].append(finding.pattern)
    kinds = Counter(ballot.kind for ballot in card.guesses.values() if ballot.kind is not None)
    return GuessLabel(
        id=f"{workshop_id}-{card.id}",
        lang=room.language,
        level=card.level,
        text=card.text,
        objective=card_text(room, card, card.text).objective,
        coach_kind=card.review.kind if card.review else None,
        coach_patterns=tuple(dict.fromkeys(finding.pattern for finding in findings)),
        choices=card.choices,
        room_patterns=dict(Counter(ballot.pattern for ballot in card.guesses.values())),
        room_kinds=dict(kinds),
        accepted=tuple(said["accept"]),
        rejected=tuple(said["reject"]),
    )
