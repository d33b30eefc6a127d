"""How often something may be asked: for guessing codes, floods of commands, and streams that nobody reads."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from math import ceil
from time import time

from fastapi import HTTPException
from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

_RATES: dict[str, RateLimitItem] = {
    "wrong-code": parse("30/minute"),
    "wrong-code-anywhere": parse("300/minute"),
    "join": parse("600/minute"),
    "command": parse("40/10second"),
    "host-command": parse("300/10second"),
    "check": parse("20/10second"),
    "create": parse("30/minute"),
}
_STREAMS = {"participant": 6, "host": 20, "stage": 50}


class Throttle:
    """Counts in this process, by the address, seat or host that asks; raises 429 with `Retry-After`."""

    def __init__(self) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._streams: Counter[tuple[str, str]] = Counter()

    def hit(self, what: str, who: str) -> None:
        """Count one more."""
        if not self._limiter.hit(_RATES[what], what, who):
            self._refuse(what, who)

    def test(self, what: str, who: str) -> None:
        """Refuse where one more would be too many, and count nothing."""
        if not self._limiter.test(_RATES[what], what, who):
            self._refuse(what, who)

    def _refuse(self, what: str, who: str) -> None:
        reset = self._limiter.get_window_stats(_RATES[what], what, who).reset_time
        wait = str(max(1, ceil(reset - time())))
        raise HTTPException(429, "too many requests; wait a moment", headers={"Retry-After": wait})

    def admit_stream(self, role: str, who: str) -> None:
        """Refuse where somebody has too many streams open."""
        if self._streams[role, who] >= _STREAMS[role]:
            raise HTTPException(429, "too many streams are open", headers={"Retry-After": "5"})

    @contextmanager
    def stream(self, role: str, who: str) -> Iterator[None]:
        """Count a stream while it is open."""
        self._streams[role, who] += 1
        try:
            yield
        finally:
            self._streams[role, who] -= 1
            if self._streams[role, who] <= 0:
                del self._streams[role, who]
