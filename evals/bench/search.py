"""`Search.find` against what it stands on: a bare Chroma query and a bare bm25s query for the same text.

Passages are the shipped German glossary (its terms are marked in every result) and, for the rest, words drawn from the
German knowledge base as often as they stand there, shaped like it: two to a page, some 55 words each. In the first rows
there is one typed line (question or draft, 6 words) to a passage; in the rows "typed as shipped" there are 5.5, as the
knowledge base has them. The bare parts hold the passages alone, so ours searches 2 or 6.5 times as many texts. Queries
are labelled ones of this repository.

Vectors are random, a query's lies near that of a passage, and a stub hands them out, so neither side pays for
embedding. The bare queries are stemmed beforehand and bring back ids alone; ours reads, ranks and answers with texts.
Both take turns, query by query, in a process of their own with one BLAS thread on one CPU.

Where the tuned encoder is there, a last row adds what the critic makes of the query, and its embedding on both sides.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from coach.catalog import Article, ArticleText, Catalog, Section, Transformation, TransformationText, open_catalog
from coach.catalog.catalog import Pages
from coach.embedding.bundled import can_embed
from coach.embedding.tuned import LAYERS_FILE, TunedEmbedder
from coach.learned.heads import HEADS_FILE
from coach.retrieval.lexical import LexicalIndex
from coach.retrieval.passages import all_passages
from coach.retrieval.search import Search
from coach.review import Kind
from coach.settings import Settings
from coach.wiring import open_coach
from evals.bench.row import Row
from evals.queries import queries

SIZES = (1_000, 10_000)
_WARM_UPS, _QUERIES, _RESULTS = 10, 60, 10
_DIMENSIONS = 384
_TYPED, _SHIPPED = 1.0, 5.5
_BATCH = 5_000


def run() -> Iterator[Row]:
    """Yield the median latency of both and their ratio, measured in a process of its own."""
    command = [sys.executable, "-m", "evals.bench.search"]
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        for line in child.stdout:
            yield Row(*json.loads(line))
    if child.returncode:
        raise RuntimeError(f"{command}: exit {child.returncode}")


def main() -> None:
    """Measure on one CPU and print a JSON list per row."""
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    for row in _rows():
        print(json.dumps(row, ensure_ascii=False), flush=True)


def _rows() -> Iterator[Row]:
    for typed, name in ((_TYPED, ""), (_SHIPPED, ", typed as shipped")):
        for size in SIZES:
            with tempfile.TemporaryDirectory() as folder:
                yield from _Bench(size, typed, Path(folder)).rows(f"{size} passages{name}")
    if LAYERS_FILE.exists() and HEADS_FILE.exists() and can_embed():
        with tempfile.TemporaryDirectory() as folder:
            yield from _Bench(SIZES[0], _TYPED, Path(folder), read=True).rows(f"{SIZES[0]} passages, embedded and read")


class _Stub:
    """Hands out the vectors that were prepared for the queries; with an encoder, embeds them all the same."""

    name = "prepared"

    def __init__(self, prepared: dict[str, Any], encoder: TunedEmbedder | None = None) -> None:
        self._prepared = prepared
        self._encoder = encoder

    def embed_queries(self, texts: Sequence[str]) -> Any:
        if self._encoder is not None:
            self._encoder.embed_queries(texts)
        return [self._prepared[text] for text in texts]

    def embed_passages(self, texts: Sequence[str]) -> Any:
        raise NotImplementedError("passages have their vectors already")


class _Bench:
    """Both sides over the same passages."""

    def __init__(self, size: int, typed: float, folder: Path, *, read: bool = False) -> None:
        import numpy as np  # noqa: PLC0415 - heavy

        random = np.random.default_rng(20_260_101)
        shipped = open_catalog()
        catalog = _synthetic(shipped, size, typed, random)
        self._queries = [query.query for query in queries("tuned-on", "de") if not query.off_topic]
        self._queries = self._queries[: _WARM_UPS + _QUERIES]
        self._reads = read
        coach = open_coach(Settings(home=folder / "home")) if read else None
        prepared: dict[str, Any] = {}
        self._search = Search(
            catalog,
            _Stub(prepared, coach.encoder if coach else None),
            folder,
            coach.critic.read_query if coach else None,
        )
        corpus = self._search.corpus("de")
        assert len(corpus.passages) == size
        entries = corpus.entries()
        vectors = _unit(random.standard_normal((len(entries), _DIMENSIONS), dtype=np.float32))
        rows = {entry.id: vector for entry, vector in zip(entries, vectors, strict=True)}
        corpus.load(rows, {}, vectors.mean(axis=0))
        for query in (self._search.spelled(query, "de") for query in self._queries):
            near = vectors[random.integers(size)]
            prepared[query] = _unit(near + _unit(random.standard_normal(_DIMENSIONS, dtype=np.float32)))
        self._bare = _Bare(
            [passage.id for passage in corpus.passages],
            [rows[passage.id] for passage in corpus.passages],
            [passage.searched() for passage in corpus.passages],
            _Stub(prepared, TunedEmbedder(folder / "home" / "cache") if read else None),
            folder / "chroma",
        )

    def rows(self, name: str) -> Iterator[Row]:
        """Yield both medians in ms, and their ratio."""
        times = [self._both(query, turn) for turn, query in enumerate(self._queries)][_WARM_UPS:]
        ours, bare = (statistics.median(side) * 1000 for side in zip(*times, strict=True))
        yield Row(f"ms of a search of {name}", ours)
        yield Row("ms of a bare Chroma query, then a bare bm25s query", bare)
        yield Row("search / bare queries", ours / bare, None if self._reads else 1.0)

    def _both(self, query: str, turn: int) -> "_Times":
        """Return what each side takes; who goes first takes turns."""
        stems, spelled = self._bare.stems(query), self._search.spelled(query, "de")
        if turn % 2:
            bare = _seconds(lambda: self._bare.find(spelled, stems))
            return _Times(_seconds(lambda: self._find(query)), bare)
        return _Times(_seconds(lambda: self._find(query)), _seconds(lambda: self._bare.find(spelled, stems)))

    def _find(self, query: str) -> None:
        found = self._search.find(query, language="de", limit=_RESULTS)
        assert len(found) == _RESULTS, "a query that is turned away costs less"


class _Times(NamedTuple):
    ours: float
    bare: float


class _Bare:
    """A Chroma collection and a bm25s index of the same passages, queried one after the other."""

    def __init__(
        self, ids: Sequence[str], vectors: Sequence[Any], texts: Sequence[str], embedder: _Stub, folder: Path
    ) -> None:
        import bm25s  # noqa: PLC0415 - heavy
        import chromadb  # noqa: PLC0415
        from chromadb.config import Settings as ChromaSettings  # noqa: PLC0415

        client = chromadb.PersistentClient(str(folder), settings=ChromaSettings(anonymized_telemetry=False))
        self._collection = client.create_collection(
            "passages", embedding_function=None, configuration={"hnsw": {"space": "cosine"}}
        )
        for start in range(0, len(ids), _BATCH):
            batch = slice(start, start + _BATCH)
            self._collection.add(ids=list(ids[batch]), embeddings=list(vectors[batch]))
        words = LexicalIndex(texts, "de")
        self.stems = words.stems
        self._bm25: Any = bm25s.BM25()
        self._bm25.index([words.stems(text) for text in texts], show_progress=False)
        self._embedder = embedder

    def find(self, query: str, stems: list[str]) -> None:
        """Ask both."""
        vector = self._embedder.embed_queries([query])[0]
        self._collection.query(query_embeddings=[vector], n_results=_RESULTS)
        self._bm25.retrieve([stems], k=_RESULTS, show_progress=False)


def _seconds(work: Callable[[], None]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _unit(rows: Any) -> Any:
    import numpy as np  # noqa: PLC0415 - heavy

    return rows / np.linalg.norm(rows, axis=-1, keepdims=True)


def _synthetic(catalog: Catalog, size: int, typed: float, random: Any) -> Catalog:
    """Return a catalogue of `size` German passages: the glossary, then sets of an article of three passages and a
    transformation."""
    known = [
        word
        for passage in all_passages(catalog)
        if passage.language == "de"
        for word in passage.searched().replace("{", "").replace("}", "").split()
    ]

    def said(words: int) -> str:
        return " ".join(known[index] for index in random.integers(len(known), size=words))

    glossary = catalog.glossary[: len(catalog.glossary) // 4 * 4]
    lines = round(typed * 2)
    articles = {}
    transformations = {}
    for number in range((size - len(glossary)) // 4):
        article = ArticleText(
            title=said(3),
            summary=said(10),
            questions_typed=tuple(said(6) for _ in range(lines)),
            sections=tuple(Section(heading=f"{said(2)} {index}", text=said(50)) for index in range(3)),
        )
        text = TransformationText(
            heads=(said(1),),
            write=tuple(said(6) for _ in range(lines)),
            change=said(15),
            observe=said(15),
            ask=said(15),
            scaffold="{subject}",
            people=said(1),
        )
        slug = f"synthetic-{number}"
        articles[slug] = Article(slug=slug, text={"de": article})
        transformations[slug] = Transformation(slug=slug, kinds=(Kind.OUTPUT,), de=text, en=text)
    return catalog.with_pages(Pages({}, articles, transformations, {term.slug: term for term in glossary}, {}))


if __name__ == "__main__":
    main()
