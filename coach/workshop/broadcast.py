"""Wakes whoever watches a room: in this process by a pulse, across replicas by PostgreSQL's LISTEN/NOTIFY.

What is told is only that a room grew, never what was said in it; the events themselves come from the store.
"""

import asyncio
import contextlib
import threading
from collections.abc import Callable
from typing import NamedTuple

import psycopg
import structlog

from coach.store.database import Database
from coach.store.workshops import CHANNEL

_LOG = structlog.get_logger("okr-coach")
PING_SECONDS = 15.0
_LOOK_UP = 1.0
_RECONNECT = (0.1, 0.5, 1.0, 2.0, 5.0)


class Pulse:
    """One beat wakes all who wait on any event loop; a beat between `now` and `wait` is not missed.

    Without a beat for `PING_SECONDS` they wake too: that is when a stream shows that it is alive.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._next: dict[asyncio.AbstractEventLoop, _Beat] = {}

    def now(self) -> asyncio.Event:
        """Return what the next beat sets, for the running loop."""
        loop = asyncio.get_running_loop()
        with self._lock:
            beat = self._next.get(loop)
            if beat is None or beat.event.is_set():
                event = asyncio.Event()
                beat = self._next[loop] = _Beat(event, loop.call_later(PING_SECONDS, event.set))
        return beat.event

    def beat(self) -> None:
        """Wake all who wait; callable from any thread."""
        with self._lock:
            waiting, self._next = self._next, {}
        for loop, beat in waiting.items():
            with contextlib.suppress(RuntimeError):  # a loop that is closed has nobody waiting
                loop.call_soon_threadsafe(beat.fire)


class _Beat(NamedTuple):
    event: asyncio.Event
    timer: asyncio.TimerHandle

    def fire(self) -> None:
        self.timer.cancel()
        self.event.set()


class Listener:
    """Hears of rooms that grew on other replicas. `heard` gets a room's id and its number.

    After every (re)connection `caught_up` is called: what was told meanwhile went past.
    """

    def __init__(self, database: Database, *, heard: Callable[[str, int], None], caught_up: Callable[[], None]) -> None:
        self._database = database
        self._heard = heard
        self._caught_up = caught_up
        self._end = threading.Event()
        self._listens = threading.Event()
        self._thread = threading.Thread(target=self._run, name="workshop-listener", daemon=True)

    def start(self) -> None:
        """Begin to listen; return when the first connection listens, or its first attempt failed."""
        self._thread.start()
        self._listens.wait(timeout=10)

    def stop(self) -> None:
        """Stop listening."""
        self._end.set()
        self._thread.join(timeout=5 * _LOOK_UP)

    def _run(self) -> None:
        failures = 0
        while not self._end.is_set():
            try:
                self._listen()
                failures = 0
            except (psycopg.Error, OSError) as error:
                _LOG.warning("workshop-listener", error=type(error).__name__)
                self._listens.set()
                self._end.wait(_RECONNECT[min(failures, len(_RECONNECT) - 1)])
                failures += 1

    def _listen(self) -> None:
        arguments, options = self._database.engine.dialect.create_connect_args(self._database.engine.url)
        with psycopg.connect(*arguments, **options, autocommit=True) as connection:
            connection.execute(f"LISTEN {CHANNEL}")
            self._caught_up()
            self._listens.set()
            while not self._end.is_set():
                for told in connection.notifies(timeout=_LOOK_UP):
                    identifier, _, number = told.payload.partition(" ")
                    self._heard(identifier, int(number))
