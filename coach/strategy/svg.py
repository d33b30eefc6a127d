"""Pictures as SVG: no script, no style sheet, every text escaped. They stand in a page with a strict policy, in a file,
and on paper.
"""

from collections.abc import Iterator
from xml.sax.saxutils import escape, quoteattr

from coach.strategy.shapes import Area, Dot, Panel, Picture, Shape, Stroke, Words

_FONT = "DejaVu Sans, Helvetica, Arial, sans-serif"
_SHEET = 1.36
"""Height of a sheet by its width: A4 within its margins."""


def as_svg(picture: Picture) -> str:
    """Return a picture in one piece."""
    return _window(picture, 0, picture.height)


def as_sheets(picture: Picture) -> str:
    """Return a picture as SVG one below the other, each of which fits a sheet of paper."""
    return "".join(_window(picture, begin, end) for begin, end in picture.sheets(picture.width * _SHEET))


def _window(picture: Picture, begin: float, end: float) -> str:
    inner = "\n".join(_drawn(shape) for shape in _within(picture.shapes, begin, end))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 {begin:g} {picture.width:g} {end - begin:g}" '
        f'width="{picture.width:g}" height="{end - begin:g}" role="img" '
        f"aria-label={quoteattr(_printable(picture.title))}>\n"
        f'<rect y="{begin:g}" width="100%" height="100%" fill="#ffffff"/>\n{inner}\n</svg>\n'
    )


def _within(shapes: tuple[Shape, ...], begin: float, end: float) -> Iterator[Shape]:
    """Yield the shapes that are seen between two heights."""
    for shape in shapes:
        heights = [y for _, y in shape.points] if isinstance(shape, Stroke | Area) else [shape.y]
        low, high = min(heights), max(heights) + (shape.height if isinstance(shape, Panel) else 0)
        if high > begin and low < end:
            yield shape


def _drawn(shape: Shape) -> str:
    match shape:
        case Panel(x, y, width, height, fill, edge, dashed):
            dash = ' stroke-dasharray="5 4" stroke-width="1.5"' if dashed else ""
            return (
                f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" rx="5" '
                f'fill="{fill}" stroke="{edge}"{dash}/>'
            )
        case Stroke(points, colour):
            path = "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
            return f'<path d="M{path}" fill="none" stroke="{colour}"/>'
        case Area(points, fill, edge, opacity):
            corners = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
            return f'<polygon points="{corners}" fill="{fill}" fill-opacity="{opacity:g}" stroke="{edge}"/>'
        case Dot(x, y, fill, edge):
            return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{fill}" stroke="{edge}"/>'
        case Words(x, y, text, size, colour, bold, anchor):
            weight = "bold" if bold else "normal"
            return (
                f'<text x="{x:.1f}" y="{y:.1f}" font-family={quoteattr(_FONT)} font-size="{size:g}" '
                f'font-weight="{weight}" fill="{colour}" text-anchor="{anchor}">{escape(_printable(text))}</text>'
            )


def _printable(text: str) -> str:
    """Return a text without what XML cannot hold."""
    return "".join(letter for letter in text if letter.isprintable())
