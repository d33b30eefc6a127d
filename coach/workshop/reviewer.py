"""Reads what is new on cards, behind the backs of those who wait: one thread, the newest text of each place."""

import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from typing import NamedTuple

import structlog

from coach.errors import CoachError
from coach.okr import Draft
from coach.review import Review
from coach.workshop import commands as asked
from coach.workshop import events as happened
from coach.workshop.anonymity import CoachActor
from coach.workshop.card import Reviewed
from coach.workshop.checking import card_text, draft_of, read_from
from coach.workshop.open_room import OpenRoom
from coach.workshop.room import Room
from coach.workshop.writer import Outcome, Writer

_QUIET, _LONGEST_WAIT = 0.03, 2.0
_LOG = structlog.get_logger("okr-coach")

ReviewOf = Callable[[str, Draft], Review]
"""From a tenant and a draft to the tenant's review of it."""


class Spot(NamedTuple):
    """A text in a room: the card's own, its working text, or a candidate's."""

    card: str
    candidate: str | None = None
    working: bool = False


class Reviewer:
    """Reviews texts in the order in which they came; a text that changed meanwhile is read once, as it stands."""

    def __init__(self, review: ReviewOf, writer: Writer) -> None:
        self._review = review
        self._writer = writer
        self._due: dict[tuple[OpenRoom, Spot], None] = {}
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._ended = False

    def read(self, room: OpenRoom, events: Iterable[happened.AnyEvent]) -> None:
        """Have the texts read that came with events."""
        self.read_spots(room, [spot for event in events if (spot := _spot(event))])

    def read_spots(self, room: OpenRoom, spots: Iterable[Spot]) -> None:
        """Have texts read."""
        with self._changed:
            self._due.update(dict.fromkeys((room, spot) for spot in spots))
            if self._due and self._thread is None and not self._ended:
                self._thread = threading.Thread(target=self._run, name="workshop-reviewer", daemon=True)
                self._thread.start()
            self._changed.notify()

    def reviewed(self, open_room: OpenRoom, spot: Spot) -> asked.Review | None:
        """Return the review of a text as it stands now, or None where there is no such text any more."""
        room = open_room.room
        text = text_at(room, spot)
        if text is None:
            return None
        card = card_text(room, room.cards[spot.card], text)
        review = self._review(open_room.stored.tenant, draft_of(card, language=room.language, rewrite=True))
        read: Reviewed = read_from(review, card)
        return asked.Review(**spot._asdict(), text=text, **read._asdict())

    def stop(self) -> None:
        """End; what was not read is read when the room is opened again."""
        with self._changed:
            self._ended = True
            self._changed.notify()
        if self._thread is not None:
            self._thread.join(timeout=30)

    def _let_people_first(self) -> None:
        """Wait for a moment of quiet: reading a text takes the CPU that shows everybody what was sent."""
        waited = 0.0
        while self._writer.quiet_for < _QUIET and waited < _LONGEST_WAIT and not self._ended:
            time.sleep(_QUIET / 2)
            waited += _QUIET / 2

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._due or self._ended)
                if self._ended:
                    return
            self._let_people_first()
            with self._changed:
                room, spot = next(iter(self._due))
                del self._due[room, spot]
            try:
                command = self.reviewed(room, spot)
            except Exception as error:  # one text that cannot be read must not keep the others waiting
                _LOG.error("workshop-reviewer", error=type(error).__name__)
                continue
            if command is not None and not room.gone:
                self._writer.ask(room, CoachActor(), command).add_done_callback(_log)


def unread(room: Room) -> list[Spot]:
    """Return the texts of a room that the coach has not read yet."""
    spots = []
    for card in room.cards.values():
        if card.review is None:
            spots.append(Spot(card.id))
        if card.working is not None and card.working_review is None:
            spots.append(Spot(card.id, working=True))
        spots.extend(Spot(card.id, each.id) for each in card.candidates.values() if each.review is None)
    return spots


def text_at(room: Room, spot: Spot) -> str | None:
    """Return the text that stands somewhere in a room."""
    card = room.cards.get(spot.card)
    return card.text_at(spot.candidate, working=spot.working) if card else None


def _spot(event: happened.AnyEvent) -> Spot | None:
    match event:
        case happened.CardAdded(card=card):
            return Spot(card)
        case happened.CandidateAdded(card=card, candidate=candidate):
            return Spot(card, candidate)
        case happened.RewriteEdited(card=card):
            return Spot(card, working=True)
        case _:
            return None


def _log(outcome: "Future[Outcome]") -> None:
    error = outcome.exception()
    if error is not None and not isinstance(error, CoachError):
        _LOG.error("workshop-reviewer", error=type(error).__name__)
