"""How long a stream may stay silent: to its first event, between two events, after its end, and over all."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from typing import TypeVar

from coach.errors import ModelUnavailable
from coach.llm.address import Timeouts
from coach.llm.deadline import Deadline
from coach.llm.deltas import DeltaReader

_AFTER_FINISH = 2.0
_AFTER_DONE = 0.25
T = TypeVar("T")


class Patience:
    """Waits for one stream. Comments that keep a connection alive are no events and do not prolong the wait."""

    def __init__(self, timeouts: Timeouts, deadline: Deadline) -> None:
        self._timeouts = timeouts
        self._deadline = deadline
        self._now = asyncio.get_running_loop().time
        self._since = self._now()
        self._seen = 0
        self._ending = False

    async def first(self, response: Awaitable[T]) -> T:
        """Wait for what comes before the first event."""
        try:
            async with asyncio.timeout(min(self._timeouts.first, self._deadline.left())):
                return await response
        except TimeoutError as error:
            raise self._late() from error

    async def next(self, chunks: AsyncIterator[bytes], reader: DeltaReader) -> bytes | None:
        """Return the next bytes, None where there are none left."""
        now = self._now()
        if reader.events != self._seen:
            self._seen, self._since = reader.events, now
        if reader.finish and not self._ending:
            self._ending, self._since = True, now
        if reader.done:
            wait = _AFTER_DONE
        elif self._ending:
            wait = self._since + _AFTER_FINISH - now
        else:
            patience = self._timeouts.between if self._seen else self._timeouts.first
            wait = min(self._since + patience - now, self._deadline.left())
        try:
            if wait <= 0:
                raise TimeoutError
            async with asyncio.timeout(wait):
                return await anext(chunks, None)
        except TimeoutError as error:
            if self._ending:
                return None
            raise self._late() from error

    def _late(self) -> ModelUnavailable:
        if not self._seen:
            return ModelUnavailable("timeout", "the model did not answer in time")
        if not self._deadline.left():
            return ModelUnavailable("deadline", "the model did not finish in time")
        return ModelUnavailable("stall", "the model stopped in the middle of its answer")
