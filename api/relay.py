"""Turns in the making, by tenant and conversation: each is made once, stored, and heard by everybody."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing, suppress
from typing import Protocol

import structlog
from starlette.concurrency import run_in_threadpool

from api.running import Position, Running, Sent, told
from coach.conversation import (
    Conversation,
    DoneEvent,
    DraftVersion,
    ErrorEvent,
    Event,
    Message,
    Step,
    TokenEvent,
)
from coach.errors import CoachError, InputError, NotFound
from coach.store import ConversationStore

_LOOK_AGAIN = 2.0
_LOG = structlog.get_logger("okr-coach")


class TalkingCoach(Protocol):
    """What a relay needs of the coach in conversation."""

    def turn(self, conversation: Conversation, message: Message, versions: Callable[[int], DraftVersion]) -> Step:
        """Return the guided step."""

    def stream(
        self, conversation: Conversation, message: Message, versions: Callable[[int], DraftVersion]
    ) -> AsyncIterator[Event]:
        """Yield the events of a turn; closing it ends the model's call."""


class _Channel:
    """A conversation that somebody talks in or follows."""

    def __init__(self) -> None:
        self.turn_taking = asyncio.Lock()
        self.running: Running | None = None
        self.followers: set[asyncio.Event] = set()
        self.users = 0

    def wake(self) -> None:
        for follower in self.followers:
            follower.set()


class Relay:
    """The turns of this process, by tenant and conversation."""

    def __init__(self, store: ConversationStore) -> None:
        self._store = store
        self._channels: dict[tuple[str, str], _Channel] = {}

    async def say(
        self, coach: TalkingCoach, tenant: str, identifier: str, message: Message, key: str | None = None
    ) -> Running:
        """Begin a turn, after the one that may be running, and return it; one with the same key is joined.

        Raises NotFound, and Conflict where the key was used for another message.
        """
        channel = self._enter(tenant, identifier)
        taken = False
        try:
            if key and (running := channel.running) and running.key == key and running.message == message:
                return running
            await channel.turn_taking.acquire()
            taken = True
            if key and (stored := await run_in_threadpool(self._store.turn_with_key, tenant, identifier, key, message)):
                return told(stored)
            head = await run_in_threadpool(self._store.get, tenant, identifier)
            running = Running(head.turns + 1, message, key)
            channel.running = running
            self._enter(tenant, identifier)
            running.task = asyncio.create_task(self._make(channel, coach, tenant, head, running))
            channel.wake()
            taken = False
            return running
        finally:
            if taken:
                channel.turn_taking.release()
            self._leave(tenant, identifier)

    async def _make(
        self, channel: _Channel, coach: TalkingCoach, tenant: str, head: Conversation, running: Running
    ) -> None:
        """Make a turn to its end and store it before saying that it is done."""

        def version(number: int) -> DraftVersion:
            return self._store.version(tenant, head.id, number)

        try:
            step = await self._step(coach, head, version, running)
            running.turn = await run_in_threadpool(self._store.append, tenant, step, key=running.key)
            running.say(DoneEvent(turn=running.turn))
        except CoachError as error:
            running.failure = error
            code = error.problems[0].code if isinstance(error, InputError) else type(error).__name__.lower()
            running.say(ErrorEvent(code=code, detail=str(error)))
        except Exception as error:
            _LOG.error("turn broke", error=type(error).__name__, conversation=head.id, exc_info=error)
            running.failure = CoachError("the turn broke; the log has the details")
            running.say(ErrorEvent(code="internal-error", detail=str(running.failure)))
        finally:
            channel.running = None
            channel.turn_taking.release()
            running.end()
            channel.wake()
            self._leave(tenant, head.id)

    async def _step(
        self, coach: TalkingCoach, head: Conversation, version: Callable[[int], DraftVersion], running: Running
    ) -> Step:
        """Return the step that the coach makes, or that of an interrupted turn: guided, with the words said so far."""
        failed = False
        events = coach.stream(head, running.message, version)
        try:
            async for event in events:
                if isinstance(event, DoneEvent):
                    assert event.conversation is not None
                    return Step(conversation=event.conversation, turn=event.turn)
                running.say(event)
                failed = failed or isinstance(event, ErrorEvent)
        except asyncio.CancelledError:
            _LOG.info("turn interrupted", conversation=head.id)
        finally:
            if isinstance(events, AsyncGenerator):
                await events.aclose()
        said = "".join(event.text for event in running.events if isinstance(event, TokenEvent))
        step = await run_in_threadpool(coach.turn, head, running.message, version)
        reply = step.turn.reply.model_copy(update={"text": said, "degraded": "failed" if failed else None})
        turn = step.turn.model_copy(update={"status": "interrupted", "reply": reply})
        return step.model_copy(update={"turn": turn})

    async def follow(self, tenant: str, identifier: str, position: Position) -> AsyncGenerator[list[Sent]]:
        """Yield what is said in a conversation from a position on, for as long as it exists.

        Turns made by other processes are seen within seconds. Raises NotFound at the start for none such.
        """
        channel = self._enter(tenant, identifier)
        woken = asyncio.Event()
        channel.followers.add(woken)
        try:
            while True:
                woken.clear()
                running = channel.running
                if running is not None and running.number == position.turn + 1:
                    async with aclosing(running.hear(position)) as heard:
                        async for batch in heard:
                            yield batch
                    position = Position(running.number if running.turn else position.turn)
                    continue
                for turn in await run_in_threadpool(
                    self._store.turns, tenant, identifier, after=position.turn, limit=20
                ):
                    async with aclosing(told(turn).hear(position)) as heard:
                        async for batch in heard:
                            yield batch
                    position = Position(turn.number)
                    woken.set()
                if channel.running is not running:
                    continue
                with suppress(TimeoutError):
                    await asyncio.wait_for(woken.wait(), _LOOK_AGAIN)
                if await run_in_threadpool(self._store.count, tenant, identifier) < position.turn:
                    return
        except NotFound:
            return
        finally:
            channel.followers.discard(woken)
            self._leave(tenant, identifier)

    async def forget(self, tenant: str, identifier: str) -> None:
        """Delete a conversation; a turn in the making is ended first and not kept."""
        channel = self._enter(tenant, identifier)
        try:
            if (running := channel.running) is not None:
                running.stop()
            async with channel.turn_taking:
                await run_in_threadpool(self._store.delete, tenant, identifier)
            channel.wake()
        finally:
            self._leave(tenant, identifier)

    async def close(self) -> None:
        """End every turn in the making and wait until each is kept as interrupted."""
        made = [running for each in self._channels.values() if (running := each.running) is not None]
        for running in made:
            running.stop()
        await asyncio.gather(*(running.task for running in made if running.task), return_exceptions=True)

    def _enter(self, tenant: str, identifier: str) -> _Channel:
        channel = self._channels.setdefault((tenant, identifier), _Channel())
        channel.users += 1
        return channel

    def _leave(self, tenant: str, identifier: str) -> None:
        channel = self._channels[tenant, identifier]
        channel.users -= 1
        if not channel.users:
            del self._channels[tenant, identifier]
