"""Pictures as SVG, drawn by own code: the traceability map and the radar of the self-check. No script, no style sheet:
they stand in a page with a strict policy, in a file, and on paper.
"""

import math
import textwrap
from collections.abc import Sequence
from typing import NamedTuple
from xml.sax.saxutils import escape, quoteattr

from coach.strategy.map import Node, StrategyMap

_WIDTH = 960
_INDENT = 26
_LINE = 17
_PADDING = 8
_GAP = 10
_LETTER = 7.1
_FONT = "DejaVu Sans, Helvetica, Arial, sans-serif"
_INK, _QUIET, _PAPER, _RULE = "#24272c", "#5a5d63", "#ffffff", "#8a8676"


class _Look(NamedTuple):
    fill: str
    edge: str
    dash: str


_LOOKS = {
    "element": _Look("#eaf2f2", "#0b5a61", ""),
    "gap": _Look("#ffffff", "#97281f", "5 4"),
    "objective": _Look("#fbe7a6", "#7a5200", ""),
    "key_result": _Look("#ffffff", "#7a5200", ""),
    "unlinked": _Look("#f9e4e1", "#97281f", "5 4"),
}


class _Box(NamedTuple):
    node: Node
    depth: int
    lines: list[str]
    top: float
    height: float


def draw_map(picture: StrategyMap, *, title: str) -> str:
    """Return the map as SVG: one box a node, further in the further down, gaps and loose ends dashed and in red."""
    boxes: list[_Box] = []
    top = 44.0
    for root in (picture.frame, picture.unlinked):
        for depth, node in root.walk() if root else ():
            box = _box(node, depth, top)
            boxes.append(box)
            top += box.height + _GAP
    parts = [_text(12, 26, title, size=17, weight="bold")]
    parts += [line for at in range(len(boxes)) if (line := _branch(boxes, at))]
    for box in boxes:
        parts += _drawn(box)
    return _svg(_WIDTH, top + 4, parts, title)


def _box(node: Node, depth: int, top: float) -> _Box:
    room = int((_WIDTH - depth * _INDENT - 40) / _LETTER)
    head = node.label + (f" · {round(node.strength * 100)} %" if node.strength is not None else "")
    lines = [head, *textwrap.wrap(node.text, max(24, room))]
    if node.also:
        lines += textwrap.wrap("→ " + ", ".join(node.also), max(24, room))
    return _Box(node, depth, lines, top, len(lines) * _LINE + 2 * _PADDING)


def _branch(boxes: Sequence[_Box], at: int) -> str:
    """Return the line from the node above: down its left side, then to the right."""
    box = boxes[at]
    above = next((other for other in reversed(boxes[:at]) if other.depth < box.depth), None)
    if box.depth == 0 or above is None:
        return ""
    x = 12 + above.depth * _INDENT + 10
    y = box.top + box.height / 2
    path = f"M{x:g} {above.top + above.height:g}V{y:g}H{12 + box.depth * _INDENT:g}"
    return f'<path d="{path}" fill="none" stroke="{_RULE}" stroke-width="1"/>'


def _drawn(box: _Box) -> list[str]:
    look = _LOOKS[box.node.kind]
    loose = not box.node.served and box.node.kind in {"element", "objective", "key_result"}
    dash = look.dash or ("5 4" if loose else "")
    edge = "#97281f" if loose else look.edge
    x = 12 + box.depth * _INDENT
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    parts = [
        f'<rect x="{x:g}" y="{box.top:g}" width="{_WIDTH - x - 12:g}" height="{box.height:g}" rx="5" '
        f'fill="{look.fill}" stroke="{edge}"{dashed}/>'
    ]
    for number, line in enumerate(box.lines):
        y = box.top + _PADDING + (number + 0.75) * _LINE
        quiet = number == 0 or line.startswith("→ ")
        parts.append(_text(x + 10, y, line, size=12 if quiet else 13.5, colour=_QUIET if quiet else _INK))
    return parts


class Spoke(NamedTuple):
    """A spoke of the radar: its name and its level (1–5), None where nothing is known."""

    name: str
    level: int | None


def draw_radar(spokes: Sequence[Spoke], *, title: str) -> str:
    """Return a radar as SVG: 5 rings; what is not known has an open mark in the middle."""
    width, height, radius = 960.0, 540.0, 200.0
    cx, cy = width / 2, height / 2 + 10
    parts = [_text(12, 26, title, size=17, weight="bold")]
    for ring in range(1, 6):
        corners = [_at(cx, cy, radius * ring / 5, at, len(spokes)) for at in range(len(spokes))]
        parts.append(_polygon(corners, fill="none", edge="#d9d5c7"))
    marks = []
    for at, spoke in enumerate(spokes):
        x, y = _at(cx, cy, radius, at, len(spokes))
        parts.append(f'<path d="M{cx:.1f} {cy:.1f}L{x:.1f} {y:.1f}" stroke="#d9d5c7"/>')
        px, py = _at(cx, cy, radius * (spoke.level or 0) / 5, at, len(spokes))
        marks.append((px, py))
        lx, ly = _at(cx, cy, radius + 18, at, len(spokes))
        anchor = "middle" if abs(lx - cx) < 20 else "start" if lx > cx else "end"
        level = "–" if spoke.level is None else str(spoke.level)
        parts.append(_text(lx, ly + 4, f"{spoke.name}: {level}", size=12.5, anchor=anchor))
    parts.append(_polygon(marks, fill="#0b5a6133", edge="#0b5a61"))
    for (x, y), spoke in zip(marks, spokes, strict=True):
        colour = "#97281f" if spoke.level is not None and spoke.level <= 2 else "#0b5a61"
        fill = _PAPER if spoke.level is None else colour
        parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{fill}" stroke="{colour}"/>')
    return _svg(width, height, parts, title)


def _at(cx: float, cy: float, radius: float, at: int, of: int) -> tuple[float, float]:
    angle = 2 * math.pi * at / max(1, of) - math.pi / 2
    return cx + radius * math.cos(angle), cy + radius * math.sin(angle)


def _polygon(corners: Sequence[tuple[float, float]], *, fill: str, edge: str) -> str:
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in corners)
    colour, opacity = (fill[:7], ' fill-opacity="0.2"') if len(fill) > 7 else (fill, "")
    return f'<polygon points="{points}" fill="{colour}"{opacity} stroke="{edge}"/>'


def _text(
    x: float, y: float, text: str, *, size: float, colour: str = _INK, weight: str = "normal", anchor: str = "start"
) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-family={quoteattr(_FONT)} font-size="{size:g}" font-weight="{weight}" '
        f'fill="{colour}" text-anchor="{anchor}">{escape(_printable(text))}</text>'
    )


def _printable(text: str) -> str:
    """Return a text without what XML cannot hold."""
    return "".join(letter for letter in text if letter.isprintable())


def _svg(width: float, height: float, parts: Sequence[str], title: str) -> str:
    inner = "\n".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" width="{width:g}" '
        f'height="{height:g}" role="img" aria-label={quoteattr(_printable(title))}>\n'
        f'<rect width="100%" height="100%" fill="{_PAPER}"/>\n{inner}\n</svg>\n'
    )
