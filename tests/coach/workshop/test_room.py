"""Whatever people and hosts do, in whatever order: a room stays what it promises."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from coach.errors import CoachError, Forbidden, InputError, Refused
from coach.okr import Objective
from coach.review import Finding, Kind, Level, Severity
from coach.workshop import commands as asked
from coach.workshop import events as happened
from coach.workshop.agenda import ALLOWED, USUAL, RoundKind
from coach.workshop.anonymity import Actor, CoachActor, HostActor, ParticipantActor, Stage, new_token
from coach.workshop.decide import decide, may
from coach.workshop.opening import opening
from coach.workshop.plan import Plan
from coach.workshop.room import Room, room_after
from coach.workshop.seen import Place, event_seen, host_view, participant_view, room_view

START = datetime(2026, 1, 1, 9, tzinfo=UTC)
PLACE = Place("id", "CODE2345", START + timedelta(days=30))
HOST = HostActor("h1")
SECRET = "VERBORGEN"
OBJECTIVES = [Objective.model_validate({"objective": "Mieter:innen kommen gut an", "key_results": ["Portal live"]})]


def finding(pattern: str, fingerprint: str) -> Finding:
    return Finding(
        pattern=pattern,
        level=Level.KEY_RESULT,
        severity=Severity.ERROR,
        span=None,
        message=f"{SECRET} {fingerprint}",
        question="?",
        source="rule",
        confidence=1,
        fingerprint=fingerprint,
    )


FINDINGS = (finding("output-as-key-result", "f1"), finding("no-baseline", "f2"))
CHOICES = ("no-baseline", "output-as-key-result", "kpi-as-key-result", "none")


class People:
    """A room with one host and participants, and what happened in it."""

    def __init__(self, **changes: Any) -> None:
        plan = Plan(title="Q3", **changes)
        self.events: list[happened.AnyEvent] = list(opening(plan, OBJECTIVES, "0" * 64))
        self.room = room_after(self.events)
        self.now = START

    def does(self, actor: Actor, command: asked.Command) -> tuple[happened.AnyEvent, ...]:
        self.now += timedelta(seconds=1)
        new = decide(self.room, actor, command, self.now)
        self.events.extend(new)
        self.room = room_after(new, self.room)
        return new

    def joined(self) -> ParticipantActor:
        somebody = ParticipantActor(new_token())
        self.does(somebody, asked.AdmitParticipant())
        return somebody

    def starts(self, kind: RoundKind) -> None:
        self.does(HOST, asked.StartRound(round=[each.kind for each in self.room.agenda].index(kind)))

    def lights(self, card: str = "c3") -> None:
        review = asked.Review(card=card, text=self.room.cards[card].text, kind=Kind.OUTPUT, findings=FINDINGS)
        self.does(CoachActor(), review)
        self.does(HOST, asked.DrawChoices(card=card, choices=CHOICES))


def test_a_whole_agenda_from_silent_writing_to_the_pinned_result() -> None:
    people = People()
    anna, ben = people.joined(), people.joined()
    people.starts(RoundKind.DRAFT)
    (added,) = people.does(anna, asked.HandIn(level="key_result", text="Umsatz +12 %", objective="c2"))
    assert isinstance(added, happened.CardAdded)
    assert added.status == "waiting"
    people.does(HOST, asked.Moderate(what="card", item=added.card, shown=True))
    people.starts(RoundKind.VOTE)
    people.lights()
    people.does(anna, asked.Guess(card="c3", pattern="output-as-key-result", kind=Kind.OUTPUT))
    people.does(ben, asked.Guess(card="c3", pattern="none"))
    people.does(ben, asked.Guess(card="c3", pattern="no-baseline"))
    people.does(HOST, asked.ShowGuesses(card="c3"))
    people.starts(RoundKind.REVEAL)
    people.does(HOST, asked.RevealFinding(card="c3", fingerprint="f1"))
    people.does(HOST, asked.DecideFinding(card="c3", fingerprint="f1", verdict="accept"))
    people.starts(RoundKind.REWRITE)
    (suggested,) = people.does(ben, asked.Suggest(card="c3", text="80 % ziehen ohne Rückfrage ein"))
    assert isinstance(suggested, happened.CandidateAdded)
    people.does(HOST, asked.Moderate(what="candidate", item=suggested.candidate, card="c3", shown=True))
    people.starts(RoundKind.DOT_VOTE)
    people.does(anna, asked.PlaceDots(card="c3", dots={suggested.candidate: 2}))
    people.does(anna, asked.PlaceDots(card="c3", dots={suggested.candidate: 3}))
    people.does(HOST, asked.Accept(card="c3", candidate=suggested.candidate))
    shown = room_view(people.room, PLACE, people.now)
    assert shown.spotlight is not None
    assert shown.spotlight.guesses.patterns == {
        "no-baseline": 1,
        "output-as-key-result": 1,
        "kpi-as-key-result": 0,
        "none": 0,
    }
    card = shown.spotlight.card
    assert (card.before, card.text, card.pinned) == ("Portal live", "80 % ziehen ohne Rückfrage ein", True)
    assert [(each.finding.fingerprint, each.verdict) for each in card.findings] == [("f1", "accept")]
    assert people.room.cards["c3"].dots_of(suggested.candidate) == 3


def test_what_is_on_stage_tells_nothing_before_the_host_does() -> None:
    people = People()
    me = people.joined()
    people.starts(RoundKind.VOTE)
    people.lights()
    people.does(me, asked.Guess(card="c3", pattern="none", kind=Kind.KPI))
    seen = room_view(people.room, PLACE, people.now)
    assert SECRET not in seen.model_dump_json()
    assert SECRET not in participant_view(people.room, seen, me).model_dump_json()
    assert seen.spotlight is not None
    assert seen.spotlight.guesses.patterns is None
    assert seen.spotlight.card.kind is None
    everything = host_view(people.room, room_view(people.room, PLACE, people.now, host=True), HOST)
    assert SECRET in everything.model_dump_json()
    people.does(HOST, asked.Moderate(what="finding", item="f1", card="c3", shown=False))
    people.does(HOST, asked.RevealFinding(card="c3", fingerprint="f2"))
    with pytest.raises(Refused, match="hidden"):
        people.does(HOST, asked.RevealFinding(card="c3", fingerprint="f1"))
    assert f"{SECRET} f1" not in room_view(people.room, PLACE, people.now).model_dump_json()


def test_nobody_guesses_once_something_of_the_answer_is_out() -> None:
    people = People()
    me = people.joined()
    people.starts(RoundKind.VOTE)
    people.lights()
    people.does(HOST, asked.RevealFinding(card="c3", fingerprint="f1"))
    with pytest.raises(Refused) as refused:
        people.does(me, asked.Guess(card="c3", pattern="none"))
    assert refused.value.code == "too-late"


def test_a_review_of_a_text_that_changed_meanwhile_is_dropped() -> None:
    people = People()
    people.lights()
    people.does(HOST, asked.EditRewrite(card="c3", text="neu"))
    late = asked.Review(card="c3", working=True, text="alt", kind=None, findings=())
    assert people.does(CoachActor(), late) == ()


def test_one_person_has_unrelated_ballots_and_one_vote_each() -> None:
    people = People()
    me = people.joined()
    people.starts(RoundKind.VOTE)
    for card in ("c3", "c2"):
        people.lights(card)
        for pattern in ("none", "no-baseline"):
            people.does(me, asked.Guess(card=card, pattern=pattern))
    ballots = [ballot for card in people.room.cards.values() for ballot in card.guesses]
    assert len(ballots) == len(set(ballots)) == 2
    assert me.seat not in ballots


def test_no_event_and_no_view_holds_what_leads_back_to_somebody() -> None:
    people = People(moderated=False)
    me = people.joined()
    people.starts(RoundKind.DRAFT)
    (card,) = people.does(me, asked.HandIn(level="key_result", text="Anrufe sinken"))
    people.does(me, asked.Park(text="Urlaub"))
    said = [event.model_dump_json() for event in people.events if not isinstance(event, happened.ParticipantAdmitted)]
    assert not any(me.seat in each or me.token in each for each in said)
    assert isinstance(card, happened.CardAdded)
    assert card.author is None
    for host in (True, False):
        view = room_view(people.room, PLACE, people.now, host=host).model_dump_json()
        assert me.seat not in view
        assert me.token not in view


def test_a_name_signs_and_is_taken_back_from_the_cards_it_signed() -> None:
    people = People(names_allowed=True, moderated=False)
    me, other = people.joined(), people.joined()
    people.does(me, asked.SetName(name=" Ada  L. "))
    people.starts(RoundKind.DRAFT)
    people.does(me, asked.HandIn(level="key_result", text="Anrufe sinken", signed=True))
    people.does(me, asked.HandIn(level="key_result", text="Anrufe sinken weiter"))
    assert [card.author for card in room_view(people.room, PLACE, people.now).cards] == [None, None, "Ada L.", None]
    with pytest.raises(InputError, match="taken"):
        people.does(other, asked.SetName(name="ADA L."))
    with pytest.raises(InputError, match="needs a name"):
        people.does(other, asked.HandIn(level="key_result", text="x", signed=True))
    people.does(me, asked.SetName(name=None))
    assert "Ada" not in room_view(people.room, PLACE, people.now, host=True).model_dump_json()


def test_rude_texts_wait_even_in_an_open_room() -> None:
    people = People(moderated=False)
    me = people.joined()
    people.starts(RoundKind.DRAFT)
    (polite,) = people.does(me, asked.HandIn(level="key_result", text="Assistenz klassifiziert Anfragen"))
    (rude,) = people.does(me, asked.HandIn(level="key_result", text="Der Chef ist ein 4rschloch"))
    assert isinstance(polite, happened.CardAdded)
    assert isinstance(rude, happened.CardAdded)
    assert (polite.status, rude.status, rude.flagged) == ("shown", "waiting", True)
    assert "4rschloch" not in room_view(people.room, PLACE, people.now).model_dump_json()
    assert event_seen(rude, people.room, host=False) == {}


HOST_COMMANDS: list[asked.Command] = [
    asked.ChangeAgenda(rounds=USUAL),
    asked.StartRound(round=0),
    asked.ExtendRound(seconds=60),
    asked.SetScene(scene="wall"),
    asked.AddCard(level="objective", text="x"),
    asked.MoveCard(card="c3", objective=None),
    asked.Moderate(what="card", item="c3", shown=False),
    asked.Spotlight(card="c3"),
    asked.Spotlight(card=None),
    asked.ShowGuesses(card="c3"),
    asked.RevealFinding(card="c3", fingerprint="f1"),
    asked.DecideFinding(card="c3", fingerprint="f1", verdict="accept"),
    asked.EditRewrite(card="c3", text="x"),
    asked.AddCandidate(card="c3", text="x"),
    asked.Accept(card="c3", candidate=None),
    asked.AddNote(kind="decision", text="x"),
    asked.RemoveNote(note="n1"),
    asked.InviteHost(label="x"),
    asked.RemoveHost(host="h1"),
    asked.CloseRoom(),
    asked.Review(card="c3", text="Portal live", kind=None, findings=()),
    asked.DrawChoices(card="c3", choices=CHOICES),
    asked.OfferAlternative(card="c3", text="x", source="rules", verified=True),
    asked.AdmitHost(label="x", digest="0" * 64),
]


def test_every_command_of_hosts_and_coach_is_tried_below() -> None:
    sendable = {each.model_fields["type"].default for each in asked.HostCommand.__args__}
    inner = {each.model_fields["type"].default for each in asked.CoachCommand.__args__} - {"admit-participant"}
    assert {command.type for command in HOST_COMMANDS} == sendable | inner


@pytest.mark.parametrize("command", HOST_COMMANDS, ids=lambda command: command.type)
def test_a_participant_never_acts_as_host(command: asked.Command) -> None:
    people = People()
    me = people.joined()
    people.lights()
    for actor in (me, ParticipantActor(new_token()), Stage(), HostActor("h2")):
        with pytest.raises(Forbidden):
            people.does(actor, command)


def test_who_never_came_in_does_nothing() -> None:
    people = People()
    people.starts(RoundKind.DRAFT)
    for actor in (ParticipantActor(new_token()), Stage(), HostActor("h1")):
        with pytest.raises(Forbidden):
            people.does(actor, asked.HandIn(level="objective", text="x"))


ids = st.sampled_from(["c2", "c3", "c5", "c8", "r9", "r12", "p4", "n6", "h7", "f1", "f2", "nix"])
texts = st.sampled_from(["Anrufe sinken", "fick dich", "=1+1", "<b>x</b>", "80 % ohne Rückfrage"])
host_commands = st.one_of(
    st.builds(asked.StartRound, round=st.integers(0, 9)),
    st.builds(asked.ExtendRound, seconds=st.integers(-900, 900)),
    st.builds(asked.AddCard, level=st.sampled_from(["objective", "key_result"]), text=texts, objective=st.none() | ids),
    st.builds(asked.MoveCard, card=ids, objective=st.none() | ids),
    st.builds(
        asked.Moderate,
        what=st.sampled_from(["card", "candidate", "parked", "finding"]),
        item=ids,
        card=st.none() | ids,
        shown=st.booleans(),
    ),
    st.builds(asked.Spotlight, card=st.none() | ids),
    st.builds(asked.DrawChoices, card=ids, choices=st.just(CHOICES)),
    st.builds(asked.ShowGuesses, card=ids),
    st.builds(asked.RevealFinding, card=ids, fingerprint=ids),
    st.builds(asked.DecideFinding, card=ids, fingerprint=ids, verdict=st.sampled_from(["accept", "reject", None])),
    st.builds(asked.EditRewrite, card=ids, text=texts),
    st.builds(asked.AddCandidate, card=ids, text=st.none() | texts),
    st.builds(asked.Accept, card=ids, candidate=st.none() | ids),
    st.builds(asked.AddNote, kind=st.sampled_from(["decision", "next-step"]), text=texts),
    st.builds(asked.RemoveNote, note=ids),
    st.builds(asked.ChangeAgenda, rounds=st.sampled_from([USUAL, USUAL[:3]])),
    st.builds(asked.SetScene, scene=st.sampled_from(["wall", "card", "heatmap", "results"])),
)
participant_commands = st.one_of(
    st.builds(asked.HandIn, level=st.sampled_from(["objective", "key_result"]), text=texts, objective=st.none() | ids),
    st.builds(asked.Guess, card=ids, pattern=st.sampled_from([*CHOICES, "x"]), kind=st.none() | st.sampled_from(Kind)),
    st.builds(asked.Suggest, card=ids, text=texts),
    st.builds(asked.PlaceDots, card=ids, dots=st.dictionaries(ids, st.integers(0, 3), max_size=3)),
    st.builds(asked.Park, text=texts),
    st.builds(asked.SetName, name=st.none() | st.sampled_from(["Ada", "Bo"])),
)


class ARoom(RuleBasedStateMachine):
    """Anybody does anything at any time; what holds always is checked after each step."""

    @initialize(names=st.booleans(), moderated=st.booleans())
    def opens(self, names: bool, moderated: bool) -> None:
        self.people = People(names_allowed=names, moderated=moderated)
        self.guests = [self.people.joined() for _ in range(3)]

    def tries(self, actor: Actor, command: asked.Command) -> None:
        before, count = self.people.room, len(self.people.events)
        try:
            new = self.people.does(actor, command)
        except CoachError:
            assert self.people.room == before
            assert len(self.people.events) == count
        else:
            for event in new:
                self.is_seen_only_as_far_as_it_is_shown(event)

    def is_seen_only_as_far_as_it_is_shown(self, event: happened.AnyEvent) -> None:
        seen = event_seen(event, self.people.room, host=False)
        assert not {"seat", "ballot", "digest"} & {*seen, *event_seen(event, self.people.room, host=True)}
        if not isinstance(event, happened.FindingRevealed):
            assert SECRET not in str(seen)
        if isinstance(event, happened.CardAdded | happened.CandidateAdded | happened.ParkedAdded):
            assert event.status == "shown" or seen == {}
        if isinstance(event, happened.Guessed):
            assert set(seen) == {"card", "cast"}

    @rule(command=host_commands)
    def host_does(self, command: asked.Command) -> None:
        self.tries(HOST, command)

    @rule(who=st.integers(0, 2), command=participant_commands)
    def guest_does(self, who: int, command: asked.ParticipantCommand) -> None:
        room, count = self.people.room, len(self.people.events)
        self.tries(self.guests[who], command)
        if len(self.people.events) > count:
            assert room.round.kind in ALLOWED[command.type] if room.round else command.type in {"park", "set-name"}

    @rule(who=st.integers(0, 2), command=host_commands)
    def guest_plays_host(self, who: int, command: asked.Command) -> None:
        with pytest.raises(Forbidden):
            self.people.does(self.guests[who], command)

    @rule(card=ids)
    def coach_reads(self, card: str) -> None:
        if card in self.people.room.cards:
            text = self.people.room.cards[card].text
            self.people.does(CoachActor(), asked.Review(card=card, text=text, kind=Kind.OUTPUT, findings=FINDINGS))

    @invariant()
    def the_number_counts_the_events_and_folding_them_again_is_the_same(self) -> None:
        if hasattr(self, "people"):
            assert self.people.room.number == len(self.people.events)
            stored = [happened.EVENTS.validate_json(event.model_dump_json()) for event in self.people.events]
            assert room_after(stored) == self.people.room

    @invariant()
    def what_waits_or_is_secret_is_not_seen(self) -> None:
        if not hasattr(self, "people"):
            return
        room: Room = self.people.room
        view = room_view(room, PLACE, self.people.now)
        assert {card.id for card in view.cards} == {c.id for c in room.cards.values() if c.status == "shown"}
        for card in view.cards:
            known = room.cards[card.id]
            assert {f.finding.fingerprint for f in card.findings} == set(known.revealed) - known.hidden
        if view.spotlight is not None:
            known = room.cards[view.spotlight.card.id]
            assert (view.spotlight.guesses.patterns is None) == (not known.guesses_shown)
            shown = {each.id for each in known.candidates.values() if each.status == "shown"}
            assert {each.id for each in view.spotlight.candidates} == shown
            assert known.accepted is None or known.accepted in shown
        dump = view.model_dump_json()
        assert not any(guest.seat in dump or guest.token in dump for guest in self.guests)

    @invariant()
    def votes_stay_within_what_everybody_has(self) -> None:
        if hasattr(self, "people"):
            for card in self.people.room.cards.values():
                assert len(card.guesses) <= len(self.guests)
                assert all(sum(placed.values()) <= self.people.room.dots for placed in card.dots.values())

    @invariant()
    def a_phone_offers_only_what_is_taken(self) -> None:
        if hasattr(self, "people"):
            view = room_view(self.people.room, PLACE, self.people.now)
            offered = participant_view(self.people.room, view, self.guests[0]).may
            assert offered == tuple(sorted(each for each in ALLOWED if may(self.people.room, each)))


TestARoom = ARoom.TestCase
TestARoom.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
