"""A circuit breaker per model and address: after some failures in a row nobody asks it for a while, then one probe."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum

from coach.errors import ModelError, ModelUnavailable

_FAILURES = 5
_PAUSE = 30.0


class State(StrEnum):
    """Whether an address is asked: yes, no, or by one probe."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half-open"


class Breaker:
    """Thread-safe. Opens after `failures` in a row for `pause` seconds; a long Retry-After opens it for as long."""

    def __init__(
        self,
        *,
        failures: int = _FAILURES,
        pause: float = _PAUSE,
        clock: Callable[[], float] = time.monotonic,
        changed: Callable[[State], None] = lambda _: None,
    ) -> None:
        self._most = failures
        self._pause = pause
        self._clock = clock
        self._changed = changed
        self._lock = threading.Lock()
        self._state = State.CLOSED
        self._failed = 0
        self._until = 0.0

    @property
    def state(self) -> State:
        """The state as the last call left it."""
        return self._state

    @contextmanager
    def attempt(self) -> Iterator[Callable[[], None]]:
        """Let one call through and learn from its end; raise ModelUnavailable `circuit-open` where none may pass.

        The call may say early that the address answers. A refusal or a bad answer shows it too; a call that was
        cancelled shows nothing.
        """
        probing = self._enter()
        try:
            yield self._success
        except ModelUnavailable as error:
            self._failure(error.retry_after or 0.0)
            raise
        except ModelError:
            self._success()
            raise
        except BaseException:
            if probing:
                self._give_up_probe()
            raise
        self._success()

    def rest(self, seconds: float) -> None:
        """Ask the address no more for so long: it said so itself."""
        with self._lock:
            self._until = max(self._until, self._clock() + seconds)
            self._set(State.OPEN)

    def _enter(self) -> bool:
        with self._lock:
            if self._state == State.CLOSED:
                return False
            wait = self._until - self._clock()
            if self._state == State.HALF_OPEN or wait > 0:
                detail = "the model's address failed several times in a row and is left alone for a while"
                raise ModelUnavailable("circuit-open", detail, retry_after=max(wait, 0.0))
            self._set(State.HALF_OPEN)
            return True

    def _failure(self, retry_after: float) -> None:
        with self._lock:
            self._failed += 1
            if self._state == State.HALF_OPEN or self._failed >= self._most:
                self._until = max(self._until, self._clock() + max(self._pause, retry_after))
                self._set(State.OPEN)

    def _success(self) -> None:
        with self._lock:
            self._failed = 0
            self._until = 0.0
            self._set(State.CLOSED)

    def _give_up_probe(self) -> None:
        with self._lock:
            if self._state == State.HALF_OPEN:
                self._set(State.OPEN)

    def _set(self, state: State) -> None:
        if state != self._state:
            self._state = state
            self._changed(state)
