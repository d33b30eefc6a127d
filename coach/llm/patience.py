"""How long a stream may stay silent: to its first event, between two events, after its end, and over all."""

import asyncio
from collections.abc import Awaitable
from types import TracebackType
from typing import Any, Self, TypeVar

from coach.errors import ModelUnavailable
from coach.llm.address import Timeouts
from coach.llm.deadline import Deadline
from coach.llm.deltas import DeltaReader

_AFTER_FINISH = 2.0
_AFTER_DONE = 0.25
T = TypeVar("T")


class Patience:
    """Waits for one stream: `with patience`, `wait` before each read, `hold` after it.

    Comments that keep a connection alive are no events and do not prolong the wait. One timer serves the whole
    stream, since one per read would cost more than reading.
    """

    def __init__(self, timeouts: Timeouts, deadline: Deadline, reader: DeltaReader) -> None:
        self._timeouts = timeouts
        self._deadline = deadline
        self._reader = reader
        self._loop = asyncio.get_running_loop()
        self._since = self._loop.time()
        self._seen = 0
        self._ending = 0
        self._reading: asyncio.Task[Any] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._cancelling: int | None = None

    def __enter__(self) -> Self:
        self._tick()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._timer is not None:
            self._timer.cancel()

    async def first(self, response: Awaitable[T]) -> T:
        """Wait for what comes before the first event."""
        try:
            async with asyncio.timeout(min(self._timeouts.first, self._deadline.left())):
                return await response
        except TimeoutError as error:
            raise self._late() from error

    def wait(self) -> None:
        """Begin to wait for bytes; raise ModelUnavailable where that has lasted too long already, though bytes came."""
        reader = self._reader
        if reader.events != self._seen:
            if not self._seen:
                self._again(self._timeouts.between)
            self._seen, self._since = reader.events, self._loop.time()
        if reader.finish and self._ending < 1 + reader.done:
            self._ending, self._since = 1 + reader.done, self._loop.time()
            self._again(0)
        now = self._loop.time()
        if not self._ending and now >= self._until(now):
            raise self._late()
        self._reading = asyncio.current_task()

    def hold(self) -> None:
        """Stop waiting: whoever reads the text takes their time."""
        self._reading = None

    def given_up(self) -> None:
        """Take a cancelled read for what it was: one from outside goes on; a late one raises unless all had come."""
        task, self._reading = self._reading, None
        if task is None or self._cancelling is None or task.uncancel() > self._cancelling:
            raise asyncio.CancelledError
        if not self._ending:
            raise self._late()

    def _tick(self) -> None:
        now = self._loop.time()
        until = self._until(now)
        if self._reading is not None and now >= until:
            self._cancelling = self._reading.cancelling()
            self._reading.cancel()
        else:
            self._again(max(until - now, 0.05))

    def _again(self, seconds: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._loop.call_later(seconds, self._tick)

    def _until(self, now: float) -> float:
        if self._ending:
            return self._since + (_AFTER_DONE if self._reader.done else _AFTER_FINISH)
        patience = self._timeouts.between if self._seen else self._timeouts.first
        return min(self._since + patience, now + self._deadline.left())

    def _late(self) -> ModelUnavailable:
        if not self._seen:
            return ModelUnavailable("timeout", "the model did not answer in time")
        if not self._deadline.left():
            return ModelUnavailable("deadline", "the model did not finish in time")
        return ModelUnavailable("stall", "the model stopped in the middle of its answer")
