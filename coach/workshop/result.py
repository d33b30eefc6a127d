"""What a workshop leaves behind: cards before and after, findings, decisions, parking lot. No word of who voted how."""

from datetime import datetime
from typing import Literal

from coach.okr import Strict
from coach.review import Kind
from coach.workshop.card import Card
from coach.workshop.commands import CardLevel
from coach.workshop.room import Room
from coach.workshop.seen import Place, heatmap
from coach.workshop.views import Heatmap, NoteView

Verdict = Literal["accept", "reject", "open"]


class ResultFinding(Strict):
    """A finding on the first text of a card, and what the room said to it."""

    pattern: str
    quote: str | None
    message: str
    question: str
    verdict: Verdict


class ResultCard(Strict):
    """A card: what was handed in, what stands now, and what was found in the first text."""

    id: str
    level: CardLevel
    before: str
    now: str
    kind_before: Kind | None
    kind_now: Kind | None
    author: str | None
    findings: tuple[ResultFinding, ...]
    guesses: dict[str, int]

    def patterns(self, verdict: Verdict) -> tuple[str, ...]:
        """Return the patterns of the findings with a verdict, each once."""
        return tuple(dict.fromkeys(found.pattern for found in self.findings if found.verdict == verdict))


class ResultObjective(Strict):
    """An objective with the key results under it."""

    card: ResultCard
    key_results: tuple[ResultCard, ...]


class Result(Strict):
    """The wall as it stands, with what goes with it."""

    id: str
    title: str
    language: Literal["de", "en"]
    closed: bool
    expires_at: datetime
    objectives: tuple[ResultObjective, ...]
    loose: tuple[ResultCard, ...]
    decisions: tuple[NoteView, ...]
    next_steps: tuple[NoteView, ...]
    parked: tuple[str, ...]
    heatmap: Heatmap

    def cards(self) -> tuple[ResultCard, ...]:
        """Return every card, in the order of the wall."""
        grouped = (card for objective in self.objectives for card in (objective.card, *objective.key_results))
        return (*grouped, *self.loose)


def result_of(room: Room, place: Place) -> Result:
    """Return the result of a room: what is shown; what waits or was hidden is not part of it."""
    wall = room.on_wall()
    objectives = [card for card in wall if card.level == "objective"]
    known = {card.id for card in objectives}
    below = [card for card in wall if card.level == "key_result"]
    notes = [NoteView(**note._asdict()) for note in room.notes.values()]
    return Result(
        id=place.id,
        title=room.title,
        language=room.language,
        closed=room.closed,
        expires_at=place.expires_at,
        objectives=tuple(
            ResultObjective(
                card=_card(objective),
                key_results=tuple(_card(each) for each in below if each.objective == objective.id),
            )
            for objective in objectives
        ),
        loose=tuple(_card(each) for each in below if each.objective not in known),
        decisions=tuple(note for note in notes if note.kind == "decision"),
        next_steps=tuple(note for note in notes if note.kind == "next-step"),
        parked=tuple(each.text for each in room.parked.values() if each.status == "shown"),
        heatmap=heatmap(room),
    )


def _card(card: Card) -> ResultCard:
    now = card.reviewed_now
    guesses = {choice: sum(each.pattern == choice for each in card.guesses.values()) for choice in card.choices}
    return ResultCard(
        id=card.id,
        level=card.level,
        before=card.text,
        now=card.now,
        kind_before=card.review.kind if card.review else None,
        kind_now=now.kind if now else None,
        author=card.author,
        findings=tuple(
            ResultFinding(
                pattern=finding.pattern,
                quote=finding.span.text if finding.span else None,
                message=finding.message,
                question=finding.question,
                verdict=card.verdicts.get(finding.fingerprint, "open"),
            )
            for finding in (card.review.findings if card.review else ())
            if finding.fingerprint not in card.hidden
        ),
        guesses=guesses if card.guesses_shown and card.guesses else {},
    )
