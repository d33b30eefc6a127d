"""What a command does to a room: events, or a refusal. Pure: the same room and command decide the same."""

from datetime import datetime

from coach.errors import Forbidden, Refused
from coach.workshop import commands as asked
from coach.workshop import events as happened
from coach.workshop.agenda import ALLOWED, BEFORE_START
from coach.workshop.anonymity import Actor, CoachActor, HostActor, ParticipantActor, Stage
from coach.workshop.lookups import card_of, finding_in, fresh_id, known, on_stage, place_for_one_more, problem
from coach.workshop.on_cards import card_added, handed_in, moderated, moved, parked_added
from coach.workshop.on_rewrites import accepted, candidate_added, dots_placed, reviewed
from coach.workshop.on_stage import guessed, lit, revealed
from coach.workshop.room import Room
from coach.workshop.rude import is_rude

MAX_NOTES, MAX_SEATS, MAX_HOSTS, MAX_EVENTS = 200, 1_000, 20, 100_000
_OF_PARTICIPANTS = (asked.HandIn, asked.Guess, asked.Suggest, asked.PlaceDots, asked.SetName)
_OF_COACH = (asked.Review, asked.OfferAlternative, asked.AdmitParticipant, asked.AdmitHost)


def decide(room: Room, actor: Actor, command: asked.Command, at: datetime) -> happened.Events:
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


def _by_participant(room: Room, actor: ParticipantActor, command: asked.Command) -> happened.Events:
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
            return (handed_in(room, actor, command),)
        case asked.Guess():
            return (guessed(room, actor, command),)
        case asked.Suggest():
            card = on_stage(room, command.card)
            return (candidate_added(room, card, command.text, "participant"),)
        case asked.PlaceDots():
            return (dots_placed(room, actor, command),)
        case asked.Park():
            return (parked_added(room, command.text, trusted=False),)
        case asked.SetName():
            return _named(room, actor.seat, command.name)


def _by_host(room: Room, command: asked.Command, at: datetime) -> happened.Events:
    match command:
        case asked.StartRound(round=index):
            if index >= len(room.agenda):
                raise problem("/round", f"the agenda has {len(room.agenda)} rounds", "no-round")
            seconds = round(room.agenda[index].minutes * 60)
            return (happened.RoundStarted(round=index, at=at, seconds=seconds),)
        case asked.ExtendRound(seconds=seconds):
            if room.running is None:
                raise Refused("not-started", "no round is running")
            return (happened.RoundExtended(seconds=max(seconds, -room.running.seconds)),)
        case asked.ChangeAgenda(rounds=rounds):
            if room.running is not None and room.running.place >= len(rounds):
                raise problem("/rounds", "ends before the running round", "too-short")
            return (happened.AgendaChanged(rounds=rounds),)
        case asked.SetScene(scene=scene):
            return () if scene == room.scene else (happened.SceneSet(scene=scene),)
        case asked.AddCard():
            return (card_added(room, command.level, command.text, command.objective, origin="host", waiting=False),)
        case asked.MoveCard():
            return moved(room, command)
        case asked.Moderate():
            return moderated(room, command)
        case asked.Spotlight(card=None):
            return () if room.spotlight is None else (happened.SpotlightSet(card=None, choices=()),)
        case asked.Spotlight() | asked.DrawChoices():
            return lit(room, command)
        case asked.ShowGuesses():
            card = on_stage(room, command.card)
            return () if card.guesses_shown else (happened.GuessesShown(card=card.id),)
        case asked.RevealFinding():
            return revealed(room, command)
        case asked.DecideFinding():
            card = card_of(room, command.card)
            finding_in(card, command.fingerprint)
            if card.verdicts.get(command.fingerprint) == command.verdict:
                return ()
            return (happened.FindingDecided(card=card.id, fingerprint=command.fingerprint, verdict=command.verdict),)
        case asked.EditRewrite():
            card = on_stage(room, command.card)
            return () if card.working == command.text else (happened.RewriteEdited(card=card.id, text=command.text),)
        case asked.AddCandidate():
            card = on_stage(room, command.card)
            text = command.text if command.text is not None else card.working
            if text is None:
                raise Refused("no-text", "there is no working text to take as a candidate")
            return (candidate_added(room, card, text, "host"),)
        case asked.Accept():
            return accepted(room, command)
        case asked.Park():
            return (parked_added(room, command.text, trusted=True),)
        case asked.AddNote():
            place_for_one_more(len(room.notes), MAX_NOTES, "notes in a room:")
            note = fresh_id("n", room)
            return (happened.NoteAdded(note=note, kind=command.kind, text=command.text, due=command.due),)
        case asked.RemoveNote(note=note):
            known(room.notes, note, "note")
            return (happened.NoteRemoved(note=note),)
        case asked.RemoveHost(host=host):
            known(room.hosts, host, "host")
            if host == room.first_host:
                raise Refused("first-host", "the first host stays")
            return (happened.HostRemoved(host=host),)
        case asked.AdmitHost():
            place_for_one_more(len(room.hosts), MAX_HOSTS, "hosts of a room:")
            return (happened.HostAdmitted(host=fresh_id("h", room), label=command.label, digest=command.digest),)
        case asked.CloseRoom():
            return (happened.RoomClosed(),)
        case _:
            raise Forbidden(f"{command.type} is not for hosts")


def _by_coach(room: Room, command: asked.Command) -> happened.Events:
    match command:
        case asked.Review():
            return reviewed(room, command)
        case asked.OfferAlternative():
            card = card_of(room, command.card)
            if any(candidate.text == command.text for candidate in card.candidates.values()):
                return ()
            return (candidate_added(room, card, command.text, command.source, verified=command.verified),)
        case _:
            raise Forbidden(f"{command.type} is not the coach's")


def _admitted(room: Room, seat: str) -> happened.Events:
    if seat in room.seats:
        return ()
    place_for_one_more(len(room.seats), MAX_SEATS, "seats in a room:")
    return (happened.ParticipantAdmitted(seat=seat),)


def _named(room: Room, seat: str, name: str | None) -> happened.Events:
    if name is None:
        return (happened.NameSet(seat=seat, name=None),) if seat in room.names else ()
    if not room.names_allowed:
        raise Refused("anonymous", "this room has no names")
    name = " ".join(name.split())
    if is_rude(name):
        raise problem("/name", "is no name for this room", "rude")
    if any(each != seat and taken.casefold() == name.casefold() for each, taken in room.names.items()):
        raise problem("/name", "is taken in this room", "taken")
    return () if room.names.get(seat) == name else (happened.NameSet(seat=seat, name=name),)
