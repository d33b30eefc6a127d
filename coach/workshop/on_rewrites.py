"""What commands do to the wordings of a card: working text, candidates, dots, what is accepted."""

from coach.workshop import commands as asked
from coach.workshop import events as happened
from coach.workshop.anonymity import ParticipantActor
from coach.workshop.card import Card
from coach.workshop.lookups import card_of, fresh_id, known, on_stage, place_for_one_more, problem
from coach.workshop.on_cards import waits
from coach.workshop.room import Room
from coach.workshop.rude import is_rude

MAX_CANDIDATES = 100


def candidate_added(
    room: Room, card: Card, text: str, source: happened.Source, *, verified: bool | None = None
) -> happened.CandidateAdded:
    """Return a wording that can be voted on; a participant's may have to wait."""
    place_for_one_more(len(card.candidates), MAX_CANDIDATES, "candidates of a card:")
    waiting = source == "participant" and waits(room, text)
    return happened.CandidateAdded(
        card=card.id,
        candidate=fresh_id("r", room),
        text=text,
        source=source,
        status="waiting" if waiting else "shown",
        flagged=is_rude(text),
        verified=verified,
    )


def dots_placed(room: Room, actor: ParticipantActor, command: asked.PlaceDots) -> happened.DotsPlaced:
    """Place all dots of one participant, instead of those before."""
    card = on_stage(room, command.card)
    for candidate in command.dots:
        if candidate not in card.candidates or card.candidates[candidate].status != "shown":
            raise problem("/dots", f"{candidate!r} cannot be voted on", "no-choice")
    if sum(command.dots.values()) > room.dots:
        raise problem("/dots", f"are more than the {room.dots} that everybody has", "too-many")
    placed = {candidate: dots for candidate, dots in command.dots.items() if dots}
    return happened.DotsPlaced(card=card.id, ballot=actor.ballot(f"dots {card.id}"), dots=placed)


def accepted(room: Room, command: asked.Accept) -> happened.Events:
    """Pin a candidate, shown now if it was not; or let the first text stand again."""
    card = card_of(room, command.card)
    if command.candidate == card.accepted:
        return ()
    accepted = happened.Accepted(card=card.id, candidate=command.candidate)
    if command.candidate is None:
        return (accepted,)
    if known(card.candidates, command.candidate, "candidate").status == "shown":
        return (accepted,)
    shown = happened.Moderated(what="candidate", item=command.candidate, card=card.id, shown=True)
    return (shown, accepted)


def reviewed(room: Room, command: asked.Review) -> happened.Events:
    """Return the review as an event, unless the text that it is about has changed meanwhile."""
    card = room.cards.get(command.card)
    if card is None or card.text_at(command.candidate, working=command.working) != command.text:
        return ()
    fields = command.model_dump(exclude={"type", "text"})
    return (happened.Reviewed.model_validate(fields),)
