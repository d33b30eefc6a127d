"""Hybrid search: prose and typed examples, dense and lexical, fused by reciprocal rank."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from coach.catalog import Catalog
from coach.embedding import Embedder
from coach.language import LANGUAGES, Language, guess_language
from coach.okr import Strict
from coach.retrieval.lexical import LexicalIndex
from coach.retrieval.passages import Passage, PassageType, all_passages
from coach.retrieval.vectors import Entry, Synchronised, VectorIndex, VectorStore

_WORD = re.compile(r"\w")
_DEPTH = 40
_RANK_OFFSET = 10.0
_TYPED_WEIGHT = 1.5
_FEWEST_KNOWN = 0.5
_KNOWN_WEIGHT = 0.02
_CLOSE_ENOUGH = 0.858


class Found(Strict):
    """A passage that fits a query, as the contract shows it."""

    id: str
    type: PassageType
    slug: str
    language: Language
    heading: str
    text: str
    score: float
    sources: tuple[str, ...] = ()


class _Corpus(NamedTuple):
    """What is searched in one language: passages, what people type for them, and the indexes of both."""

    passages: Sequence[Passage]
    owners: Sequence[int]
    prose: LexicalIndex
    typed: LexicalIndex
    prose_vectors: VectorIndex | None
    typed_vectors: VectorIndex | None
    place: dict[str, int]


class Search:
    """Search over the knowledge base; lexical alone where no embedding can run."""

    def __init__(self, catalog: Catalog, embedder: Embedder | None, folder: Path) -> None:
        self._embedder = embedder
        self._passages = list(all_passages(catalog))
        self._by_id = {passage.id: passage for passage in self._passages}
        self._store = VectorStore(folder / embedder.name, embedder) if embedder else None
        self._corpora = {language: self._open(language) for language in LANGUAGES}

    def _open(self, language: Language) -> _Corpus:
        passages = [passage for passage in self._passages if passage.language == language]
        typed = [(index, text) for index, passage in enumerate(passages) for text in passage.typed]
        return _Corpus(
            passages=passages,
            owners=[index for index, _ in typed],
            prose=LexicalIndex([_prose(passage) for passage in passages], language),
            typed=LexicalIndex([text for _, text in typed], language),
            prose_vectors=self._store.open(f"prose-{language}") if self._store else None,
            typed_vectors=self._store.open(f"typed-{language}") if self._store else None,
            place={passage.id: index for index, passage in enumerate(passages)},
        )

    def build(self) -> Synchronised:
        """Bring the vector index up to date with the passages."""
        total = Synchronised(0, 0, 0)
        for corpus in self._corpora.values():
            if corpus.prose_vectors is None or corpus.typed_vectors is None:
                continue
            prose = [Entry(passage.id, _prose(passage)) for passage in corpus.passages]
            typed = [Entry(f"{p.id}#{n}", text) for p in corpus.passages for n, text in enumerate(p.typed)]
            for done in (corpus.prose_vectors.synchronise(prose), corpus.typed_vectors.synchronise(typed)):
                total = Synchronised(*(left + right for left, right in zip(total, done, strict=True)))
        return total

    def texts(self) -> list[str]:
        """Return every text that is embedded, for precomputing."""
        return [_prose(passage) for passage in self._passages] + [t for p in self._passages for t in p.typed]

    def ready(self) -> bool:
        """Whether every passage stands in the vector index (always, where there is none)."""
        return all(
            corpus.prose_vectors is None or corpus.prose_vectors.count() == len(corpus.passages)
            for corpus in self._corpora.values()
        )

    def passage(self, identifier: str) -> Passage | None:
        """Return a passage by its id."""
        return self._by_id.get(identifier)

    def find(self, query: str, *, language: Language | None = None, limit: int = 5) -> list[Found]:
        """Return the passages that fit a query best, best first, one a page; nothing where nothing fits."""
        if not _WORD.search(query):
            return []
        corpus = self._corpora[language or guess_language(query).language]
        ranked = self._ranked(corpus, query)
        found: list[Found] = []
        pages: set[str] = set()
        for index, score in ranked:
            passage = corpus.passages[index]
            if f"{passage.type}/{passage.slug}" not in pages:
                pages.add(f"{passage.type}/{passage.slug}")
                found.append(_found(passage, score))
            if len(found) == limit:
                break
        return found

    def _ranked(self, corpus: _Corpus, query: str) -> list[tuple[int, float]]:
        lexical_prose = _top(corpus.prose.scores(query))
        lexical_typed = [(corpus.owners[index], score) for index, score in _top(corpus.typed.scores(query))]
        dense_prose: list[tuple[int, float]] = []
        dense_typed: list[tuple[int, float]] = []
        if self._embedder and corpus.prose_vectors and corpus.typed_vectors:
            vector = self._embedder.embed_queries([query])[0]
            dense_prose = [
                (corpus.place[identifier], score)
                for identifier, score in corpus.prose_vectors.nearest(vector, _DEPTH)
                if identifier in corpus.place
            ]
            dense_typed = [
                (corpus.place[identifier.rpartition("#")[0]], score)
                for identifier, score in corpus.typed_vectors.nearest(vector, _DEPTH)
                if identifier.rpartition("#")[0] in corpus.place
            ]
        closest = max((score for _, score in (*dense_prose, *dense_typed)), default=0.0)
        known = max(corpus.prose.known_share(query), corpus.typed.known_share(query))
        fits = closest + _KNOWN_WEIGHT * known >= _CLOSE_ENOUGH if closest else known >= _FEWEST_KNOWN
        if not fits:
            return []
        fused: dict[int, float] = defaultdict(float)
        for weight, ranking in (
            (1.0, lexical_prose),
            (_TYPED_WEIGHT, lexical_typed),
            (1.0, dense_prose),
            (_TYPED_WEIGHT, dense_typed),
        ):
            for rank, index in enumerate(dict.fromkeys(index for index, _ in ranking)):
                fused[index] += weight / (_RANK_OFFSET + rank)
        return sorted(fused.items(), key=lambda item: -item[1])


def _prose(passage: Passage) -> str:
    return f"{passage.title}. {passage.heading}. {passage.text}"


def _top(scores: Any) -> list[tuple[int, float]]:
    import numpy as np  # noqa: PLC0415

    order: Iterable[int] = np.argsort(-scores, kind="stable")[:_DEPTH].tolist()
    return [(index, float(scores[index])) for index in order if scores[index] > 0]


def _found(passage: Passage, score: float) -> Found:
    return Found(
        id=passage.id,
        type=passage.type,
        slug=passage.slug,
        language=passage.language,
        heading=passage.heading,
        text=passage.text,
        score=round(score, 4),
        sources=passage.sources,
    )
