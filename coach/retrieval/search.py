"""Hybrid search: pages ranked by meaning and by words, in their prose and in what people type for them."""

import hashlib
import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from coach.catalog import Catalog
from coach.catalog.records import Perspective
from coach.catalog.terms import Terms, pieces, terms_in
from coach.embedding import Embedder
from coach.language import LANGUAGES, Language, guess_language
from coach.okr import Strict
from coach.retrieval.across import FIRST, SHOWN, Across, Embedders, Stranger, meant
from coach.retrieval.corpus import Corpus, QueryReading
from coach.retrieval.pages import FILE as PAGE_HEAD
from coach.retrieval.pages import PageHead
from coach.retrieval.passages import Passage, PassageType, all_passages
from coach.retrieval.questions import Question, read_questions
from coach.retrieval.ranking import best_first, read_rankings
from coach.retrieval.spelling import Spelling
from coach.retrieval.vectors import Synchronised, VectorIndex, VectorStore

_WORD = re.compile(r"\w")
_STAMP = "stamp"
_DRAFTED = 0.5
_AFTER = 3
_STRANGERS = 2


class Mention(Strict):
    """A field term that a passage uses: how it is written there, and its slug in the glossary."""

    term: str
    slug: str


class Found(Strict):
    """A passage that fits a query, as the contract shows it; `terms` lead to the glossary."""

    id: str
    type: PassageType
    slug: str
    language: Language
    heading: str
    text: str
    score: float
    sources: tuple[str, ...] = ()
    terms: tuple[Mention, ...] = ()


class Only(NamedTuple):
    """What a search is limited to; None leaves it open. `pattern`: passages about that failure pattern."""

    type: PassageType | None = None
    pattern: str | None = None
    topic: str | None = None
    perspective: Perspective | None = None

    def admits(self, passage: Passage) -> bool:
        """Whether a passage may be found."""
        return (
            self.type in {None, passage.type}
            and (self.pattern is None or self.pattern in passage.patterns)
            and (self.topic is None or self.topic in passage.topics)
            and (self.perspective is None or self.perspective in passage.perspectives)
        )


_ANYTHING = Only()


