"""Whether a confidence of 0.8 is right in 8 of 10 cases."""

from collections.abc import Sequence
from typing import NamedTuple

BINS = 10


class Bin(NamedTuple):
    """A tenth of the confidence scale: mean confidence, share that was right, and how many texts."""

    confidence: float
    right: float
    texts: int


def bins(confidences: Sequence[float], right: Sequence[bool]) -> list[Bin]:
    """Return the bins that hold any text, from low to high confidence."""
    found = []
    for number in range(BINS):
        inside = [
            (confidence, hit)
            for confidence, hit in zip(confidences, right, strict=True)
            if min(int(confidence * BINS), BINS - 1) == number
        ]
        if inside:
            size = len(inside)
            found.append(Bin(sum(c for c, _ in inside) / size, sum(h for _, h in inside) / size, size))
    return found


def expected_calibration_error(confidences: Sequence[float], right: Sequence[bool]) -> float:
    """Return the mean gap between confidence and share of right answers (0–1; Naeini et al. 2015)."""
    size = len(confidences)
    return sum(bin.texts * abs(bin.confidence - bin.right) for bin in bins(confidences, right)) / size if size else 0.0


def reliability_plot(groups: dict[str, list[Bin]]) -> str:
    """Return an SVG: per group a line of share right over confidence; the diagonal is perfect calibration."""
    colours = ("#1f6f8b", "#c8553d", "#588157", "#6d597a")
    side, edge = 320, 40

    def at(value: float, *, up: bool) -> float:
        return round(edge + (side * (1 - value) if up else side * value), 1)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side + 2 * edge + 120} {side + 2 * edge}" '
        'font-family="sans-serif" font-size="12"><title>Share right over confidence</title>',
        f'<rect x="{edge}" y="{edge}" width="{side}" height="{side}" fill="none" stroke="#888"/>',
        f'<line x1="{at(0, up=False)}" y1="{at(0, up=True)}" x2="{at(1, up=False)}" y2="{at(1, up=True)}" '
        'stroke="#bbb" stroke-dasharray="4"/>',
    ]
    for tick in (0, 0.5, 1):
        parts.append(f'<text x="{at(tick, up=False)}" y="{edge + side + 16}" text-anchor="middle">{tick}</text>')
        parts.append(f'<text x="{edge - 8}" y="{at(tick, up=True) + 4}" text-anchor="end">{tick}</text>')
    for index, (name, found) in enumerate(groups.items()):
        colour = colours[index % len(colours)]
        points = " ".join(f"{at(b.confidence, up=False)},{at(b.right, up=True)}" for b in found)
        parts.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [
            f'<circle cx="{at(b.confidence, up=False)}" cy="{at(b.right, up=True)}" r="{2 + min(b.texts, 400) ** 0.5 / 4:.1f}" '
            f'fill="{colour}"><title>{b.texts} texts</title></circle>'
            for b in found
        ]
        parts.append(f'<text x="{edge + side + 12}" y="{edge + 16 + 18 * index}" fill="{colour}">{name}</text>')
    return "\n".join([*parts, "</svg>"]) + "\n"
