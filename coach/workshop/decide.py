"""What a command does to a room: events, or a refusal. Pure: the same room and command decide the same."""

from collections.abc import Mapping
from datetime import datetime
from typing import TypeVar

from coach.errors import Forbidden, InputError, NotFound, Problem, Refused
from coach.review import Kind
from coach.workshop import commands as asked
from coach.workshop import events as happened
from coach.workshop.agenda import ALLOWED, BEFORE_START
from coach.workshop.anonymity import Actor, CoachActor, HostActor, ParticipantActor, Stage
from coach.workshop.room import Card, Room
from coach.workshop.rude import is_rude

MAX_CARDS, MAX_CANDIDATES, MAX_PARKED, MAX_NOTES = 600, 100, 300, 200
MAX_SEATS, MAX_HOSTS, MAX_EVENTS = 1_000, 20, 100_000

_T = TypeVar("_T")
_Events = tuple[happened.AnyEvent, ...]
_OF_PARTICIPANTS = (asked.HandIn, asked.Guess, asked.Suggest, asked.PlaceDots, asked.SetName)
_OF_COACH = (asked.Review, asked.OfferAlternative, asked.AdmitParticipant, asked.AdmitHost)


def decide(room: Room, actor: Actor, command: asked.Command, at: datetime) -> _Events:
    """Return what happens, possibly nothing; raise Refused, Forbidden, InputError or NotFound where it cannot."""
    if room.closed:
        raise Refused("closed", "the workshop is over")
    if room.number >= MAX_EVENTS:
        raise Refused("full", f"the room holds {MAX_EVENTS} events, no more")
    match actor:
        case ParticipantActor():
            return _by_participant(room, actor, command)
        case HostActor() if actor.host in room.hosts and not isinstance(command, _OF_PARTICIPANTS):
            return _by_host(room, command, at)
        case CoachActor() if isinstance(command, _OF_COACH):
            return _by_coach(room, command)
        case Stage() | HostActor() | CoachActor():
            raise Forbidden(f"{command.type} is not for whoever asks here")


def may(room: Room, command_type: str) -> bool:
    """Whether participants' commands of a type are taken now."""
    if room.closed:
        return False
    return command_type in BEFORE_START if room.round is None else room.round.kind in ALLOWED[command_type]


def _by_participant(room: Room, actor: ParticipantActor, command: asked.Command) -> _Events:
    if isinstance(command, asked.AdmitParticipant):
        return _admitted(room, actor.seat)
    if not isinstance(command, asked.ParticipantCommand):
        raise Forbidden(f"{command.type} is for hosts")
    if actor.seat not in room.seats:
        raise Forbidden("this token has no seat in this room")
    if not may(room, command.type):
        running = room.round.kind.value if room.round else "none"
        raise Refused("wrong-round", f"{command.type} is not part of the running round ({running})")
    match command:
        case asked.HandIn():
            return (_handed_in(room, actor, command),)
        case asked.Guess():
            return (_guessed(room, actor, command),)
        case asked.Suggest():
            card = _on_stage(room, command.card)
            return (_candidate(room, card, command.text, "participant"),)
        case asked.PlaceDots():
            return (_dots_placed(room, actor, command),)
        case asked.Park():
            return (_parked(room, command.text, trusted=False),)
        case asked.SetName():
            return _named(room, actor.seat, command.name)


