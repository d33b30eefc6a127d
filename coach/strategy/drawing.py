"""What is drawn: the traceability map and the radar of the self-check, laid out as shapes."""

import math
import textwrap
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from coach.strategy.map import Node, StrategyMap
from coach.strategy.shapes import Area, Dot, Panel, Picture, Point, Shape, Stroke, Words
from coach.strategy.words import say

_WIDTH = 860
_MARGIN = 12
_INDENT = 26
_LINE = 17
_PADDING = 8
_GAP = 10
_HEAD = 44
_LETTER = 7.6
_NARROWEST = 24
_INK, _QUIET, _PAPER, _RULE, _GRID = "#24272c", "#5a5d63", "#ffffff", "#8a8676", "#d9d5c7"
_CALM, _ALARM = "#0b5a61", "#97281f"


class _Look(NamedTuple):
    fill: str
    edge: str
    dashed: bool


_LOOKS = {
    "element": _Look("#eaf2f2", _CALM, False),
    "gap": _Look(_PAPER, _ALARM, True),
    "objective": _Look("#fbe7a6", "#7a5200", False),
    "key_result": _Look(_PAPER, "#7a5200", False),
    "unlinked": _Look("#f9e4e1", _ALARM, True),
}


class _Box(NamedTuple):
    node: Node
    depth: int
    lines: list[str]
    top: float
    height: float

    @property
    def left(self) -> float:
        return _MARGIN + self.depth * _INDENT


def draw_map(picture: StrategyMap) -> Picture:
    """Return the map: a box a node, further in the further down; what is missing is dashed, red and said in words."""
    title = picture.frame.text or picture.frame.label
    heading = textwrap.wrap(title, int((_WIDTH - 2 * _MARGIN) / (_LETTER * 1.4))) or [title]
    boxes: list[_Box] = []
    top = float(_HEAD + (len(heading) - 1) * 22)
    for root in (picture.frame, picture.unlinked):
        for depth, node in root.walk() if root else ():
            box = _box(node, depth, top, picture)
            boxes.append(box)
            top += box.height + _GAP
    shapes: list[Shape] = [Words(_MARGIN, 26 + at * 22, line, 17, _INK, bold=True) for at, line in enumerate(heading)]
    shapes += _branches(boxes)
    for box in boxes:
        shapes += _drawn(box)
    return Picture(_WIDTH, top + 4, title, tuple(shapes), tuple(box.top - _GAP / 2 for box in boxes[1:]))


def _box(node: Node, depth: int, top: float, picture: StrategyMap) -> _Box:
    room = max(_NARROWEST, int((_WIDTH - depth * _INDENT - 3 * _MARGIN) / _LETTER))
    strength = None if node.strength is None else round(node.strength * 100)
    marks = [say(picture.language, "map.strength", percent=strength)] if strength is not None else []
    marks += [node.missing] if node.missing else []
    lines = [" · ".join((node.label, *marks)), *textwrap.wrap(node.text, room)]
    if node.also:
        lines += textwrap.wrap("→ " + ", ".join(node.also), room)
    return _Box(node, depth, lines, top, len(lines) * _LINE + 2 * _PADDING)


def _branches(boxes: Sequence[_Box]) -> Iterator[Stroke]:
    """Yield the line from the node above each box: down its left side, then to the right."""
    above: list[_Box] = []
    for box in boxes:
        del above[box.depth :]
        if above:
            x, y = above[-1].left + 10, box.top + box.height / 2
            yield Stroke(((x, above[-1].top + above[-1].height), (x, y), (box.left, y)), _RULE)
        above.append(box)


def _drawn(box: _Box) -> Iterator[Shape]:
    look = _LOOKS[box.node.kind]
    loose = not box.node.served
    yield Panel(
        box.left,
        box.top,
        _WIDTH - box.left - _MARGIN,
        box.height,
        look.fill,
        _ALARM if loose else look.edge,
        dashed=loose or look.dashed,
    )
    for number, line in enumerate(box.lines):
        y = box.top + _PADDING + (number + 0.75) * _LINE
        quiet = number == 0 or line.startswith("→ ")
        colour = _ALARM if number == 0 and loose else _QUIET if quiet else _INK
        yield Words(box.left + 10, y, line, 12 if quiet else 13.5, colour)


class Spoke(NamedTuple):
    """A spoke of the radar: its name and its level (1–5), None where nothing is known."""

    name: str
    level: int | None


def draw_radar(spokes: Sequence[Spoke], *, title: str) -> Picture:
    """Return a radar: 5 rings; what is not known has an open mark in the middle."""
    width, height, radius = 960.0, 540.0, 200.0
    cx, cy = width / 2, height / 2 + 10
    count = len(spokes)
    shapes: list[Shape] = [Words(_MARGIN, 26, title, 17, _INK, bold=True)]
    for ring in range(1, 6):
        corners = tuple(_at(cx, cy, radius * ring / 5, at, count) for at in range(count))
        shapes.append(Area(corners, _PAPER, _GRID))
    marks = [_at(cx, cy, radius * (spoke.level or 0) / 5, at, count) for at, spoke in enumerate(spokes)]
    for at, spoke in enumerate(spokes):
        shapes.append(Stroke(((cx, cy), _at(cx, cy, radius, at, count)), _GRID))
        x, y = _at(cx, cy, radius + 18, at, count)
        anchor = "middle" if abs(x - cx) < 20 else "start" if x > cx else "end"
        level = "–" if spoke.level is None else str(spoke.level)
        shapes.append(Words(x, y + 4, f"{spoke.name}: {level}", 12.5, _INK, anchor=anchor))
    shapes.append(Area(tuple(marks), _CALM, _CALM, opacity=0.2))
    for (x, y), spoke in zip(marks, spokes, strict=True):
        colour = _ALARM if spoke.level is not None and spoke.level <= 2 else _CALM
        shapes.append(Dot(x, y, _PAPER if spoke.level is None else colour, colour))
    return Picture(width, height, title, tuple(shapes))


def _at(cx: float, cy: float, radius: float, at: int, of: int) -> Point:
    angle = 2 * math.pi * at / max(1, of) - math.pi / 2
    return cx + radius * math.cos(angle), cy + radius * math.sin(angle)
