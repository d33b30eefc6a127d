"""A room that somebody in this process watches or writes to: its state, its events as they are sent, its pulse."""

import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, NamedTuple

from coach.store.workshops import StoredWorkshop
from coach.workshop import events as happened
from coach.workshop.broadcast import Pulse
from coach.workshop.room import Room
from coach.workshop.seen import Place, event_seen, room_view
from coach.workshop.views import RoomView


class Frame(NamedTuple):
    """One event as server-sent event, for hosts and for everybody else."""

    host: bytes
    public: bytes


class OpenRoom:
    """Grows by events in order; reads may come from any thread, `grow` from one at a time."""

    def __init__(self, stored: StoredWorkshop, events: Sequence[happened.AnyEvent] = ()) -> None:
        self.stored = stored
        self.pulse = Pulse()
        self.gone = False
        self.watchers = 0
        self.room = Room()
        self.frames: list[Frame] = []
        self._lock = threading.Lock()
        self._views: dict[bool, RoomView] = {}
        self.grow(0, events)

    @property
    def place(self) -> Place:
        """Where the room is found and until when."""
        return Place(self.stored.id, self.stored.code, self.stored.expires_at)

    @property
    def number(self) -> int:
        """The number of the newest event whose frames are there."""
        return len(self.frames)

    def grow(self, number: int, events: Sequence[happened.AnyEvent]) -> None:
        """Take the events after a number; those that are known already are passed over, a gap is refused."""
        with self._lock:
            if number > self.number:
                raise ValueError(f"event {number + 1} after {self.number}")
            new = events[self.number - number :]
            room, frames = self.room, []
            for event in new:
                room = room.after(event)
                frames.append(_frame(event, room))
            self.room = room
            self.frames.extend(frames)
        if new:
            self.pulse.beat()

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Count somebody who watches: a watched room stays open."""
        with self._lock:
            self.watchers += 1
        try:
            yield
        finally:
            with self._lock:
                self.watchers -= 1

    def end(self) -> None:
        """Tell all who watch that the room is gone."""
        self.gone = True
        self.pulse.beat()

    def sent_between(self, after: int, number: int, *, host: bool) -> bytes:
        """Return the events after one number up to another as server-sent events."""
        return b"".join(frame.host if host else frame.public for frame in self.frames[after:number])

    def view(self, now: datetime, *, host: bool) -> RoomView:
        """Return the room as hosts or as everybody sees it; made once per number."""
        room, known = self.room, self._views.get(host)
        if known is None or known.number != room.number:
            known = room_view(room, self.place, now, host=host)
            self._views[host] = known
        return known.model_copy(update={"now": now})


def _frame(event: happened.AnyEvent, room: Room) -> Frame:
    everything, public = (event_seen(event, room, host=host) for host in (True, False))
    return Frame(_sent(event.type, room.number, everything), _sent(event.type, room.number, public))


def _sent(type_: str, number: int, content: dict[str, Any]) -> bytes:
    body = json.dumps({"number": number, "type": type_, **content}, ensure_ascii=False, separators=(",", ":"))
    return f"id: {number}\nevent: {type_}\ndata: {body}\n\n".encode()