def _by_host(room: Room, command: asked.Command, at: datetime) -> _Events:
    match command:
        case asked.StartRound(round=index):
            if index >= len(room.agenda):
                raise _problem("/round", f"the agenda has {len(room.agenda)} rounds", "no-round")
            seconds = round(room.agenda[index].minutes * 60)
            return (happened.RoundStarted(round=index, at=at, seconds=seconds),)
        case asked.ExtendRound(seconds=seconds):
            if room.running is None:
                raise Refused("not-started", "no round is running")
            return (happened.RoundExtended(seconds=max(seconds, -room.running.seconds)),)
        case asked.ChangeAgenda(rounds=rounds):
            if room.running is not None and room.running.place >= len(rounds):
                raise _problem("/rounds", "ends before the running round", "too-short")
            return (happened.AgendaChanged(rounds=rounds),)
        case asked.SetScene(scene=scene):
            return () if scene == room.scene else (happened.SceneSet(scene=scene),)
        case asked.AddCard():
            return (_card(room, command.level, command.text, command.objective, origin="host", waits=False),)
        case asked.MoveCard():
            return _moved(room, command)
        case asked.Moderate():
            return _moderated(room, command)
        case asked.Spotlight(card=None):
            return () if room.spotlight is None else (happened.SpotlightSet(card=None, choices=()),)
        case asked.Spotlight() | asked.DrawChoices():
            return _lit(room, command)
        case asked.ShowGuesses():
            card = _on_stage(room, command.card)
            return () if card.guesses_shown else (happened.GuessesShown(card=card.id),)
        case asked.RevealFinding():
            return _revealed(room, command)
        case asked.DecideFinding():
            card = _card_of(room, command.card)
            _finding_of(card, command.fingerprint)
            if card.verdicts.get(command.fingerprint) == command.verdict:
                return ()
            return (happened.FindingDecided(card=card.id, fingerprint=command.fingerprint, verdict=command.verdict),)
        case asked.EditRewrite():
            card = _on_stage(room, command.card)
            return () if card.working == command.text else (_edited(card, command.text),)
        case asked.AddCandidate():
            card = _on_stage(room, command.card)
            text = command.text if command.text is not None else card.working
            if text is None:
                raise Refused("no-text", "there is no working text to take as a candidate")
            return (_candidate(room, card, text, "host"),)
        case asked.Accept():
            return _accepted(room, command)
        case asked.Park():
            return (_parked(room, command.text, trusted=True),)
        case asked.AddNote():
            if len(room.notes) >= MAX_NOTES:
                raise Refused("full", f"the room holds {MAX_NOTES} notes, no more")
            return (happened.NoteAdded(note=_id("n", room), kind=command.kind, text=command.text, due=command.due),)
        case asked.RemoveNote(note=note):
            _known(room.notes, note, "note")
            return (happened.NoteRemoved(note=note),)
        case asked.RemoveHost(host=host):
            _known(room.hosts, host, "host")
            if host == room.first_host:
                raise Refused("first-host", "the first host stays")
            return (happened.HostRemoved(host=host),)
        case asked.AdmitHost():
            if len(room.hosts) >= MAX_HOSTS:
                raise Refused("full", f"the room has {MAX_HOSTS} hosts, no more")
            return (happened.HostAdmitted(host=_id("h", room), label=command.label, digest=command.digest),)
        case asked.CloseRoom():
            return (happened.RoomClosed(),)
        case _:
            raise Forbidden(f"{command.type} is not for hosts")


def _by_coach(room: Room, command: asked.Command) -> _Events:
    match command:
        case asked.Review():
            return _reviewed(room, command)
        case asked.OfferAlternative():
            card = _card_of(room, command.card)
            if any(candidate.text == command.text for candidate in card.candidates.values()):
                return ()
            return (_candidate(room, card, command.text, command.source),)
        case _:
            raise Forbidden(f"{command.type} is not the coach's")


def _admitted(room: Room, seat: str) -> _Events:
    if seat in room.seats:
        return ()
    if len(room.seats) >= MAX_SEATS:
        raise Refused("full", f"the room has {MAX_SEATS} seats, no more")
    return (happened.ParticipantAdmitted(seat=seat),)


def _named(room: Room, seat: str, name: str | None) -> _Events:
    if name is None:
        return (happened.NameSet(seat=seat, name=None),) if seat in room.names else ()
    if not room.names_allowed:
        raise Refused("anonymous", "this room has no names")
    name = " ".join(name.split())
    if is_rude(name):
        raise _problem("/name", "is no name for this room", "rude")
    if any(each != seat and known.casefold() == name.casefold() for each, known in room.names.items()):
        raise _problem("/name", "is taken in this room", "taken")
    return () if room.names.get(seat) == name else (happened.NameSet(seat=seat, name=name),)


