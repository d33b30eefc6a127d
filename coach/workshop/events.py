"""What happened in a room. Events are numbered from 1 without gaps, stored first, and never changed.

No event names a participant: `seat` and `ballot` are digests of a token that only their browser has, another
one for every vote, so that two votes of one person cannot be told from those of two (`anonymity.py`).
"""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from coach.okr import Strict
from coach.review import Finding, Kind, Rewrite
from coach.workshop.agenda import Round
from coach.workshop.commands import CardLevel, Scene

Status = Literal["waiting", "shown"]
Origin = Literal["participant", "host", "prepared"]
Source = Literal["participant", "host", "rules", "model"]


class RoomOpened(Strict):
    """The first event: what the room is, as it was created."""

    type: Literal["room-opened"] = "room-opened"
    title: str
    language: Literal["de", "en"]
    agenda: tuple[Round, ...]
    names_allowed: bool
    moderated: bool
    labels_kept: bool
    dots: int
    host: str
    digest: str


class HostAdmitted(Strict):
    """A co-facilitator has a link."""

    type: Literal["host-admitted"] = "host-admitted"
    host: str
    label: str
    digest: str


class HostRemoved(Strict):
    """A co-facilitator's link is worthless."""

    type: Literal["host-removed"] = "host-removed"
    host: str


class ParticipantAdmitted(Strict):
    """Somebody came in."""

    type: Literal["participant-admitted"] = "participant-admitted"
    seat: str


class NameSet(Strict):
    """Somebody chose a name, or took it back."""

    type: Literal["name-set"] = "name-set"
    seat: str
    name: str | None


class AgendaChanged(Strict):
    """The rounds are other ones."""

    type: Literal["agenda-changed"] = "agenda-changed"
    rounds: tuple[Round, ...]


class RoundStarted(Strict):
    """A round began."""

    type: Literal["round-started"] = "round-started"
    round: int
    at: datetime
    seconds: int


class RoundExtended(Strict):
    """The running round got more time, or less."""

    type: Literal["round-extended"] = "round-extended"
    seconds: int


class SceneSet(Strict):
    """The stage shows something else."""

    type: Literal["scene-set"] = "scene-set"
    scene: Scene


class CardAdded(Strict):
    """A card came to the room; `waiting` for a host, or shown."""

    type: Literal["card-added"] = "card-added"
    card: str
    level: CardLevel
    objective: str | None
    text: str
    author: str | None
    origin: Origin
    status: Status
    flagged: bool


class CardMoved(Strict):
    """A key result stands under another objective, or under none."""

    type: Literal["card-moved"] = "card-moved"
    card: str
    objective: str | None


class Moderated(Strict):
    """A host showed or hid something."""

    type: Literal["moderated"] = "moderated"
    what: Literal["card", "candidate", "parked", "finding"]
    item: str
    card: str | None
    shown: bool


class Reviewed(Strict):
    """The coach read a text of a card."""

    type: Literal["reviewed"] = "reviewed"
    card: str
    candidate: str | None
    working: bool
    kind: Kind | None
    findings: tuple[Finding, ...]
    rewrite: Rewrite | None


class SpotlightSet(Strict):
    """A card is on stage, with its choices for guessing; or none is."""

    type: Literal["spotlight-set"] = "spotlight-set"
    card: str | None
    choices: tuple[str, ...]


class Guessed(Strict):
    """Somebody guessed, or guessed anew."""

    type: Literal["guessed"] = "guessed"
    card: str
    ballot: str
    pattern: str
    kind: Kind | None


class GuessesShown(Strict):
    """The room sees how it guessed."""

    type: Literal["guesses-shown"] = "guesses-shown"
    card: str


class FindingRevealed(Strict):
    """A finding is shown to the room."""

    type: Literal["finding-revealed"] = "finding-revealed"
    card: str
    fingerprint: str


class FindingDecided(Strict):
    """The room said what it thinks of a finding."""

    type: Literal["finding-decided"] = "finding-decided"
    card: str
    fingerprint: str
    verdict: Literal["accept", "reject"] | None


class RewriteEdited(Strict):
    """The working text of a card is another one."""

    type: Literal["rewrite-edited"] = "rewrite-edited"
    card: str
    text: str


class CandidateAdded(Strict):
    """A rewrite can be voted on, once it is shown. `verified`: whether an offer of the coach passed every check."""

    type: Literal["candidate-added"] = "candidate-added"
    card: str
    candidate: str
    text: str
    source: Source
    status: Status
    flagged: bool
    verified: bool | None = None


class DotsPlaced(Strict):
    """Somebody placed dots, or placed them anew."""

    type: Literal["dots-placed"] = "dots-placed"
    card: str
    ballot: str
    dots: dict[str, int]


class Accepted(Strict):
    """A candidate is the card's text now; or the first text is again."""

    type: Literal["accepted"] = "accepted"
    card: str
    candidate: str | None


class ParkedAdded(Strict):
    """Something went to the parking lot."""

    type: Literal["parked-added"] = "parked-added"
    parked: str
    text: str
    status: Status
    flagged: bool


class NoteAdded(Strict):
    """A decision or a next step was written down."""

    type: Literal["note-added"] = "note-added"
    note: str
    kind: Literal["decision", "next-step"]
    text: str
    due: str | None


class NoteRemoved(Strict):
    """A decision or a next step went."""

    type: Literal["note-removed"] = "note-removed"
    note: str


class RoomClosed(Strict):
    """The workshop is over."""

    type: Literal["room-closed"] = "room-closed"


AnyEvent = (
    RoomOpened
    | HostAdmitted
    | HostRemoved
    | ParticipantAdmitted
    | NameSet
    | AgendaChanged
    | RoundStarted
    | RoundExtended
    | SceneSet
    | CardAdded
    | CardMoved
    | Moderated
    | Reviewed
    | SpotlightSet
    | Guessed
    | GuessesShown
    | FindingRevealed
    | FindingDecided
    | RewriteEdited
    | CandidateAdded
    | DotsPlaced
    | Accepted
    | ParkedAdded
    | NoteAdded
    | NoteRemoved
    | RoomClosed
)
Events = tuple[AnyEvent, ...]
"""What a command does: events in order, possibly none."""

Event = Annotated[AnyEvent, Field(discriminator="type")]
EVENTS: TypeAdapter[AnyEvent] = TypeAdapter(Event)


def made(event: AnyEvent) -> str | None:
    """Return the id of what an event brought into the room, None where it brought nothing that is asked for by id."""
    match event:
        case CardAdded(card=new) | CandidateAdded(candidate=new) | ParkedAdded(parked=new):
            return new
        case NoteAdded(note=new) | HostAdmitted(host=new):
            return new
        case _:
            return None
