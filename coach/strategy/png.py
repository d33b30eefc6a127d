"""Pictures as PNG, in the density of print."""

import io
from pathlib import Path
from typing import TYPE_CHECKING

from coach.errors import InputError, Problem
from coach.formats.pen import drawable, pen
from coach.strategy.shapes import Area, Dot, Panel, Picture, Shape, Stroke, Words

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_SCALE = 2.5
_TALLEST = 20_000
_POINTS = 72.0
_ANCHORS = {"start": "left", "middle": "center", "end": "right"}


def as_png(picture: Picture, cache: Path) -> bytes:
    """Return a picture as PNG; raise InputError where it is too tall to be read in one piece."""
    scale = min(_SCALE, _TALLEST / picture.height)
    if scale < 1:
        raise InputError([Problem("", "the map is too tall for a PNG; take the SVG", "too-tall")])
    with pen(cache):
        return _drawn(picture, scale)


def _drawn(picture: Picture, scale: float) -> bytes:
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415 - heavy
    from matplotlib.figure import Figure  # noqa: PLC0415

    figure = Figure(figsize=(picture.width / _POINTS, picture.height / _POINTS), facecolor="white")
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_axis_off()
    axes.set_xlim(0, picture.width)
    axes.set_ylim(picture.height, 0)
    for order, shape in enumerate(picture.shapes):
        _put(shape, axes, order)
    file = io.BytesIO()
    figure.savefig(file, format="png", dpi=_POINTS * scale, metadata={"Software": None})
    return file.getvalue()


def _put(shape: Shape, axes: "Axes", order: int) -> None:
    """Draw a shape above those before it; a unit of the picture is a point."""
    from matplotlib.patches import Circle, FancyBboxPatch, Polygon  # noqa: PLC0415 - heavy

    match shape:
        case Panel(x, y, width, height, fill, edge, dashed):
            line = (0, (4, 3)) if dashed else "solid"
            box = FancyBboxPatch(
                (x, y), width, height, "round,pad=0,rounding_size=5", fc=fill, ec=edge, ls=line, lw=1 + dashed * 0.5
            )
            axes.add_patch(box).set_zorder(order)
        case Stroke(points, colour):
            axes.plot(*zip(*points, strict=True), color=colour, lw=1, zorder=order)
        case Area(points, fill, edge, opacity):
            if opacity:
                axes.add_patch(Polygon(points, fc=fill, ec="none", alpha=opacity, zorder=order))
            axes.add_patch(Polygon(points, fc="none", ec=edge, lw=1, zorder=order))
        case Dot(x, y, fill, edge):
            axes.add_patch(Circle((x, y), 4, fc=fill, ec=edge, zorder=order))
        case Words(x, y, text, size, colour, bold, anchor):
            axes.text(
                x,
                y,
                drawable(text),
                fontsize=size,
                fontweight="bold" if bold else "normal",
                color=colour,
                ha=_ANCHORS[anchor],
                va="baseline",
                parse_math=False,
                zorder=order,
            )
