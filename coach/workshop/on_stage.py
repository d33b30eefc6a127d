"""What commands do to the card on stage: spotlight, guesses, findings."""

from coach.errors import Refused
from coach.review import Kind
from coach.workshop import commands as asked
from coach.workshop import events as happened
from coach.workshop.anonymity import ParticipantActor
from coach.workshop.lookups import card_of, finding_in, on_stage, problem
from coach.workshop.room import Room


def lit(room: Room, command: asked.Spotlight | asked.DrawChoices) -> happened.Events:
    """Put a card on stage, with the choices that it was once given."""
    assert command.card is not None
    card = card_of(room, command.card)
    if card.status != "shown":
        raise Refused("not-shown", "a card is shown to the room before it goes on stage")
    drawn = command.choices if isinstance(command, asked.DrawChoices) else ()
    choices = card.choices or drawn
    if room.spotlight == card.id and choices == card.choices:
        return ()
    return (happened.SpotlightSet(card=card.id, choices=choices),)


def guessed(room: Room, actor: ParticipantActor, command: asked.Guess) -> happened.Guessed:
    """Count a guess while the answer is not out."""
    card = on_stage(room, command.card)
    if not card.open_to_guesses:
        raise Refused("too-late", "the answer to this card is out")
    if command.pattern not in card.choices:
        raise problem("/pattern", f"is none of the choices: {', '.join(card.choices)}", "no-choice")
    if command.kind == Kind.UNSURE or (command.kind is not None and card.level == "objective"):
        raise problem("/kind", "is none of outcome, kpi, output, activity, vague for a key result", "no-choice")
    return happened.Guessed(
        card=card.id, ballot=actor.ballot(f"guess {card.id}"), pattern=command.pattern, kind=command.kind
    )


def revealed(room: Room, command: asked.RevealFinding) -> happened.Events:
    """Show a finding that is not hidden."""
    card = on_stage(room, command.card)
    finding_in(card, command.fingerprint)
    if command.fingerprint in card.hidden:
        raise Refused("hidden", "this finding is hidden; show it first")
    if command.fingerprint in card.revealed:
        return ()
    return (happened.FindingRevealed(card=card.id, fingerprint=command.fingerprint),)
