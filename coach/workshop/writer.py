"""Takes commands one after another: decides, stores, then shows. What waits for a room is stored in one transaction."""

import queue
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from datetime import datetime
from time import monotonic
from typing import NamedTuple

import structlog

from coach.errors import CoachError
from coach.store.workshops import WorkshopStore
from coach.workshop import events as happened
from coach.workshop.anonymity import Actor, CoachActor
from coach.workshop.commands import Command
from coach.workshop.decide import decide
from coach.workshop.open_room import OpenRoom
from coach.workshop.room import room_after

MOST_AT_ONCE = 256
_LOG = structlog.get_logger("okr-coach")


class Outcome(NamedTuple):
    """What a command did: its events, and the number of the last event before them."""

    number: int
    events: tuple[happened.AnyEvent, ...]


class Ask(NamedTuple):
    """A command on its way to a room."""

    room: OpenRoom
    actor: Actor
    command: Command
    outcome: "Future[Outcome]"


class Writer:
    """One thread writes for all rooms of a process; `written` hears of each room's new events."""

    def __init__(
        self,
        store: WorkshopStore,
        *,
        clock: Callable[[], datetime],
        written: Callable[[OpenRoom, Sequence[happened.AnyEvent]], None],
    ) -> None:
        self._store = store
        self._clock = clock
        self._written = written
        self._asked: queue.SimpleQueue[Ask | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._last = 0.0

    @property
    def quiet_for(self) -> float:
        """Seconds since somebody last asked or was shown something."""
        return monotonic() - self._last

    def stir(self) -> None:
        """Note that somebody asks or is shown something right now."""
        self._last = monotonic()

    def ask(self, room: OpenRoom, actor: Actor, command: Command) -> "Future[Outcome]":
        """Return what will hold the outcome once it is stored, or the refusal."""
        ask = Ask(room, actor, command, Future())
        if not isinstance(actor, CoachActor):
            self.stir()
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="workshop-writer", daemon=True)
                self._thread.start()
            self._asked.put(ask)
        return ask.outcome

    def stop(self) -> None:
        """Write what waits, then end."""
        with self._lock:
            thread, self._thread = self._thread, None
        if thread is not None:
            self._asked.put(None)
            thread.join(timeout=30)

    def _run(self) -> None:
        while (first := self._asked.get()) is not None:
            asks, ended = [first], False
            while len(asks) < MOST_AT_ONCE and not self._asked.empty():
                if (another := self._asked.get()) is None:
                    ended = True
                    break
                asks.append(another)
            by_room: dict[OpenRoom, list[Ask]] = {}
            for ask in asks:
                by_room.setdefault(ask.room, []).append(ask)
            for room, waiting in by_room.items():
                self._take(room, waiting)
            if ended:
                return

    def _take(self, room: OpenRoom, asks: Sequence[Ask]) -> None:
        try:
            self._write(room, asks)
        except Exception as error:  # whoever asked is told; the thread goes on
            if not isinstance(error, CoachError):
                _LOG.error("workshop-writer", error=type(error).__name__)
            for ask in asks:
                if not ask.outcome.done():
                    ask.outcome.set_exception(error)

    def _write(self, open_room: OpenRoom, asks: Sequence[Ask]) -> None:
        """Decide and store in one transaction; who asked hears of it after the commit, and of refusals too."""
        asks = [ask for ask in asks if ask.outcome.set_running_or_notify_cancel()]
        answers: list[Outcome | Exception] = []
        before = open_room.room
        with self._store.writing(open_room.stored) as writing:
            new = [happened.EVENTS.validate_json(event) for event in writing.since(before.number)]
            room = room_after(new, before)
            written: list[happened.AnyEvent] = []
            at = self._clock()
            for ask in asks:
                try:
                    events = decide(room, ask.actor, ask.command, at)
                except CoachError as refusal:
                    answers.append(refusal)
                    continue
                answers.append(Outcome(room.number, events))
                room = room_after(events, room)
                written.extend(events)
            writing.append([event.model_dump_json() for event in written])
        open_room.grow(before.number, [*new, *written])
        for ask, answer in zip(asks, answers, strict=True):
            if isinstance(answer, Exception):
                ask.outcome.set_exception(answer)
            else:
                ask.outcome.set_result(answer)
        self._written(open_room, written)
