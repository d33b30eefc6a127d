"""The heatmap on one page, as SVG (text as outlines, so that nothing in it is ever read as markup) or PNG."""

import io
from collections.abc import Callable
from pathlib import Path

from coach.formats.pen import drawable, pen
from coach.language import Language
from coach.workshop.result import Result
from coach.workshop.words import share, word

_LONGEST = 46
_PALEST_TOP = 6


def drawn(result: Result, *, name_of: Callable[[str], str], language: Language, kind: str, cache: Path) -> bytes:
    """Return the picture as `svg` or `png`; matplotlib keeps its list of fonts in `cache`."""
    with pen(cache):
        return _draw(result, name_of, language, kind)


def _draw(result: Result, name_of: Callable[[str], str], language: Language, kind: str) -> bytes:
    import matplotlib as mpl  # noqa: PLC0415 - heavy
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415
    from matplotlib.figure import Figure  # noqa: PLC0415

    columns = result.heatmap.columns
    patterns = sorted({slug for column in columns for slug in column.patterns}, key=name_of)
    counts = [[column.patterns.get(slug, 0) for column in columns] for slug in patterns]
    figure = Figure(figsize=(5 + 0.9 * len(columns), 2.2 + 0.38 * max(1, len(patterns))), layout="constrained")
    FigureCanvasAgg(figure)
    figure.suptitle(_drawable(result.title), x=0.02, ha="left", fontsize=14, parse_math=False)
    axes = figure.add_subplot()
    shares = {"before": result.heatmap.outcomes_before, "now": result.heatmap.outcomes_now}
    below = word(language, "outcomes", **{key: share(language, value) for key, value in shares.items()})
    axes.set_title(word(language, "heatmap"), loc="left", fontsize=11, parse_math=False)
    axes.set_xlabel(below, loc="left", labelpad=10, parse_math=False)
    if not counts:
        axes.text(0.5, 0.5, word(language, "no-patterns"), ha="center", va="center")
        axes.set_xticks([])
        axes.set_yticks([])
    else:
        highest = max(map(max, counts))
        axes.pcolormesh(
            counts, cmap="Oranges", vmin=0, vmax=max(_PALEST_TOP, highest * 1.5), edgecolors="white", linewidth=2
        )
        axes.invert_yaxis()
        axes.set_xticks(
            [x + 0.5 for x in range(len(columns))], [_label(column.round, column.kind, language) for column in columns]
        )
        axes.tick_params(axis="x", rotation=30, labelsize=8)
        axes.set_yticks(
            [y + 0.5 for y in range(len(patterns))], [_drawable(name_of(slug)) for slug in patterns], fontsize=9
        )
        for label in (*axes.get_xticklabels(), *axes.get_yticklabels()):
            label.set_parse_math(False)
        for y, row in enumerate(counts):
            for x, count in enumerate(row):
                if count:
                    axes.text(x + 0.5, y + 0.5, str(count), ha="center", va="center", fontsize=9)
    file = io.BytesIO()
    with mpl.rc_context({"svg.fonttype": "path", "svg.hashsalt": result.id}):
        metadata = {"Date": None, "Creator": None} if kind == "svg" else {"Software": None}
        figure.savefig(file, format=kind, dpi=160, metadata=metadata)
    return file.getvalue()


def _label(number: int | None, kind: str | None, language: Language) -> str:
    if number is None or kind is None:
        return word(language, "now")
    return word(language, "column", number=number + 1, kind=word(language, f"rounds.{kind}"))


def _drawable(text: str) -> str:
    """Return a text as the font in the package can draw it, and not longer than fits."""
    plain = drawable(text)
    return plain if len(plain) <= _LONGEST else plain[: _LONGEST - 1] + "…"