def _handed_in(room: Room, actor: ParticipantActor, command: asked.HandIn) -> happened.CardAdded:
    name = room.names.get(actor.seat)
    if command.signed and name is None:
        raise _problem("/signed", "needs a name: set one first, where the room allows names", "no-name")
    return _card(
        room,
        command.level,
        command.text,
        command.objective,
        origin="participant",
        waits=room.moderated or is_rude(command.text),
        author=name if command.signed else None,
    )


def _card(
    room: Room,
    level: asked.CardLevel,
    text: str,
    objective: str | None,
    *,
    origin: happened.Origin,
    waits: bool,
    author: str | None = None,
) -> happened.CardAdded:
    if len(room.cards) >= MAX_CARDS:
        raise Refused("full", f"the room holds {MAX_CARDS} cards, no more")
    if objective is not None:
        _check_parent(room, level, objective)
    return happened.CardAdded(
        card=_id("c", room),
        level=level,
        objective=objective,
        text=text,
        author=author,
        origin=origin,
        status="waiting" if waits else "shown",
        flagged=is_rude(text),
    )


def _check_parent(room: Room, level: asked.CardLevel, objective: str) -> None:
    parent = room.cards.get(objective)
    if level == "objective" or parent is None or parent.level != "objective":
        raise _problem("/objective", "names no objective that this card can stand under", "no-objective")


def _moved(room: Room, command: asked.MoveCard) -> _Events:
    card = _card_of(room, command.card)
    if command.objective is not None:
        _check_parent(room, card.level, command.objective)
    return (
        () if card.objective == command.objective else (happened.CardMoved(card=card.id, objective=command.objective),)
    )


def _moderated(room: Room, command: asked.Moderate) -> _Events:
    wanted = "shown" if command.shown else "hidden"
    card = None
    match command.what:
        case "parked":
            stands = _known(room.parked, command.item, "parked").status
        case "card":
            stands = _card_of(room, command.item, pointer="/item").status
        case "candidate":
            card = _card_of(room, command.card)
            stands = _known(card.candidates, command.item, "candidate").status
            if card.accepted == command.item and not command.shown:
                raise Refused("pinned", "the accepted candidate cannot be hidden")
        case "finding":
            card = _card_of(room, command.card)
            _finding_of(card, command.item)
            stands = "hidden" if command.item in card.hidden else "shown"
    if stands == wanted:
        return ()
    return (
        happened.Moderated(what=command.what, item=command.item, card=card.id if card else None, shown=command.shown),
    )


def _lit(room: Room, command: asked.Spotlight | asked.DrawChoices) -> _Events:
    assert command.card is not None
    card = _card_of(room, command.card)
    if card.status != "shown":
        raise Refused("not-shown", "a card is shown to the room before it goes on stage")
    drawn = command.choices if isinstance(command, asked.DrawChoices) else ()
    choices = card.choices or drawn
    if room.spotlight == card.id and choices == card.choices:
        return ()
    return (happened.SpotlightSet(card=card.id, choices=choices),)


def _guessed(room: Room, actor: ParticipantActor, command: asked.Guess) -> happened.Guessed:
    card = _on_stage(room, command.card)
    if not card.open_to_guesses:
        raise Refused("too-late", "the answer to this card is out")
    if command.pattern not in card.choices:
        raise _problem("/pattern", f"is none of the choices: {', '.join(card.choices)}", "no-choice")
    if command.kind == Kind.UNSURE or (command.kind is not None and card.level == "objective"):
        raise _problem("/kind", "is none of outcome, kpi, output, activity, vague for a key result", "no-choice")
    return happened.Guessed(
        card=card.id, ballot=actor.ballot(f"guess {card.id}"), pattern=command.pattern, kind=command.kind
    )


def _revealed(room: Room, command: asked.RevealFinding) -> _Events:
    card = _on_stage(room, command.card)
    _finding_of(card, command.fingerprint)
    if command.fingerprint in card.hidden:
        raise Refused("hidden", "this finding is hidden; show it first")
    if command.fingerprint in card.revealed:
        return ()
    return (happened.FindingRevealed(card=card.id, fingerprint=command.fingerprint),)


