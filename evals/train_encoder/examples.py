"""What the encoder learns from: drafts, notes, and what people type, all of this repository."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from coach.catalog import Catalog
from coach.retrieval.passages import all_passages
from coach.review import KINDS, Level
from evals.drafts import LabelledDraft, own_drafts, own_notes
from evals.folds import fold_of

LONGEST_PASSAGE = 400
SET_LEARNED = (
    "duplicate-key-results",
    "insufficient-key-results",
    "key-result-misses-objective",
    "milestone-chain",
    "no-guardrail",
)


class Labels(NamedTuple):
    """The patterns that heads say yes or no to, per level, in the order of their outputs."""

    objective: tuple[str, ...]
    key_result: tuple[str, ...]
    set: tuple[str, ...]
    process: tuple[str, ...]


class SetExample(NamedTuple):
    """An objective with its key results. `kinds` and `patterns` by key result; None where the label is doubtful."""

    group: int
    objective: str
    key_results: tuple[str, ...]
    objective_patterns: frozenset[str]
    set_patterns: frozenset[str]
    kinds: tuple[int | None, ...]
    patterns: tuple[frozenset[str], ...]


class NoteExample(NamedTuple):
    """A note and its process patterns."""

    group: int
    text: str
    patterns: frozenset[str]


class Typed(NamedTuple):
    """What stands on a page (`prose`), or what people type to find it (`asked`, `drafts`)."""

    page: str
    form: str
    text: str


def labels_of(catalog: Catalog) -> Labels:
    """Return the patterns that a text alone can show."""

    def of(level: Level) -> tuple[str, ...]:
        return tuple(slug for slug, p in catalog.patterns.items() if p.level == level and p.detector.kind != "context")

    return Labels(of(Level.OBJECTIVE), of(Level.KEY_RESULT), SET_LEARNED, process_slugs(catalog))


def process_slugs(catalog: Catalog) -> tuple[str, ...]:
    """Return the slugs of process patterns."""
    return tuple(slug for slug, pattern in catalog.patterns.items() if pattern.level == Level.PROCESS)


def sets() -> list[SetExample]:
    """Return every labelled objective; an organisation is in one fold as a whole."""
    return [set_example(draft) for draft in own_drafts()]


def set_example(draft: LabelledDraft) -> SetExample:
    """Return a labelled draft as an example."""
    by_place = {label.i: label for label in draft.labels.key_results if not label.doubtful}
    labels = [by_place.get(index) for index in range(len(draft.key_results))]
    return SetExample(
        group=fold_of(draft.group),
        objective=draft.objective,
        key_results=tuple(draft.key_results),
        objective_patterns=frozenset(draft.labels.objective_patterns),
        set_patterns=frozenset(draft.labels.set_patterns),
        kinds=tuple(KINDS.index(label.kind) if label else None for label in labels),
        patterns=tuple(frozenset(label.patterns) if label else frozenset() for label in labels),
    )


def notes() -> list[NoteExample]:
    """Return every labelled note."""
    return [NoteExample(fold_of(note.text), note.text, frozenset(note.patterns)) for note in own_notes()]


def typed(catalog: Catalog) -> Iterator[Typed]:
    """Yield the passages and what people type for them."""
    for passage in all_passages(catalog):
        yield Typed(passage.page, "prose", passage.searched()[:LONGEST_PASSAGE])
        for form, texts in (("asked", passage.asked), ("drafts", passage.drafts)):
            yield from (Typed(passage.page, form, text) for text in texts)
    for texts in catalog.aside.values():
        yield from (Typed("", "aside", text) for text in texts)


def as_vector(found: frozenset[str], slugs: Sequence[str]) -> list[float]:
    """Return 1.0 per slug that was found, else 0.0."""
    return [float(slug in found) for slug in slugs]
