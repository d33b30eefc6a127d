"""One line of a bench's table."""

from typing import NamedTuple


class Row(NamedTuple):
    """A figure and, where there is one, the bar that it must not exceed."""

    name: str
    value: float
    bar: float | None = None
