"""What of a room each role sees: views of its state, and events without what is not theirs to see."""

from collections import Counter
from datetime import datetime
from typing import Any, NamedTuple

from coach.workshop import events as happened
from coach.workshop import views
from coach.workshop.agenda import ALLOWED
from coach.workshop.anonymity import HostActor, ParticipantActor
from coach.workshop.card import Candidate, Card, Reviewed
from coach.workshop.decide import may
from coach.workshop.room import Room

_SECRETS = frozenset({"digest", "seat", "ballot"})
_SILENT = (
    happened.HostAdmitted,
    happened.HostRemoved,
    happened.ParticipantAdmitted,
    happened.NameSet,
    happened.Reviewed,
    happened.DotsPlaced,
)
_PLAIN = (
    happened.AgendaChanged,
    happened.RoundStarted,
    happened.RoundExtended,
    happened.SceneSet,
    happened.SpotlightSet,
    happened.GuessesShown,
    happened.FindingDecided,
    happened.RewriteEdited,
    happened.Accepted,
    happened.NoteAdded,
    happened.NoteRemoved,
    happened.RoomClosed,
)


class Place(NamedTuple):
    """Where a room is found and until when; it stands beside the room's events."""

    id: str
    code: str
    expires_at: datetime


def room_view(room: Room, place: Place, now: datetime, *, host: bool = False) -> views.RoomView:
    """Return the room as everybody sees it, or with everything in it as hosts do."""
    cards = tuple(room.cards.values()) if host else room.on_wall()
    lit = room.cards.get(room.spotlight or "")
    running = room.running
    return views.RoomView(
        id=place.id,
        code=place.code,
        title=room.title,
        language=room.language,
        number=room.number,
        now=now,
        closed=room.closed,
        expires_at=place.expires_at,
        agenda=room.agenda,
        round=views.RoundView(
            index=running.place,
            kind=room.agenda[running.place].kind,
            note=room.agenda[running.place].note,
            started_at=running.started_at,
            ends_at=running.ends_at,
        )
        if running
        else None,
        scene=room.scene,
        participants=len(room.seats),
        names_allowed=room.names_allowed,
        names=tuple(sorted(room.names.values(), key=str.casefold)),
        moderated=room.moderated,
        dots=room.dots,
        waiting=sum(card.status == "waiting" for card in room.cards.values()),
        cards=tuple(_card(card, host=host) for card in cards),
        spotlight=_spotlight(room, lit, host=host) if lit and (host or lit.status == "shown") else None,
        parked=tuple(
            views.ParkedView(**each._asdict()) for each in room.parked.values() if host or each.status == "shown"
        ),
        notes=tuple(views.NoteView(**note._asdict()) for note in room.notes.values()),
        heatmap=heatmap(room) if host or room.scene in {"heatmap", "results"} else None,
    )


def participant_view(room: Room, shared: views.RoomView, actor: ParticipantActor) -> views.ParticipantView:
    """Return what everybody sees, with what is this participant's own."""
    lit = room.cards.get(room.spotlight or "")
    guess = lit.guesses.get(actor.ballot(f"guess {lit.id}")) if lit else None
    dots = lit.dots.get(actor.ballot(f"dots {lit.id}"), {}) if lit else {}
    return views.ParticipantView(
        room=shared,
        name=room.names.get(actor.seat),
        guess=views.MyGuess(pattern=guess.pattern, kind=guess.kind) if guess else None,
        dots=dict(dots),
        may=tuple(sorted(each for each in ALLOWED if may(room, each))),
    )


def host_view(room: Room, everything: views.RoomView, actor: HostActor) -> views.HostView:
    """Return the room with all that waits, is hidden or secret."""
    return views.HostView(
        room=everything,
        me=actor.host,
        hosts=tuple(views.HostLink(id=host, label=link.label) for host, link in room.hosts.items()),
        labels_kept=room.labels_kept,
    )


def heatmap(room: Room) -> views.Heatmap:
    """Return how often each pattern stood on the wall, round by round, the last column being now."""
    columns = [views.HeatColumn(round=heat.round, kind=heat.kind, patterns=dict(heat.patterns)) for heat in room.heat]
    return views.Heatmap(
        columns=(*columns, views.HeatColumn(round=None, kind=None, patterns=room.patterns())),
        outcomes_before=room.outcomes(before=True),
        outcomes_now=room.outcomes(before=False),
    )


