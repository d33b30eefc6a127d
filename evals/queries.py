"""Labelled search queries: what people type, and everything that answers it."""

import json
from pathlib import Path
from typing import Any, Literal

import numpy as np

from coach.language import Language
from coach.okr import Strict
from coach.retrieval.corpus import Corpus
from coach.retrieval.passages import Passage

FOLDER = Path(__file__).parent / "datasets" / "retrieval"
Split = Literal["tuned-on", "held-out"]


class LabelledQuery(Strict):
    """A query with the slugs and source ids that answer it; both empty where the method has no answer."""

    id: str
    language: Language
    style: str
    query: str
    slugs: tuple[str, ...]
    sources: tuple[str, ...]

    @property
    def off_topic(self) -> bool:
        """Whether the method has no answer."""
        return self.style == "off-topic"

    def answered_by(self, page: Passage) -> bool:
        """Whether a page answers: by name or, for articles and patterns, by a point that it covers."""
        covers = page.type in {"article", "pattern"} and not set(page.sources).isdisjoint(self.sources)
        return covers or page.slug in self.slugs


def queries(split: Split, language: Language) -> list[LabelledQuery]:
    """Return the queries that the ranking was tuned on, or those written apart from it."""
    name = f"{language}.jsonl" if split == "tuned-on" else f"held-out-{language}.jsonl"
    return read_queries(FOLDER / name)


def read_queries(path: Path) -> list[LabelledQuery]:
    """Return the queries of a JSON Lines file."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [LabelledQuery.model_validate(json.loads(line)) for line in lines if line.strip()]


def relevant(query: LabelledQuery, corpus: Corpus) -> Any:
    """Return, per page of a corpus, whether it answers (array of bool)."""
    first = {passage.page: passage for passage in reversed(corpus.passages)}
    return np.array([query.answered_by(first[page]) for page in corpus.pages])
