"""A card with all that was said about it, and how each event changes it. Pure, as the room is."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, NamedTuple

from coach.review import Finding, Kind, Rewrite
from coach.workshop import events as happened
from coach.workshop.commands import CardLevel

Status = Literal["waiting", "shown", "hidden"]
Verdict = Literal["accept", "reject"]


class Reviewed(NamedTuple):
    """What the coach says of one text."""

    kind: Kind | None
    findings: tuple[Finding, ...]
    rewrite: Rewrite | None = None


class Ballot(NamedTuple):
    """One guess."""

    pattern: str
    kind: Kind | None


@dataclass(frozen=True)
class Candidate:
    """A rewrite of a card."""

    id: str
    text: str
    source: happened.Source
    status: Status
    flagged: bool
    verified: bool | None = None
    review: Reviewed | None = None


@dataclass(frozen=True)
class Card:
    """A card with all that was said about it. `text` is what was handed in; `accepted` is what stands now."""

    id: str
    level: CardLevel
    objective: str | None
    text: str
    author: str | None
    origin: happened.Origin
    status: Status
    flagged: bool
    review: Reviewed | None = None
    revealed: tuple[str, ...] = ()
    hidden: frozenset[str] = frozenset()
    verdicts: Mapping[str, Verdict] = field(default_factory=dict)
    choices: tuple[str, ...] = ()
    guesses: Mapping[str, Ballot] = field(default_factory=dict)
    guesses_shown: bool = False
    working: str | None = None
    working_review: Reviewed | None = None
    candidates: Mapping[str, Candidate] = field(default_factory=dict)
    dots: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    accepted: str | None = None

    @property
    def now(self) -> str:
        """The text that stands now."""
        return self.text if self.accepted is None else self.candidates[self.accepted].text

    @property
    def reviewed_now(self) -> Reviewed | None:
        """What the coach says of the text that stands now."""
        return self.review if self.accepted is None else self.candidates[self.accepted].review

    @property
    def open_to_guesses(self) -> bool:
        """Whether the room may still guess: nothing of the answer was shown."""
        return bool(self.choices) and not self.guesses_shown and not self.revealed

    def finding(self, fingerprint: str) -> Finding | None:
        """Return a finding of the first text."""
        found = self.review.findings if self.review else ()
        return next((finding for finding in found if finding.fingerprint == fingerprint), None)

    def text_at(self, candidate: str | None, *, working: bool) -> str | None:
        """Return the working text, a candidate's, or the card's own; None where there is no such text."""
        if working:
            return self.working
        if candidate is None:
            return self.text
        return self.candidates[candidate].text if candidate in self.candidates else None

    def dots_of(self, candidate: str) -> int:
        """Return how many dots a candidate got."""
        return sum(placed.get(candidate, 0) for placed in self.dots.values())


CardEvent = (
    happened.CardMoved
    | happened.Reviewed
    | happened.Guessed
    | happened.GuessesShown
    | happened.FindingRevealed
    | happened.FindingDecided
    | happened.RewriteEdited
    | happened.CandidateAdded
    | happened.DotsPlaced
    | happened.Accepted
)


def card_after(card: Card, event: CardEvent) -> Card:
    """Return the card after an event about it."""
    match event:
        case happened.CardMoved():
            return replace(card, objective=event.objective)
        case happened.Reviewed():
            return _reviewed(card, event)
        case happened.Guessed():
            return replace(card, guesses={**card.guesses, event.ballot: Ballot(event.pattern, event.kind)})
        case happened.GuessesShown():
            return replace(card, guesses_shown=True)
        case happened.FindingRevealed():
            return replace(card, revealed=(*card.revealed, event.fingerprint))
        case happened.FindingDecided():
            rest = {key: said for key, said in card.verdicts.items() if key != event.fingerprint}
            return replace(card, verdicts=rest if event.verdict is None else {**rest, event.fingerprint: event.verdict})
        case happened.RewriteEdited():
            return replace(card, working=event.text, working_review=None)
        case happened.CandidateAdded():
            added = Candidate(event.candidate, **event.model_dump(exclude={"type", "card", "candidate"}))
            return replace(card, candidates={**card.candidates, added.id: added})
        case happened.DotsPlaced():
            return replace(card, dots={**card.dots, event.ballot: event.dots})
        case happened.Accepted():
            return replace(card, accepted=event.candidate)


def _reviewed(card: Card, event: happened.Reviewed) -> Card:
    review = Reviewed(event.kind, event.findings, event.rewrite)
    if event.working:
        return replace(card, working_review=review)
    if event.candidate is not None:
        candidate = replace(card.candidates[event.candidate], review=review)
        return replace(card, candidates={**card.candidates, candidate.id: candidate})
    return replace(card, review=review)


def moderated(card: Card, event: happened.Moderated) -> Card:
    """Return the card with itself, a candidate or a finding shown or hidden."""
    if event.what == "card":
        return replace(card, status=status_after(event))
    if event.what == "candidate":
        candidate = replace(card.candidates[event.item], status=status_after(event))
        return replace(card, candidates={**card.candidates, candidate.id: candidate})
    return replace(card, hidden=card.hidden - {event.item} if event.shown else card.hidden | {event.item})


def status_after(event: happened.Moderated) -> Status:
    """Return how something stands once a host has said so."""
    return "shown" if event.shown else "hidden"
