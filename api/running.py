"""A turn that is being made, or was: whoever listens hears the same, and it ends when nobody listens.

Positions are `turn` (all of it was heard) or `turn.characters` (so much of its text was). Whoever comes back with one
hears the text from there; findings, citations and drafts of an unfinished turn are said again.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from itertools import groupby
from typing import NamedTuple

from coach.conversation import (
    Conversation,
    DoneEvent,
    ErrorEvent,
    Event,
    Message,
    StartedEvent,
    Step,
    TokenEvent,
    Turn,
    events_of,
)
from coach.errors import CoachError

_GRACE = 0.4
_UNTIL_HEARD = 5.0


class Position(NamedTuple):
    """How much was heard: every turn up to `turn`, and `characters` of the text of the next."""

    turn: int
    characters: int = 0

    @classmethod
    def parse(cls, text: str) -> "Position | None":
        """Return the position that an event id names, or None where it names none."""
        turn, dot, characters = text.partition(".")
        if not (turn.isascii() and turn.isdigit() and len(turn) < 10):
            return None
        if not dot:
            return cls(int(turn))
        if not (characters.isascii() and characters.isdigit() and len(characters) < 10 and int(turn)):
            return None
        return cls(int(turn) - 1, int(characters))


class Sent(NamedTuple):
    """An event with its id."""

    id: str
    event: Event


class Running:
    """A turn that is being made, or was; hearing it is to listen."""

    def __init__(self, number: int, message: Message, key: str | None) -> None:
        self.number = number
        self.message = message
        self.key = key
        self.events: list[Event] = [StartedEvent(number=number, message=message)]
        self.ended = False
        self.failure: CoachError | None = None
        self.turn: Turn | None = None
        self.task: asyncio.Task[None] | None = None
        self._stopped = False
        self._listeners = 0
        self._waiting: set[asyncio.Event] = set()

    def say(self, event: Event) -> None:
        """Let every listener hear an event; those said before a listener comes to hear are heard together."""
        self.events.append(event)
        self._wake()

    def end(self) -> None:
        """Say no more."""
        self.ended = True
        self._wake()

    def _wake(self) -> None:
        for waiting in self._waiting:
            waiting.set()

    async def hear(self, position: Position | None = None, *, grace: float = _GRACE) -> AsyncGenerator[list[Sent]]:
        """Yield what is said from a position on, as much at a time as there is; the last listener to go ends it, unless
        another comes within `grace` seconds."""
        skipped = position.characters if position and position.turn == self.number - 1 else 0
        heard = characters = 0
        woken = asyncio.Event()
        self._waiting.add(woken)
        self._listeners += 1
        try:
            while True:
                woken.clear()
                batch = []
                for event in self.events[heard:]:
                    heard += 1
                    if isinstance(event, TokenEvent):
                        characters += len(event.text)
                        if characters <= skipped:
                            continue
                        rest = event.text[-(characters - skipped) :] if characters - len(event.text) < skipped else ""
                        batch.append(Sent(f"{self.number}.{characters}", TokenEvent(text=rest) if rest else event))
                    elif not (skipped and isinstance(event, StartedEvent)):
                        done = isinstance(event, DoneEvent)
                        batch.append(Sent(f"{self.number}" if done else f"{self.number}.{characters}", event))
                if batch:
                    yield _joined(batch)
                elif self.ended:
                    return
                else:
                    await woken.wait()
        finally:
            self._waiting.discard(woken)
            self._listeners -= 1
            if not self._listeners and not self.ended:
                self._end_unless_heard(grace)

    async def begun(self) -> None:
        """Wait until something is said, for somebody who hears it next, however busy the machine; raise what kept it
        from being said at all."""
        try:
            async with aclosing(self.hear(grace=_UNTIL_HEARD)) as heard:
                async for _ in heard:
                    if len(self.events) > 1:
                        break
        except asyncio.CancelledError:
            self._end_unless_heard(_GRACE)
            raise
        if self.failure is not None and isinstance(self.events[1], ErrorEvent):
            raise self.failure

    async def result(self) -> Turn:
        """Return the turn when it is stored; raise what kept it from being made."""
        async with aclosing(self.hear()) as heard:
            async for _ in heard:
                pass
        if self.failure is not None:
            raise self.failure
        assert self.turn is not None
        return self.turn

    def stop(self) -> None:
        """End the making, once; what was said so far is kept."""
        if self.task is not None and not self._stopped:
            self._stopped = True
            self.task.cancel()

    def _end_unless_heard(self, seconds: float) -> None:
        asyncio.get_running_loop().call_later(seconds, self._end_unheard)

    def _end_unheard(self) -> None:
        if not self._listeners and not self.ended:
            self.stop()


def _joined(batch: list[Sent]) -> list[Sent]:
    """Return a batch with neighbouring pieces of text as one."""
    joined: list[Sent] = []
    for said, group in groupby(batch, key=lambda sent: sent.event.type):
        pieces = list(group)
        if said == "token":
            text = "".join(piece.event.text for piece in pieces if isinstance(piece.event, TokenEvent))
            joined.append(Sent(pieces[-1].id, TokenEvent(text=text)))
        else:
            joined += pieces
    return joined


def told(turn: Turn) -> Running:
    """Return a stored turn as one that has been made."""
    made = Running(turn.number, turn.message, None)
    made.turn = turn
    reply = turn.reply
    stub = Conversation(id="", created_at=turn.created_at, language=turn.language)
    made.events += [
        DoneEvent(turn=turn) if isinstance(event, DoneEvent) else event
        for event in events_of(Step(conversation=stub, turn=turn))
        if not isinstance(event, TokenEvent) or reply.text
    ]
    made.ended = True
    return made
