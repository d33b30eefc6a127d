"""The one retry owner: what to try after a failure, how long to wait before, and when to give up."""

from typing import Literal

from coach.errors import ModelError, ModelRejected, ModelUnavailable
from coach.llm.deadline import Deadline
from coach.llm.dialect import Dialect, Dialects
from coach.llm.upstream import Upstream

Use = Literal["answer", "bounded", "stream"]
"""A whole answer, one whose schema has bounds, a stream: what worked for one says nothing of another."""

_ATTEMPTS = 3
_FIRST_PAUSE = 0.5
LONGEST_WAIT = 10.0
_FINAL = frozenset({"circuit-open", "deadline", "budget-spent"})
_REFUSALS = frozenset({"http-400", "http-404", "http-422"})
_SERVER_FAULTS = frozenset({"http-500", "http-501"})


class Attempts:
    """The attempts of one request at one address; `dialect` is the one to speak next."""

    def __init__(self, upstream: Upstream, dialects: Dialects, use: Use, deadline: Deadline) -> None:
        self.upstream = upstream
        self.deadline = deadline
        self.dialect = dialects.of(upstream.address)
        self._address = upstream.address
        self._dialects = dialects
        self._use = use
        self._left = _ATTEMPTS
        self._pause = _FIRST_PAUSE
        self._doubted = False

    def pause_after(self, error: ModelError) -> float | None:
        """Return the seconds to wait before the next attempt, None where there is none."""
        simpler = None if self._dialects.settled(self._address, self._use) else self._simpler(error)
        if simpler is not None:
            self.dialect = simpler
        if isinstance(error, ModelRejected):
            return 0.0 if simpler is not None and self.deadline.left() else None
        if not isinstance(error, ModelUnavailable) or error.code in _FINAL:
            return None
        self._left -= 1
        wait = max(error.retry_after or 0.0, self._pause)
        if not self._left or wait > LONGEST_WAIT or wait >= self.deadline.left():
            return None
        self._pause *= 2
        return wait

    def worked(self) -> None:
        """Keep the dialect in which the address answered."""
        self._dialects.settle(self._address, self._use, self.dialect, doubted=self._doubted)

    def ignored_schema(self) -> bool:
        """Whether prose came back where nobody had yet seen the schema work; the next mode names it in the prompt."""
        simpler = self.dialect.simpler("")
        if simpler is None or self._dialects.settled(self._address, self._use):
            return False
        self._dialects.suppose(self._address, simpler)
        return True

    def _simpler(self, error: ModelError) -> Dialect | None:
        if self._use == "stream":
            return self.dialect.simpler_stream() if error.code in _REFUSALS else None
        if error.code not in _REFUSALS | _SERVER_FAULTS:
            return None
        self._doubted |= error.code in _SERVER_FAULTS
        return self.dialect.simpler(str(error.__cause__ or "").lower())
