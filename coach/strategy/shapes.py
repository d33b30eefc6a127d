"""Pictures as shapes: laid out once, written as SVG or PNG."""

from collections.abc import Iterator
from typing import NamedTuple

Point = tuple[float, float]


class Panel(NamedTuple):
    """A box with round corners; `dashed` where something is missing."""

    x: float
    y: float
    width: float
    height: float
    fill: str
    edge: str
    dashed: bool = False


class Stroke(NamedTuple):
    """A line through points."""

    points: tuple[Point, ...]
    colour: str


class Area(NamedTuple):
    """A closed shape; `opacity` of its filling (0: none)."""

    points: tuple[Point, ...]
    fill: str
    edge: str
    opacity: float = 0.0


class Dot(NamedTuple):
    """A mark."""

    x: float
    y: float
    fill: str
    edge: str


class Words(NamedTuple):
    """A line of text; `y` is its base line. `anchor`: which end of it `x` is."""

    x: float
    y: float
    text: str
    size: float
    colour: str
    bold: bool = False
    anchor: str = "start"


Shape = Panel | Stroke | Area | Dot | Words


class Picture(NamedTuple):
    """Shapes on a white ground. `cuts`: heights at which it may be cut, so that no text is cut through."""

    width: float
    height: float
    title: str
    shapes: tuple[Shape, ...]
    cuts: tuple[float, ...] = ()

    def sheets(self, tallest: float) -> Iterator[tuple[float, float]]:
        """Yield where each sheet of at most `tallest` begins and ends, cut where nothing is cut through."""
        begin = 0.0
        ends = [*(cut for cut in self.cuts if cut < self.height), self.height]
        for at, end in enumerate(ends):
            following = ends[at + 1] if at + 1 < len(ends) else None
            if following is None or following - begin > tallest:
                yield begin, end
                begin = end