class Search:
    """Search over the knowledge base; by words alone where no embedding can run or the index is not built yet.

    `reading` says what the critic makes of a query, so that a draft leads to the pages about what it lacks.
    """

    def __init__(
        self,
        catalog: Catalog,
        embedder: Embedder | None,
        folder: Path,
        reading: Callable[[str, Language], QueryReading] | None = None,
        *,
        questions: Callable[[Language], Sequence[Question]] = read_questions,
        head: Path = PAGE_HEAD,
        across: Embedders | None = None,
    ) -> None:
        self._embedder = embedder
        self._folder = folder / embedder.name if embedder else folder
        self._reading = reading or (lambda _query, _language: QueryReading())
        self._questions = questions
        self._head = PageHead(embedder.name, head) if embedder else None
        self._passages = list(all_passages(catalog))
        self._by_id = {passage.id: passage for passage in self._passages}
        self._across = {
            language: Across(self.foreign(language) if across else (), language, across, folder)
            for language in LANGUAGES
            if across
        }
        self._corpora = {language: self._corpus(language, catalog) for language in LANGUAGES}
        self._spelling = {
            language: Spelling(language, [*corpus.texts(), *(asked.query for asked in questions(language))])
            for language, corpus in self._corpora.items()
        }
        self._terms = {language: terms_in(catalog.glossary, language) for language in LANGUAGES}
        self._mentions: dict[str, tuple[Mention, ...]] = {}

    def _corpus(self, language: Language, catalog: Catalog) -> Corpus:
        own = [passage for passage in self._passages if passage.language == language]
        foreign = () if language in self._across else self.foreign(language)
        return Corpus(language, [*own, *foreign], catalog.aside[language], self._questions(language), self._head)

    def foreign(self, language: Language) -> list[Passage]:
        """Return the passages of pages that are not written in a language."""
        written = {passage.page for passage in self._passages if passage.language == language}
        return [passage for passage in self._passages if passage.page not in written]

    def build(self, *, verify: bool = False) -> Synchronised:
        """Bring the vector index up to date and load it; with `verify`, find what is damaged and repair it."""
        total = Synchronised()
        if self._embedder is None:
            return total
        stamp = self._stamp()
        fresh = self._is_fresh(stamp)
        if fresh and self.ready() and not verify:
            return total
        names = [f"texts-{language}" for language in LANGUAGES]
        store = VectorStore.sound(self._folder, self._embedder, names if verify else ())
        indexes = {language: store.open(f"texts-{language}") for language in LANGUAGES}
        if verify or not fresh:
            for language, corpus in self._corpora.items():
                total = total.plus(indexes[language].synchronise(corpus.entries(), verify=verify))
        for across in self._across.values():
            total = total.plus(across.build(verify=verify))
        if self._load(indexes):
            (self._folder / _STAMP).write_text(stamp, encoding="utf-8")
        elif not verify:
            return total.plus(self.build(verify=True))
        return total

    def _stamp(self) -> str:
        digest = hashlib.sha256()
        for corpus in self._corpora.values():
            for entry in corpus.entries():
                digest.update(f"{entry.id}\x1f{entry.text}\x1e".encode("utf-8", "surrogatepass"))
        return digest.hexdigest()

    def _is_fresh(self, stamp: str) -> bool:
        try:
            return (self._folder / _STAMP).read_text(encoding="utf-8") == stamp
        except OSError:
            return False

    def _load(self, indexes: "dict[Language, VectorIndex]") -> bool:
        """Load the vectors into the corpora; False where the index lacks any."""
        rows: dict[Language, dict[str, Any]] = {}
        for language, corpus in self._corpora.items():
            ids = [entry.id for entry in corpus.entries()]
            vectors = indexes[language].vectors(ids)
            if vectors is None:
                return False
            rows[language] = dict(zip(ids, vectors, strict=True))
        means = {language: sum(found.values()) / len(found) for language, found in rows.items()}
        everything = {identifier: row for found in rows.values() for identifier, row in found.items()}
        for language, corpus in self._corpora.items():
            shift = {other: means[language] - means[other] for other in LANGUAGES}
            corpus.load({**everything, **rows[language]}, shift, means[language])
        if self._head:
            self._head.open()
        return True

    def texts(self) -> list[str]:
        """Return every text that is embedded, for precomputing."""
        return [entry.text for corpus in self._corpora.values() for entry in corpus.entries()]

    def ready(self) -> bool:
        """Whether passages can be found by meaning (always, where no embedding can run)."""
        if self._embedder is None:
            return True
        return all(part.loaded for part in self._corpora.values()) and all(
            part.loaded for part in self._across.values()
        )

    def corpus(self, language: Language) -> Corpus:
        """Return what one language is answered with."""
        return self._corpora[language]

    def spelled(self, query: str, language: Language) -> str:
        """Return a query with the words that were mistyped as they were meant."""
        return self._spelling[language].corrected(query)

    def passage(self, identifier: str) -> Passage | None:
        """Return a passage by its id."""
        return self._by_id.get(identifier)

    def find(
        self, query: str, *, language: Language | None = None, limit: int = 5, only: Only = _ANYTHING
    ) -> list[Found]:
        """Return the passages that fit a query best, best first, one a page; nothing where nothing fits."""
        if not _WORD.search(query):
            return []
        chosen = language or self._guessed(query)
        query = self.spelled(query, chosen)
        native, standing = self._native(query, chosen, limit, only)
        across = self._across.get(chosen)
        strangers = [each for each in across.found(query) if only.admits(each.passage)] if across else []
        return self._merged(native, strangers, meant(strangers, standing))[:limit]

    def _guessed(self, query: str) -> Language:
        """Return the language of a query, mistyped words read first where it is in doubt."""
        guess = guess_language(query)
        if guess.certain:
            return guess.language
        return max(LANGUAGES, key=lambda each: (self._spelling[each].familiar(query), each == guess.language))

    def standing(self, query: str, language: Language) -> tuple[float, ...]:
        """Return how well the pages in the query's language fit, as `across.standing_of` takes it."""
        return self._native(query, language, 1, _ANYTHING)[1]

    def _native(self, query: str, language: Language, limit: int, only: Only) -> tuple[list[Found], tuple[float, ...]]:
        """Return what fits best of the pages in the query's language, and how well the best one stands."""
        import numpy as np  # noqa: PLC0415 - heavy

        corpus = self._corpora[language]
        vector = self._embedder.embed_queries([query])[0] if self._embedder and corpus.loaded else None
        evidence = corpus.evidence(query, vector, self._reading(query, language))
        ranking = read_rankings()["lexical" if vector is None else "hybrid"]
        scores, drafted = ranking.scores(query, evidence), ranking.draft_probability(query, evidence)
        answers = ranking.answers(evidence)
        sure = -float(np.log(np.exp(scores - scores.max()).sum()))
        standing = (sure, evidence.nearest, evidence.known, evidence.aside, float(answers), drafted)
        if not answers or (vector is None and not evidence.known):
            return [], standing
        found = list(self._best(corpus, scores, evidence.best, only, limit))
        if drafted >= _DRAFTED and only == _ANYTHING and limit > _AFTER:
            found = self._with_transformation(found, corpus, scores, evidence.best)[:limit]
        return found, standing

    def _merged(self, native: list[Found], strangers: Sequence[Stranger], likely: float) -> list[Found]:
        """Put pages that exist in the other language only among the first where they may have been meant: ahead where
        that is likely or nothing else fits, else behind the best in the query's language."""
        if likely < (SHOWN if native else FIRST):
            return native
        ahead = 0 if likely >= FIRST else 1
        shown = [self._found(each.passage, each.score) for each in strangers[:_STRANGERS]]
        return [*native[:ahead], *shown, *native[ahead:]]

    def _with_transformation(self, found: list[Found], corpus: Corpus, scores: Any, best: Any) -> list[Found]:
        """Put the likeliest transformation behind the first pages: a draft wants its flaw named, then a way out."""
        nearest = next(iter(self._best(corpus, scores, best, Only(type="transformation"), 1)), None)
        if nearest is None:
            return found
        others = [passage for passage in found if passage.id != nearest.id]
        return [*others[:_AFTER], nearest, *others[_AFTER:]]

    def _best(self, corpus: Corpus, scores: Any, best: Any, only: Only, limit: int) -> Iterable[Found]:
        left = limit
        for page in best_first(scores):
            passage = corpus.passages[best[page]]
            if only.admits(passage):
                yield self._found(passage, float(scores[page]))
                left -= 1
            if left == 0:
                return

    def _found(self, passage: Passage, score: float) -> Found:
        if passage.id not in self._mentions:
            self._mentions[passage.id] = _mentions(passage, self._terms[passage.language])
        return _found(passage, score, self._mentions[passage.id])


def _mentions(passage: Passage, terms: Terms) -> tuple[Mention, ...]:
    seen: set[str] = set()
    used = [piece for piece in pieces(passage.text, terms, seen) if piece.term and piece.term.slug != passage.slug]
    return tuple(Mention(term=piece.text, slug=piece.term.slug) for piece in used if piece.term)


def _found(passage: Passage, score: float, terms: tuple[Mention, ...]) -> Found:
    return Found(
        id=passage.id,
        type=passage.type,
        slug=passage.slug,
        language=passage.language,
        heading=passage.heading,
        text=passage.text,
        score=round(score, 4),
        sources=passage.sources,
        terms=terms,
    )
