"""Labelled drafts: one objective a line with its key results and labels, by the labelling guide."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from coach.review import Kind

OWN = Path(__file__).parent / "datasets" / "okr"
OWN_NOTES = Path(__file__).parent / "datasets" / "process"


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class KeyResultLabel(_Record):
    """The labels of one key result; `doubtful` ones are left out of scores."""

    i: int
    kind: Kind
    patterns: tuple[str, ...] = ()
    doubtful: bool = False


class Labels(_Record):
    """The labels of an objective with its key results."""

    objective_patterns: tuple[str, ...] = ()
    set_patterns: tuple[str, ...] = ()
    key_results: tuple[KeyResultLabel, ...]


class LabelledDraft(_Record):
    """One line of a labelled file; `mirrors`: the organisation whose drafts it says in the other language."""

    id: str
    org: str
    mirrors: str | None = None
    lang: Literal["de", "en"]
    objective: str
    key_results: tuple[str, ...]
    labels: Labels
    field: str | None = None
    style: str | None = None
    provenance: Annotated[str | None, Field(alias="provenance")] = None

    @property
    def group(self) -> str:
        """What it must not be parted from when some drafts are held out."""
        return self.objective if self.org == "authored" else self.mirrors or self.org

    def labelled_key_results(self) -> Iterator[tuple[str, KeyResultLabel]]:
        """Return (text, label) for every key result that is not doubtful."""
        return ((self.key_results[label.i], label) for label in self.labels.key_results if not label.doubtful)


def read_drafts(path: Path) -> list[LabelledDraft]:
    """Return the labelled drafts of a JSON Lines file."""
    with path.open(encoding="utf-8") as lines:
        return [LabelledDraft.model_validate(json.loads(line)) for line in lines if line.strip()]


def own_drafts() -> list[LabelledDraft]:
    """Return the labelled drafts that this repository holds, both languages."""
    return [draft for path in sorted(OWN.glob("*.jsonl")) for draft in read_drafts(path)]


def key_results_of(drafts: Sequence[LabelledDraft]) -> list[tuple[LabelledDraft, str, KeyResultLabel]]:
    """Return every labelled key result with the draft it stands in."""
    return [(draft, text, label) for draft in drafts for text, label in draft.labelled_key_results()]


class LabelledNote(_Record):
    """A passage as people write it to a coach, and the process patterns that it shows."""

    id: str
    lang: Literal["de", "en"]
    text: str
    patterns: tuple[str, ...] = ()


def read_notes(path: Path) -> list[LabelledNote]:
    """Return the labelled notes of a JSON Lines file."""
    with path.open(encoding="utf-8") as lines:
        return [LabelledNote.model_validate(json.loads(line)) for line in lines if line.strip()]


def own_notes() -> list[LabelledNote]:
    """Return the labelled notes that this repository holds, both languages."""
    return [note for path in sorted(OWN_NOTES.glob("*.jsonl")) for note in read_notes(path)]
