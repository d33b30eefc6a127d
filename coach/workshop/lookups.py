"""What a command names, found in the room; or the refusal that says which field names nothing."""

from collections.abc import Mapping
from typing import TypeVar

from coach.errors import InputError, NotFound, Problem, Refused
from coach.workshop.card import Card
from coach.workshop.room import Room

_T = TypeVar("_T")


def on_stage(room: Room, identifier: str) -> Card:
    """Return the card on stage, which must be the one named."""
    card = card_of(room, identifier)
    if room.spotlight != card.id or card.status != "shown":
        raise Refused("not-on-stage", "this card is not on stage")
    return card


def card_of(room: Room, identifier: str | None, *, pointer: str = "/card") -> Card:
    """Return a card of the room."""
    if identifier is None or identifier not in room.cards:
        raise problem(pointer, "names no card of this room", "no-card")
    return room.cards[identifier]


def finding_in(card: Card, fingerprint: str) -> None:
    """Refuse a fingerprint that no finding of the card has."""
    if card.finding(fingerprint) is None:
        raise problem("/fingerprint", "names no finding of this card", "no-finding")


def known(things: Mapping[str, _T], identifier: str, what: str) -> _T:
    """Return the thing with an id; NotFound where there is none."""
    if identifier not in things:
        raise NotFound(what, identifier)
    return things[identifier]


def place_for_one_more(there: int, most: int, what: str) -> None:
    """Refuse where a limit is reached."""
    if there >= most:
        raise Refused("full", f"{what} {most}, no more")


def fresh_id(prefix: str, room: Room) -> str:
    """Return an id that the room has not given yet: the number of the event that makes the thing."""
    return f"{prefix}{room.number + 1}"


def problem(pointer: str, detail: str, code: str) -> InputError:
    """Return the error that points at one field."""
    return InputError([Problem(pointer, detail, code)])
