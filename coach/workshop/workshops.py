"""All workshops of an installation: create and find them, act in them, watch them, take their result home.

The only part of the workshop that knows store, critic and clock. `start` and `stop` belong to the server that
serves rooms; without them (on the command line) everything but hearing of other replicas works.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal
from uuid import uuid4

from coach.catalog import Catalog
from coach.errors import Forbidden, InputError, NotFound, Problem, Refused
from coach.store import ReviewStore, StoredDraft, StoredWorkshop, WorkshopStore
from coach.store.workshops import GONE
from coach.workshop import commands as asked
from coach.workshop import events as happened
from coach.workshop import views
from coach.workshop.alternatives import alternatives
from coach.workshop.anonymity import (
    Actor,
    CoachActor,
    HostActor,
    ParticipantActor,
    Stage,
    host_digest,
    new_code,
    new_host_secret,
    new_token,
)
from coach.workshop.broadcast import Listener
from coach.workshop.checking import CardText, draft_of, read_from
from coach.workshop.choices import choices_for
from coach.workshop.export import Export, Exported, export
from coach.workshop.labels import GuessLabel, guess_labels
from coach.workshop.open_room import OpenRoom
from coach.workshop.opening import opening
from coach.workshop.plan import Acted, Admitted, Created, ListedWorkshop, Plan, PrivateDraft, SentDraft
from coach.workshop.prepared import prepared
from coach.workshop.result import result_of
from coach.workshop.reviewer import Reviewer, ReviewOf, Spot, unread
from coach.workshop.room import Room
from coach.workshop.rooms import Rooms
from coach.workshop.seen import host_view, participant_view
from coach.workshop.writer import Outcome, Writer

PING = b": ping\n\n"


class Workshops:
    """Rooms by their codes. Thread-safe; `act`, `watch` and `frames` belong on an event loop."""

    def __init__(
        self,
        store: WorkshopStore,
        *,
        review: ReviewOf,
        catalog: Callable[[str], Catalog],
        reviews: ReviewStore,
        cache: Path,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._store = store
        self._review = review
        self._catalog = catalog
        self._reviews = reviews
        self._cache = cache
        self._clock = clock
        self._rooms = Rooms(store, clock=clock, opened=self._opened)
        self._writer = Writer(store, clock=clock, written=self._written)
        self._reviewer = Reviewer(review, self._writer)
        self._listener: Listener | None = None
        self._serving = False

    def start(self) -> None:
        """Hear of other replicas from now on, read what was left unread, let go of what has expired."""
        self._serving = True
        if self._store.database.engine.dialect.name == "postgresql":
            self._listener = Listener(self._store.database, heard=self._rooms.heard, caught_up=self._rooms.catch_up)
            self._listener.start()
        self.expire()

    def stop(self) -> None:
        """Write what waits and end every watch."""
        if self._listener is not None:
            self._listener.stop()
        self._reviewer.stop()
        self._writer.stop()
        self._rooms.end()

    def create(self, tenant: str, plan: Plan) -> Created:
        """Open a workshop; the host's secret is returned here and stored nowhere."""
        secret, now = new_host_secret(), self._clock()
        stored = StoredWorkshop(
            tenant, uuid4().hex, new_code(), plan.title, now, now + timedelta(days=plan.retention_days)
        )
        events = opening(plan, prepared(plan, self._reviews, tenant), host_digest(secret))
        stored = self._store.add(stored, [event.model_dump_json() for event in events], new_code)
        self.expire()
        return Created(id=stored.id, code=stored.code, host_secret=secret, expires_at=stored.expires_at)

    def of_tenant(self, tenant: str) -> tuple[ListedWorkshop, ...]:
        """Return a tenant's workshops, newest first."""
        return tuple(
            ListedWorkshop(
                id=each.id, code=each.code, title=each.title, created_at=each.created_at, expires_at=each.expires_at
            )
            for each in self._store.of_tenant(tenant)
        )

    def tenant_of(self, code: str) -> str:
        """Return whose workshop this is."""
        return self._rooms.room(code).stored.tenant

    def delete(self, code: str) -> None:
        """Delete a workshop with every word in it, at once."""
        stored = self._rooms.room(code).stored
        self._store.delete(stored)
        self._rooms.heard(stored.id, GONE)

    def expire(self) -> int:
        """Delete the workshops whose time is up; return how many."""
        gone = self._store.expire()
        for identifier in gone:
            self._rooms.heard(identifier, GONE)
        return len(gone)

    def actor(self, code: str, credential: str | None) -> Actor:
        """Return who asks, by what they bring: a host's secret, a participant's token, or nothing."""
        room = self._rooms.room(code).room
        if credential is None:
            return Stage()
        digest = host_digest(credential)
        for host, link in room.hosts.items():
            if link.digest == digest:
                return HostActor(host)
        participant = ParticipantActor(credential)
        if participant.seat in room.seats:
            return participant
        raise Forbidden("this link or token is not of this workshop")

    async def admit(self, code: str, token: str | None = None) -> Admitted:
        """Let somebody in; whoever brings the token of a seat here keeps it."""
        open_room = await self._rooms.entered(code)
        if token is None or ParticipantActor(token).seat not in open_room.room.seats:
            token = new_token()
            await self._ask(open_room, ParticipantActor(token), asked.AdmitParticipant())
        return Admitted(code=open_room.stored.code, token=token)

    async def act(self, code: str, actor: Actor, command: asked.ParticipantCommand | asked.HostCommand) -> Acted:
        """Do what is asked, stored before this returns; raise Refused, Forbidden, InputError or NotFound."""
        open_room = await self._rooms.entered(code)
        if isinstance(command, asked.InviteHost):
            secret = new_host_secret()
            admitted = asked.AdmitHost(label=command.label, digest=host_digest(secret))
            return _acted(await self._ask(open_room, actor, admitted), secret)
        if isinstance(command, asked.Spotlight) and command.card is not None and isinstance(actor, HostActor):
            return _acted(await self._light(open_room, actor, command.card))
        outcome = await self._ask(open_room, actor, command)
        if isinstance(command, asked.HandIn) and command.draft and isinstance(actor, ParticipantActor):
            await asyncio.to_thread(self._store.drop_draft, open_room.stored, actor.seat, command.draft)
        return _acted(outcome)

    async def offer_alternatives(self, code: str, actor: Actor, card_id: str, mode: Literal["rules", "llm"]) -> Acted:
        """Add what the coach would write as candidates, shown like a host's own; where a model fails, by the rules."""
        open_room = await self._rooms.entered(code)
        if not isinstance(actor, HostActor):
            raise Forbidden("alternatives are asked for by hosts")
        room = open_room.room
        if card_id not in room.cards:
            raise NotFound("card", card_id)
        found = await asyncio.to_thread(
            alternatives, self._review, open_room.stored.tenant, room, room.cards[card_id], mode
        )
        added = [_acted(await self._ask(open_room, CoachActor(), offer)) for offer in found.offers]
        ids = tuple(made for acted in added for made in acted.ids)
        return Acted(number=added[-1].number, ids=ids, degraded=found.degraded)

    def room(self, code: str) -> Room:
        """Return the state of a room."""
        return self._rooms.room(code).room

    def stage_view(self, code: str) -> views.RoomView:
        """Return the room as everybody sees it."""
        return self._rooms.room(code).view(self._clock(), host=False)

    def participant_view(self, code: str, actor: ParticipantActor) -> views.ParticipantView:
        """Return the room as a participant sees it."""
        open_room = self._rooms.room(code)
        return participant_view(open_room.room, open_room.view(self._clock(), host=False), actor)

    def host_view(self, code: str, actor: HostActor) -> views.HostView:
        """Return the room with everything in it; Forbidden once this host's link was taken back."""
        open_room = self._rooms.room(code)
        if actor.host not in open_room.room.hosts:
            raise Forbidden("this link is not of this workshop")
        return host_view(open_room.room, open_room.view(self._clock(), host=True), actor)

    async def watch(self, code: str, *, after: int = 0) -> AsyncIterator[int]:
        """Yield the room's newest number whenever it is past the last one yielded; end when the room is gone.

        Without news the same number is yielded again every 15 seconds, so that dead connections are noticed.
        """
        open_room = await self._rooms.entered(code)
        seen = after
        with open_room.watched():
            while not open_room.gone:
                beat = open_room.pulse.now()
                if open_room.number > seen:
                    seen = open_room.number
                    self._writer.stir()
                    yield seen
                elif not open_room.gone:
                    await beat.wait()
                    if open_room.number == seen and not open_room.gone:
                        yield seen

    async def frames(self, code: str, actor: Actor, *, after: int) -> AsyncIterator[bytes]:
        """Yield every event after a number, once and in order, as server-sent events; pings between them.

        A number that this room never reached comes from a database that was put back to an older state: such a client
        gets everything anew. Another replica may be ahead of this one, though: there it waits.
        """
        open_room = await self._rooms.entered(code)
        sent = after if self._listener is not None or after <= open_room.number else 0
        host = isinstance(actor, HostActor)
        async for number in self.watch(code, after=sent):
            if isinstance(actor, HostActor) and actor.host not in open_room.room.hosts:
                return
            yield open_room.sent_between(sent, number, host=host) if number > sent else PING
            sent = number

    def drafts(self, code: str, actor: ParticipantActor) -> tuple[PrivateDraft, ...]:
        """Return what a participant is writing."""
        stored = self._rooms.room(code).stored
        return tuple(PrivateDraft.model_validate_json(each.json) for each in self._store.drafts(stored, actor.seat))

    def keep_draft(self, code: str, actor: ParticipantActor, draft_id: str | None, sent: SentDraft) -> PrivateDraft:
        """Keep what a participant is writing, under a new id where none is given."""
        draft = PrivateDraft(id=draft_id or uuid4().hex[:12], **sent.model_dump())
        self._store.keep_draft(
            self._rooms.room(code).stored, actor.seat, StoredDraft(draft.id, draft.model_dump_json())
        )
        return draft

    def drop_draft(self, code: str, actor: ParticipantActor, draft_id: str) -> None:
        """Delete a private draft."""
        if not self._store.drop_draft(self._rooms.room(code).stored, actor.seat, draft_id):
            raise NotFound("draft", draft_id)

    def check(self, code: str, sent: SentDraft) -> views.TextCheck:
        """Return what the rules find in a private text; nothing of it is stored."""
        open_room = self._rooms.room(code)
        if not sent.text.strip():
            raise InputError([Problem("/text", "is empty", "value_error")])
        parent = open_room.room.cards.get(sent.objective or "")
        above = parent.now if parent is not None and parent.status == "shown" else None
        card = CardText(sent.level, sent.text, objective=above)
        review = self._review(open_room.stored.tenant, draft_of(card, language=open_room.room.language))
        read = read_from(review, card)
        return views.TextCheck(kind=read.kind, findings=read.findings)

    def export(self, code: str, kind: str, language: Literal["de", "en"] | None = None) -> Exported:
        """Return the result as a file, in the room's language where none is named."""
        open_room = self._rooms.room(code)
        room = open_room.room
        catalog = self._catalog(open_room.stored.tenant)
        result = result_of(room, open_room.place)
        return export(Export(result, catalog, language or room.language, self._cache), kind)

    def labels(self, code: str) -> list[GuessLabel]:
        """Return the room's guesses as labels; raise Refused where the room keeps none."""
        open_room = self._rooms.room(code)
        if not open_room.room.labels_kept:
            raise Refused("no-labels", "this room keeps no labels")
        return list(guess_labels(open_room.room, open_room.stored.id))

    async def _light(self, open_room: OpenRoom, actor: HostActor, card_id: str) -> Outcome:
        """Put a card on stage with its choices; its review is there before anybody guesses."""
        card = open_room.room.cards.get(card_id)
        if card is not None and card.review is None:
            command = await asyncio.to_thread(self._reviewer.reviewed, open_room, Spot(card_id))
            if command is not None:
                await self._ask(open_room, CoachActor(), command)
                card = open_room.room.cards[card_id]
        choices = choices_for(card, self._catalog(open_room.stored.tenant)) if card else ("none", "none")
        return await self._ask(open_room, actor, asked.DrawChoices(card=card_id, choices=choices))

    async def _ask(self, open_room: OpenRoom, actor: Actor, command: asked.Command) -> Outcome:
        return await asyncio.wrap_future(self._writer.ask(open_room, actor, command))

    def _opened(self, open_room: OpenRoom) -> None:
        """Have read what was left unread, where rooms are served."""
        if self._serving:
            self._reviewer.read_spots(open_room, unread(open_room.room))

    def _written(self, open_room: OpenRoom, new: Sequence[happened.AnyEvent]) -> None:
        self._reviewer.read(open_room, new)

    def is_open(self, code: str) -> bool:
        """Whether a room is in memory, so that nothing about it waits for the store."""
        return self._rooms.known(code) is not None


def _acted(outcome: Outcome, secret: str | None = None) -> Acted:
    number = outcome.number + len(outcome.events)
    ids = tuple(made for event in outcome.events if (made := happened.made(event)))
    return Acted(number=number, ids=ids, secret=secret)