def _edited(card: Card, text: str) -> happened.RewriteEdited:
    return happened.RewriteEdited(card=card.id, text=text)


def _candidate(room: Room, card: Card, text: str, source: happened.Source) -> happened.CandidateAdded:
    if len(card.candidates) >= MAX_CANDIDATES:
        raise Refused("full", f"a card has {MAX_CANDIDATES} candidates, no more")
    flagged = is_rude(text)
    waits = source == "participant" and (room.moderated or flagged)
    return happened.CandidateAdded(
        card=card.id,
        candidate=_id("r", room),
        text=text,
        source=source,
        status="waiting" if waits else "shown",
        flagged=flagged,
    )


def _dots_placed(room: Room, actor: ParticipantActor, command: asked.PlaceDots) -> happened.DotsPlaced:
    card = _on_stage(room, command.card)
    for candidate in command.dots:
        if candidate not in card.candidates or card.candidates[candidate].status != "shown":
            raise _problem("/dots", f"{candidate!r} cannot be voted on", "no-choice")
    if sum(command.dots.values()) > room.dots:
        raise _problem("/dots", f"are more than the {room.dots} that everybody has", "too-many")
    placed = {candidate: dots for candidate, dots in command.dots.items() if dots}
    return happened.DotsPlaced(card=card.id, ballot=actor.ballot(f"dots {card.id}"), dots=placed)


def _accepted(room: Room, command: asked.Accept) -> _Events:
    card = _card_of(room, command.card)
    if command.candidate == card.accepted:
        return ()
    accepted = happened.Accepted(card=card.id, candidate=command.candidate)
    if command.candidate is None:
        return (accepted,)
    if _known(card.candidates, command.candidate, "candidate").status == "shown":
        return (accepted,)
    shown = happened.Moderated(what="candidate", item=command.candidate, card=card.id, shown=True)
    return (shown, accepted)


def _parked(room: Room, text: str, *, trusted: bool) -> happened.ParkedAdded:
    if len(room.parked) >= MAX_PARKED:
        raise Refused("full", f"the parking lot holds {MAX_PARKED} things, no more")
    flagged = is_rude(text)
    waits = not trusted and (room.moderated or flagged)
    return happened.ParkedAdded(
        parked=_id("p", room), text=text, status="waiting" if waits else "shown", flagged=flagged
    )


def _reviewed(room: Room, command: asked.Review) -> _Events:
    """Return the review as an event, unless the text that it is about has changed meanwhile."""
    card = room.cards.get(command.card)
    if card is None:
        return ()
    if command.working:
        stands = card.working
    elif command.candidate is not None:
        candidate = card.candidates.get(command.candidate)
        stands = candidate.text if candidate else None
    else:
        stands = card.text
    if stands != command.text:
        return ()
    fields = command.model_dump(exclude={"type", "text"})
    return (happened.Reviewed.model_validate(fields),)


def _on_stage(room: Room, identifier: str) -> Card:
    card = _card_of(room, identifier)
    if room.spotlight != card.id or card.status != "shown":
        raise Refused("not-on-stage", "this card is not on stage")
    return card


def _card_of(room: Room, identifier: str | None, *, pointer: str = "/card") -> Card:
    if identifier is None or identifier not in room.cards:
        raise _problem(pointer, "names no card of this room", "no-card")
    return room.cards[identifier]


def _finding_of(card: Card, fingerprint: str) -> None:
    if card.finding(fingerprint) is None:
        raise _problem("/fingerprint", "names no finding of this card", "no-finding")


def _known(things: Mapping[str, _T], identifier: str, what: str) -> _T:
    if identifier not in things:
        raise NotFound(what, identifier)
    return things[identifier]


def _id(prefix: str, room: Room) -> str:
    """Return an id that the room has not given yet: the number of the event that makes the thing."""
    return f"{prefix}{room.number + 1}"


def _problem(pointer: str, detail: str, code: str) -> InputError:
    return InputError([Problem(pointer, detail, code)])