def event_seen(event: happened.AnyEvent, after: Room, *, host: bool) -> dict[str, Any]:
    """Return an event without what a role must not see; `after` is the room right after it.

    Hosts see all but digests. Everybody else sees that something happened, and what is on the wall of it.
    """
    everything = event.model_dump(mode="json", exclude={"type", *_SECRETS})
    if host:
        return everything
    match event:
        case happened.RoomOpened():
            return {key: everything[key] for key in ("title", "language", "names_allowed", "moderated", "dots")}
        case happened.CardAdded() | happened.ParkedAdded() | happened.CandidateAdded():
            return everything if event.status == "shown" and _card_shown(event, after) else {}
        case happened.CardMoved():
            return everything if after.cards[event.card].status == "shown" else {}
        case happened.Moderated():
            return {} if event.what == "finding" else {"what": event.what, "item": event.item, "shown": event.shown}
        case happened.Guessed():
            return {"card": event.card, "cast": len(after.cards[event.card].guesses)}
        case happened.FindingRevealed():
            finding = after.cards[event.card].finding(event.fingerprint)
            assert finding is not None
            return {"card": event.card, "finding": finding.model_dump(mode="json")}
        case happened.FindingDecided(card=card, fingerprint=fingerprint):
            return everything if fingerprint in after.cards[card].revealed else {}
        case _ if isinstance(event, _SILENT):
            return {}
        case _:
            assert isinstance(event, _PLAIN)
            return everything


def _card_shown(event: happened.CardAdded | happened.ParkedAdded | happened.CandidateAdded, room: Room) -> bool:
    return not isinstance(event, happened.CandidateAdded) or room.cards[event.card].status == "shown"


def _card(card: Card, *, host: bool) -> views.CardView:
    fresh = card.reviewed_now
    out = bool(card.revealed) or card.accepted is not None
    return views.CardView(
        id=card.id,
        level=card.level,
        objective=card.objective,
        text=card.now,
        before=card.text,
        author=card.author,
        origin=card.origin,
        status=card.status,
        flagged=card.flagged,
        pinned=card.accepted is not None,
        reviewed=card.review is not None,
        kind=fresh.kind if fresh and (host or out) else None,
        findings=tuple(_findings(card, host=host)),
    )


def _findings(card: Card, *, host: bool) -> list[views.FindingView]:
    found = []
    for finding in card.review.findings if card.review else ():
        key = finding.fingerprint
        hidden, revealed = key in card.hidden, key in card.revealed
        if host or (revealed and not hidden):
            state: views.FindingState = "hidden" if hidden else "revealed" if revealed else "secret"
            found.append(views.FindingView(finding=finding, state=state, verdict=card.verdicts.get(key)))
    return found


def _spotlight(room: Room, card: Card, *, host: bool) -> views.SpotlightView:
    voting = room.round is not None and room.round.kind == "dot-vote"
    tally = host or card.guesses_shown
    kinds = Counter(ballot.kind for ballot in card.guesses.values() if ballot.kind is not None)
    return views.SpotlightView(
        card=_card(card, host=host),
        choices=card.choices,
        guessing=may(room, "guess") and card.open_to_guesses,
        guesses=views.GuessTally(
            cast=len(card.guesses),
            patterns={choice: sum(b.pattern == choice for b in card.guesses.values()) for choice in card.choices}
            if tally
            else None,
            kinds=dict(kinds) if tally else None,
        ),
        working=card.working,
        working_check=_check(card.working_review),
        candidates=tuple(
            _candidate(card, each, dots=host or not voting)
            for each in card.candidates.values()
            if host or each.status == "shown"
        ),
        dots_cast=sum(bool(placed) for placed in card.dots.values()),
    )


def _candidate(card: Card, candidate: Candidate, *, dots: bool) -> views.CandidateView:
    return views.CandidateView(
        id=candidate.id,
        text=candidate.text,
        source=candidate.source,
        status=candidate.status,
        flagged=candidate.flagged,
        verified=candidate.verified,
        check=_check(candidate.review),
        dots=card.dots_of(candidate.id) if dots else None,
    )


def _check(review: Reviewed | None) -> views.TextCheck | None:
    return views.TextCheck(kind=review.kind, findings=review.findings) if review else None
