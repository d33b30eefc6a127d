"""What commands do to the cards on the wall, and to what was parked."""

from coach.errors import Refused
from coach.workshop import commands as asked
from coach.workshop import events as happened
from coach.workshop.anonymity import ParticipantActor
from coach.workshop.lookups import card_of, finding_in, fresh_id, known, place_for_one_more, problem
from coach.workshop.room import Room
from coach.workshop.rude import is_rude

MAX_CARDS, MAX_PARKED = 600, 300


def waits(room: Room, text: str) -> bool:
    """Whether what a participant writes waits for a host."""
    return room.moderated or is_rude(text)


def handed_in(room: Room, actor: ParticipantActor, command: asked.HandIn) -> happened.CardAdded:
    """Return a participant's card, signed where they have a name and want it."""
    name = room.names.get(actor.seat)
    if command.signed and name is None:
        raise problem("/signed", "needs a name: set one first, where the room allows names", "no-name")
    return card_added(
        room,
        command.level,
        command.text,
        command.objective,
        origin="participant",
        waiting=waits(room, command.text),
        author=name if command.signed else None,
    )


def card_added(
    room: Room,
    level: asked.CardLevel,
    text: str,
    objective: str | None,
    *,
    origin: happened.Origin,
    waiting: bool,
    author: str | None = None,
) -> happened.CardAdded:
    """Return a new card under its objective."""
    place_for_one_more(len(room.cards), MAX_CARDS, "cards in a room:")
    if objective is not None:
        _check_parent(room, level, objective)
    return happened.CardAdded(
        card=fresh_id("c", room),
        level=level,
        objective=objective,
        text=text,
        author=author,
        origin=origin,
        status="waiting" if waiting else "shown",
        flagged=is_rude(text),
    )


def moved(room: Room, command: asked.MoveCard) -> happened.Events:
    """Put a key result under another objective."""
    card = card_of(room, command.card)
    if command.objective is not None:
        _check_parent(room, card.level, command.objective)
    return (
        () if card.objective == command.objective else (happened.CardMoved(card=card.id, objective=command.objective),)
    )


def moderated(room: Room, command: asked.Moderate) -> happened.Events:
    """Show or hide something."""
    wanted = "shown" if command.shown else "hidden"
    card = None
    match command.what:
        case "parked":
            stands = known(room.parked, command.item, "parked").status
        case "card":
            stands = card_of(room, command.item, pointer="/item").status
        case "candidate":
            card = card_of(room, command.card)
            stands = known(card.candidates, command.item, "candidate").status
            if card.accepted == command.item and not command.shown:
                raise Refused("pinned", "the accepted candidate cannot be hidden")
        case "finding":
            card = card_of(room, command.card)
            finding_in(card, command.item)
            stands = "hidden" if command.item in card.hidden else "shown"
    if stands == wanted:
        return ()
    return (
        happened.Moderated(what=command.what, item=command.item, card=card.id if card else None, shown=command.shown),
    )


def parked_added(room: Room, text: str, *, trusted: bool) -> happened.ParkedAdded:
    """Return what goes to the parking lot; a host's is trusted."""
    place_for_one_more(len(room.parked), MAX_PARKED, "things in a parking lot:")
    status: happened.Status = "waiting" if not trusted and waits(room, text) else "shown"
    return happened.ParkedAdded(parked=fresh_id("p", room), text=text, status=status, flagged=is_rude(text))


def _check_parent(room: Room, level: asked.CardLevel, objective: str) -> None:
    parent = room.cards.get(objective)
    if level == "objective" or parent is None or parent.level != "objective":
        raise problem("/objective", "names no objective that this card can stand under", "no-objective")
