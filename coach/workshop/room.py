"""The state of a room, and how each event changes it. Pure: no clock, no store, no chance."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import reduce
from typing import Literal, NamedTuple

from coach.review import Kind
from coach.workshop import events as happened
from coach.workshop.agenda import Round, RoundKind
from coach.workshop.card import Card, Status, card_after, moderated, status_after
from coach.workshop.commands import Scene

_SCENES: Mapping[RoundKind, Scene] = {
    RoundKind.DRAFT: "join",
    RoundKind.PRIVATE_CHECK: "join",
    RoundKind.WRAP_UP: "results",
}


class Running(NamedTuple):
    """The running round."""

    place: int
    started_at: datetime
    seconds: int

    @property
    def ends_at(self) -> datetime:
        """When its time is up; nothing stops then."""
        return self.started_at + timedelta(seconds=self.seconds)


class Parked(NamedTuple):
    """Something in the parking lot."""

    id: str
    text: str
    status: Status
    flagged: bool


class Note(NamedTuple):
    """A decision or a next step."""

    id: str
    kind: Literal["decision", "next-step"]
    text: str
    due: str | None


class Link(NamedTuple):
    """A host's link: what it is called, and the digest of its secret."""

    label: str
    digest: str


class Heat(NamedTuple):
    """How often each pattern stood on the wall when a round began."""

    round: int
    kind: RoundKind
    patterns: Mapping[str, int]


@dataclass(frozen=True)
class Room:
    """A room after `number` events."""

    number: int = 0
    title: str = ""
    language: Literal["de", "en"] = "de"
    agenda: tuple[Round, ...] = ()
    names_allowed: bool = False
    moderated: bool = True
    labels_kept: bool = False
    dots: int = 3
    hosts: Mapping[str, Link] = field(default_factory=dict)
    first_host: str = ""
    seats: frozenset[str] = frozenset()
    names: Mapping[str, str] = field(default_factory=dict)
    running: Running | None = None
    scene: Scene = "join"
    cards: Mapping[str, Card] = field(default_factory=dict)
    spotlight: str | None = None
    parked: Mapping[str, Parked] = field(default_factory=dict)
    notes: Mapping[str, Note] = field(default_factory=dict)
    heat: tuple[Heat, ...] = ()
    closed: bool = False

    @property
    def round(self) -> Round | None:
        """The running round as planned."""
        return self.agenda[self.running.place] if self.running else None

    def on_wall(self) -> tuple[Card, ...]:
        """Return the cards that everybody sees, each key result after its objective."""
        shown = [card for card in self.cards.values() if card.status == "shown"]
        objectives = [card for card in shown if card.level == "objective"]
        known = {card.id for card in objectives}
        under: dict[str | None, list[Card]] = {}
        for card in shown:
            if card.level == "key_result":
                under.setdefault(card.objective if card.objective in known else None, []).append(card)
        grouped = (each for objective in objectives for each in (objective, *under.get(objective.id, ())))
        return (*grouped, *under.get(None, ()))

    def patterns(self) -> dict[str, int]:
        """Return how often each pattern stands on the wall now; what a host hid does not count."""
        return dict(
            Counter(
                finding.pattern
                for card in self.on_wall()
                for finding in (card.reviewed_now.findings if card.reviewed_now else ())
                if finding.fingerprint not in card.hidden
            )
        )

    def outcomes(self, *, before: bool) -> float | None:
        """Return the share of outcomes among the key results on the wall (0 to 1), None without reviewed ones."""
        reviews = [
            card.review if before else card.reviewed_now for card in self.on_wall() if card.level == "key_result"
        ]
        kinds = [review.kind for review in reviews if review is not None]
        return sum(kind == Kind.OUTCOME for kind in kinds) / len(kinds) if kinds else None

    def after(self, event: happened.AnyEvent) -> "Room":
        """Return the room after one more event."""
        return replace(_changed(self, event), number=self.number + 1)


def room_after(all_events: Iterable[happened.AnyEvent], room: Room | None = None) -> Room:
    """Return the room after events in order."""
    return reduce(Room.after, all_events, room or Room())


def _changed(room: Room, event: happened.AnyEvent) -> Room:
    match event:
        case happened.RoomOpened():
            return replace(
                room,
                title=event.title,
                language=event.language,
                agenda=event.agenda,
                names_allowed=event.names_allowed,
                moderated=event.moderated,
                labels_kept=event.labels_kept,
                dots=event.dots,
                hosts={event.host: Link("", event.digest)},
                first_host=event.host,
            )
        case happened.HostAdmitted():
            return replace(room, hosts={**room.hosts, event.host: Link(event.label, event.digest)})
        case happened.HostRemoved():
            return replace(room, hosts={host: link for host, link in room.hosts.items() if host != event.host})
        case happened.ParticipantAdmitted():
            return replace(room, seats=room.seats | {event.seat})
        case happened.NameSet():
            return _renamed(room, event.seat, event.name)
        case happened.AgendaChanged():
            return replace(room, agenda=event.rounds)
        case happened.RoundStarted():
            kind = room.agenda[event.round].kind
            return replace(
                room,
                running=Running(event.round, event.at, event.seconds),
                scene=_SCENES.get(kind, "card"),
                heat=(*room.heat, Heat(event.round, kind, room.patterns())),
            )
        case happened.RoundExtended():
            assert room.running is not None
            return replace(room, running=room.running._replace(seconds=room.running.seconds + event.seconds))
        case happened.SceneSet():
            return replace(room, scene=event.scene)
        case happened.CardAdded():
            card = Card(**event.model_dump(exclude={"type", "card"}), id=event.card)
            return replace(room, cards={**room.cards, card.id: card})
        case happened.ParkedAdded():
            parked = Parked(event.parked, event.text, event.status, event.flagged)
            return replace(room, parked={**room.parked, parked.id: parked})
        case happened.NoteAdded():
            note = Note(event.note, event.kind, event.text, event.due)
            return replace(room, notes={**room.notes, note.id: note})
        case happened.NoteRemoved():
            return replace(room, notes={key: note for key, note in room.notes.items() if key != event.note})
        case happened.SpotlightSet():
            lit = replace(room, spotlight=event.card)
            return lit if event.card is None else _with(lit, replace(lit.cards[event.card], choices=event.choices))
        case happened.RoomClosed():
            return replace(room, closed=True)
        case happened.Moderated(what="parked"):
            parked = room.parked[event.item]._replace(status=status_after(event))
            return replace(room, parked={**room.parked, event.item: parked})
        case happened.Moderated():
            return _with(room, moderated(room.cards[event.card or event.item], event))
        case _:
            return _with(room, card_after(room.cards[event.card], event))


def _with(room: Room, card: Card) -> Room:
    return replace(room, cards={**room.cards, card.id: card})


def _renamed(room: Room, seat: str, name: str | None) -> Room:
    """Return the room with a name set or taken back; cards signed with it follow."""
    former = room.names.get(seat)
    names = {each: known for each, known in room.names.items() if each != seat}
    cards = room.cards
    if former is not None:
        cards = {key: replace(card, author=name) if card.author == former else card for key, card in room.cards.items()}
    return replace(room, names=names if name is None else {**names, seat: name}, cards=cards)
