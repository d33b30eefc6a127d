"""Suite `process`: which process patterns a note shows, read as `context.notes` of a draft."""

from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple

from coach.okr import parse_draft
from evals.request import Request
from evals.scorers.classes import ClassScore, from_counts
from evals.scorers.intervals import bootstrap
from evals.subject import coach_for

_HARMLESS = {
    "de": {"objective": "Neue Mieter:innen kommen gut an", "key_results": ["80 % der neuen Mieter:innen sagen das"]},
    "en": {"objective": "New tenants arrive well", "key_results": ["80% of new tenants say so"]},
}


class Note(NamedTuple):
    """A note: its language, the slugs that are right, and those found."""

    language: str
    expected: frozenset[str]
    found: frozenset[str]


def run(request: Request) -> dict[str, Any]:
    """Print and return precision, recall and F1 per pattern, and micro per language."""
    critic = coach_for(request.mode).critic
    rows = []
    for note in request.notes:
        body = {**_HARMLESS[note.lang], "context": {"notes": note.text}, "language": note.lang}
        review = critic.review(parse_draft({**body, "mode": request.mode, "rewrite": False}))
        found = frozenset(finding.pattern for finding in review.process_findings)
        rows.append(Note(note.lang, frozenset(note.patterns), found))
    figures: dict[str, Any] = {}
    print(f"\nprocess patterns in notes ({request.mode}){'':4} lang     n  prec.    rec.     F1")
    for slug in sorted({slug for row in rows for slug in row.expected | row.found}):
        score = _score(rows, slug)
        figures[slug] = score._asdict()
        print(f"{slug:38} {'':4} {score.support:5} {score.precision:6.2f} {score.recall:7.2f} {score.f1:6.2f}")
    for language in sorted({row.language for row in rows}):
        own = [row for row in rows if row.language == language]
        score = _score(own)
        figures[f"micro/{language}"] = {**score._asdict(), "interval": bootstrap(own, lambda drawn: _score(drawn).f1)}
        print(
            f"{'all (micro)':38} {language:4} {score.support:5} {score.precision:6.2f} {score.recall:7.2f} {score.f1:6.2f}"
        )
    return figures


def _score(rows: Sequence[Note], slug: str | None = None) -> ClassScore:
    tally: Counter[str] = Counter()
    for row in rows:
        only = frozenset({slug}) if slug else row.expected | row.found
        tally["hits"] += len(row.expected & row.found & only)
        tally["answered"] += len(row.found & only)
        tally["expected"] += len(row.expected & only)
    return from_counts(hits=tally["hits"], answered=tally["answered"], expected=tally["expected"])
