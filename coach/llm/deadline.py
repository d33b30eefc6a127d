"""How long one request may take, over all its attempts."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass
class Deadline:
    """How long the attempts of one request may take together, in seconds."""

    seconds: float
    clock: Callable[[], float] = time.monotonic
    _start: float = field(init=False)

    def __post_init__(self) -> None:
        self._start = self.clock()

    def left(self) -> float:
        """Return the seconds that are left, 0 at the least."""
        return max(0.0, self.seconds - (self.clock() - self._start))

    def share(self, parts: int) -> "Deadline":
        """Return a deadline for the first of so many parts of what is left."""
        return Deadline(self.left() / parts, self.clock)
