"""The rooms that are in memory: opened from the store by code, kept up to date with what other replicas tell."""

import asyncio
import threading
from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime

from coach.errors import NotFound
from coach.store import WorkshopStore
from coach.store.workshops import GONE
from coach.workshop import events as happened
from coach.workshop.anonymity import code_as_typed
from coach.workshop.open_room import OpenRoom

MOST_OPEN = 256


class Rooms:
    """Rooms by their codes, as typed by anybody; `opened` hears of each that was read from the store. Thread-safe."""

    def __init__(
        self, store: WorkshopStore, *, clock: Callable[[], datetime], opened: Callable[[OpenRoom], None]
    ) -> None:
        self._store = store
        self._clock = clock
        self._opened = opened
        self._lock = threading.Lock()
        self._open: OrderedDict[str, OpenRoom] = OrderedDict()

    def known(self, code: str) -> OpenRoom | None:
        """Return a room that is in memory, so that nothing about it waits for the store."""
        plain = code_as_typed(code)
        with self._lock:
            known = self._open.get(plain)
            if known is None or known.stored.expires_at <= self._clock():
                return None
            self._open.move_to_end(plain)
            return known

    def room(self, code: str) -> OpenRoom:
        """Return the open room with a code, opened now if need be; NotFound for every code that leads nowhere."""
        if (known := self.known(code)) is not None:
            return known
        plain = code_as_typed(code)
        try:
            stored = self._store.find(plain)
        except NotFound as error:
            raise NotFound("workshop", code[:40]) from error
        events = [happened.EVENTS.validate_json(event) for event in self._store.since(stored, 0)]
        fresh = OpenRoom(stored, events)
        with self._lock:
            room = self._open.setdefault(plain, fresh)
            for unwatched in [key for key, each in self._open.items() if not each.watchers][:-MOST_OPEN]:
                del self._open[unwatched]
        if room is fresh:
            self.heard(stored.id, len(events) + 1)  # what came between reading and listening
            self._opened(room)
        return room

    async def entered(self, code: str) -> OpenRoom:
        """Return the open room with a code without holding up the event loop."""
        known = self.known(code)
        return await asyncio.to_thread(self.room, code) if known is None else known

    def heard(self, identifier: str, number: int) -> None:
        """Bring an open room up to date that grew elsewhere, or end it."""
        with self._lock:
            room = next((each for each in self._open.values() if each.stored.id == identifier), None)
            if room is not None and number == GONE:
                del self._open[room.stored.code]
        if room is None:
            return
        if number == GONE:
            room.end()
        elif number > room.number:
            known = room.number
            events = [happened.EVENTS.validate_json(event) for event in self._store.since(room.stored, known)]
            room.grow(known, events)

    def catch_up(self) -> None:
        """Bring every open room up to date: what was told meanwhile was not heard."""
        with self._lock:
            rooms = [room.stored.id for room in self._open.values()]
        for identifier in rooms:
            self.heard(identifier, 1 << 62)

    def end(self) -> None:
        """End every watch."""
        with self._lock:
            rooms = list(self._open.values())
        for room in rooms:
            room.end()
