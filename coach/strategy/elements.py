"""The elements of a frame that drafts can serve, each with its place (JSON pointer) and its parts."""

import re
from collections.abc import Iterator
from typing import Literal

from coach.okr import EconomicDirection, MidtermDirection, Strategy, Strict

Layer = Literal[
    "vision",
    "purpose",
    "economic_logic",
    "north_star_metric",
    "health_metric",
    "field",
    "midterm_health_metric",
    "moal",
    "goal",
]
LAYERS: tuple[Layer, ...] = (
    "purpose",
    "vision",
    "economic_logic",
    "north_star_metric",
    "health_metric",
    "field",
    "midterm_health_metric",
    "moal",
    "goal",
)
_SENTENCE = re.compile(r"(?<=[.!?;])\s+|(?<=:)\s+|,\s+")
_SHORTEST_PART = 13
_MOST_PARTS = 6


class Element(Strict):
    """One element of the frame. `parts`: the wordings that a draft may take up; all stand in the frame."""

    at: str
    layer: Layer
    text: str
    perspective: str | None = None
    parts: tuple[str, ...]


def elements_of(strategy: Strategy) -> tuple[Element, ...]:
    """Return what a draft can serve, from the purpose down to the goals of the scorecard."""
    return tuple(_elements(strategy))


def _elements(strategy: Strategy) -> Iterator[Element]:
    hed, med = strategy.hed or EconomicDirection(), strategy.med or MidtermDirection()
    single: tuple[tuple[str, Layer, str | None], ...] = (
        ("/purpose", "purpose", strategy.purpose),
        ("/vision", "vision", strategy.vision),
        ("/hed/economic_logic", "economic_logic", hed.economic_logic),
        ("/hed/north_star_metric", "north_star_metric", hed.north_star_metric),
        ("/hed/health_metric", "health_metric", hed.health_metric),
        ("/med/field", "field", med.field),
        ("/med/health_metric", "midterm_health_metric", med.health_metric),
    )
    for at, layer, text in single:
        if text and text.strip():
            yield Element(at=at, layer=layer, text=text, parts=(text,))
    if strategy.moal and strategy.moal.strip():
        sentences = [part for part in _SENTENCE.split(strategy.moal) if len(part) >= _SHORTEST_PART]
        parts = (strategy.moal, *sentences[:_MOST_PARTS])
        yield Element(at="/moal", layer="moal", text=strategy.moal, parts=tuple(dict.fromkeys(parts)))
    for index, goal in enumerate(strategy.scorecard):
        yield Element(
            at=f"/scorecard/{index}",
            layer="goal",
            text=goal.goal,
            perspective=goal.perspective,
            parts=(goal.goal, *(kpi for kpi in goal.kpis if kpi.strip())),
        )


class TradeOff(Strict):
    """A decision what is put over what; `first` and `second` are None where it names no two sides."""

    at: str
    text: str
    first: str | None = None
    second: str | None = None


def trade_offs_of(strategy: Strategy, between: re.Pattern[str]) -> tuple[TradeOff, ...]:
    """Return the trade-offs of HED and MED; `between` has groups `first` and `second`."""
    found = []
    for name, texts in (
        ("hed", strategy.hed.trade_offs if strategy.hed else ()),
        ("med", strategy.med.trade_offs if strategy.med else ()),
    ):
        for index, text in enumerate(texts):
            sides = between.search(text)
            found.append(
                TradeOff(
                    at=f"/{name}/trade_offs/{index}",
                    text=text,
                    first=sides["first"].strip() if sides else None,
                    second=sides["second"].strip(" .") if sides else None,
                )
            )
    return tuple(found)
