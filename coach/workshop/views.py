"""A room as it is seen: by everybody (the stage and every phone), by one participant, by a host.

What is not yet shown to a role is not in its view at all; no view names a person who did not sign.
"""

from datetime import datetime
from typing import Literal

from coach.okr import Strict
from coach.review import Finding, Kind
from coach.workshop.agenda import Round, RoundKind
from coach.workshop.commands import CardLevel, Scene

Status = Literal["waiting", "shown", "hidden"]
FindingState = Literal["secret", "revealed", "hidden"]


class RoundView(Strict):
    """The running round: its place in the agenda, and when it ends (softly)."""

    index: int
    kind: RoundKind
    note: str
    started_at: datetime
    ends_at: datetime


class FindingView(Strict):
    """A finding, and what the room says to it. `state` differs from `revealed` only in a host's view."""

    finding: Finding
    state: FindingState
    verdict: Literal["accept", "reject"] | None


class TextCheck(Strict):
    """What the coach says of a text right now."""

    kind: Kind | None
    findings: tuple[Finding, ...]


class CandidateView(Strict):
    """A rewrite that can be voted on; `dots` is null while the dot vote runs, `verified` unless the coach wrote it."""

    id: str
    text: str
    source: Literal["participant", "host", "rules", "model"]
    status: Status
    flagged: bool
    verified: bool | None
    check: TextCheck | None
    dots: int | None


class CardView(Strict):
    """A card: `text` stands now, `before` stood first; findings as far as they are revealed (a host sees all)."""

    id: str
    level: CardLevel
    objective: str | None
    text: str
    before: str
    author: str | None
    origin: Literal["participant", "host", "prepared"]
    status: Status
    flagged: bool
    pinned: bool
    reviewed: bool
    kind: Kind | None
    findings: tuple[FindingView, ...]


class GuessTally(Strict):
    """How many guessed; what they guessed is null until the host shows it."""

    cast: int
    patterns: dict[str, int] | None
    kinds: dict[Kind, int] | None


class SpotlightView(Strict):
    """The card on stage: choices for guessing, how the room voted, what it works on, what can be voted on."""

    card: CardView
    choices: tuple[str, ...]
    guessing: bool
    guesses: GuessTally
    working: str | None
    working_check: TextCheck | None
    candidates: tuple[CandidateView, ...]
    dots_cast: int


class ParkedView(Strict):
    """Something in the parking lot."""

    id: str
    text: str
    status: Status
    flagged: bool


class NoteView(Strict):
    """A decision or a next step."""

    id: str
    kind: Literal["decision", "next-step"]
    text: str
    due: str | None


class HeatColumn(Strict):
    """How often each pattern stood on the wall when a round began; the last column is now (`round` null)."""

    round: int | None
    kind: RoundKind | None
    patterns: dict[str, int]


class Heatmap(Strict):
    """Patterns over rounds, and the share of outcome key results (0 to 1, null without key results)."""

    columns: tuple[HeatColumn, ...]
    outcomes_before: float | None
    outcomes_now: float | None


class RoomView(Strict):
    """The room as everybody may see it: this is what the stage shows."""

    id: str
    code: str
    title: str
    language: Literal["de", "en"]
    number: int
    now: datetime
    closed: bool
    expires_at: datetime
    agenda: tuple[Round, ...]
    round: RoundView | None
    scene: Scene
    participants: int
    names_allowed: bool
    names: tuple[str, ...]
    moderated: bool
    dots: int
    waiting: int
    cards: tuple[CardView, ...]
    spotlight: SpotlightView | None
    parked: tuple[ParkedView, ...]
    notes: tuple[NoteView, ...]
    heatmap: Heatmap | None


class MyGuess(Strict):
    """What I guessed on the card on stage."""

    pattern: str
    kind: Kind | None


class ParticipantView(Strict):
    """The room with what is mine: name, guess and dots on the card on stage, and what I may do now."""

    room: RoomView
    name: str | None
    guess: MyGuess | None
    dots: dict[str, int]
    may: tuple[str, ...]


class HostLink(Strict):
    """A host of the room, by the label of their link."""

    id: str
    label: str


class HostView(Strict):
    """The room with all that waits, is hidden, or is still secret; `heatmap` is always there."""

    room: RoomView
    me: str
    hosts: tuple[HostLink, ...]
    labels_kept: bool
