"""Suite `alignment`: links between drafts and frames, trade-offs turned round, copies; without a model.

Only `tuned-on` decided weights and thresholds. `own`: drafts in words of their own; `frame`: drafts that take up words
of the frame, as teams write them with the frame on the table.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple

from coach.language import LANGUAGES
from coach.strategy.aligned import Alignment
from evals.frames import LabelledFrame, Split, frames, place_of
from evals.request import Request
from evals.scorers.classes import ClassScore, from_counts
from evals.scorers.intervals import bootstrap
from evals.subject import coach_for

_SPLITS: tuple[Split, ...] = ("tuned-on", "held-out")


class Judged(NamedTuple):
    """A text with what is right and what was found: links, trade-offs turned round, copies."""

    links: frozenset[str]
    found_links: frozenset[str]
    conflicts: frozenset[str]
    found_conflicts: frozenset[str]
    copies: bool
    found_copies: bool


def run(request: Request) -> dict[str, Any]:
    """Print and return precision, recall and F1 per split, language and wording."""
    align = coach_for(request.mode).desk.align
    figures: dict[str, Any] = {}
    print(f"\nalignment ({request.mode}){'':26}     n  prec.    rec.     F1")
    for split in _SPLITS:
        judged = [(frame, _judged(frame, align(frame.draft()))) for frame in frames(split)]
        for language in LANGUAGES:
            own = [(frame, texts) for frame, texts in judged if frame.language == language]
            for wording in ("own", "frame", None):
                texts = [text for frame, rows in own for text in rows if wording in {None, frame.wording}]
                name = f"{split}/{language}/{wording or 'all'}"
                _row(figures, f"links/{name}", texts, "links", interval=True)
            every = [text for _, rows in own for text in rows]
            _row(figures, f"trade-offs/{split}/{language}", every, "conflicts")
            _row(figures, f"copies/{split}/{language}", every, "copies")
    return figures


def _row(figures: dict[str, Any], name: str, texts: Sequence[Judged], what: str, *, interval: bool = False) -> None:
    if not texts:
        return
    score = _score(texts, what)
    figures[name] = score._asdict()
    if interval:
        figures[name]["interval"] = bootstrap(list(texts), lambda drawn: _score(drawn, what).f1)
    print(f"{name:44} {score.support:5} {score.precision:6.2f} {score.recall:7.2f} {score.f1:6.2f}")


def _judged(frame: LabelledFrame, found: Alignment) -> list[Judged]:
    conflicts = {text.at: frozenset(c.trade_off.at for c in found.conflicts if c.at == text.at) for text in found.texts}
    rows = []
    for label, text in zip(frame.texts(), found.texts, strict=True):
        rows.append(
            Judged(
                frozenset(map(place_of, label.serves)),
                frozenset(link.element for link in text.links),
                frozenset(map(place_of, label.conflicts)),
                conflicts[text.at],
                bool(label.copies),
                any(finding.pattern == "kpi-as-key-result" for finding in text.findings),
            )
        )
    return rows


def _score(texts: Sequence[Judged], what: str) -> ClassScore:
    tally: Counter[str] = Counter()
    for text in texts:
        if what == "copies":
            right, found = frozenset({"copy"} if text.copies else ()), frozenset({"copy"} if text.found_copies else ())
        elif what == "conflicts":
            right, found = text.conflicts, text.found_conflicts
        else:
            right, found = text.links, text.found_links
        tally["hits"] += len(right & found)
        tally["answered"] += len(found)
        tally["expected"] += len(right)
    return from_counts(hits=tally["hits"], answered=tally["answered"], expected=tally["expected"])
