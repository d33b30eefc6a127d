"""What is searched in one language, and how much each page has for a query."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from coach.language import Language
from coach.retrieval.lexical import LexicalIndex
from coach.retrieval.likeness import Rows
from coach.retrieval.pages import PageHead
from coach.retrieval.passages import Passage
from coach.retrieval.questions import Question
from coach.retrieval.vectors import Entry, digest_of
from coach.retrieval.words import WordShares

if TYPE_CHECKING:
    from coach.embedding.port import Vectors

EVIDENCE = (
    "dense prose", "dense asked", "dense drafts",
    "lexical prose", "lexical asked", "lexical drafts",
    "flaw in a key result", "flaw in an objective", "flaw in the process",
    "page by meaning", "page by words",
    "article", "pattern", "transformation", "glossary",
)  # fmt: skip
_PROSE, _ASKED, _DRAFTS = 0, 1, 2
_NEAREST = 5
_BY_MEANING, _BY_WORDS = EVIDENCE.index("page by meaning"), EVIDENCE.index("page by words")
_ANSWERING = ("article/", "pattern/")


class QueryReading(NamedTuple):
    """What the critic makes of a query: slug to confidence (0–1), read as a key result, an objective and a note about
    how OKR are practised; `form`: how likely it is a draft, a question, about something else (None: not known)."""

    key_result: Mapping[str, float] = {}
    objective: Mapping[str, float] = {}
    process: Mapping[str, float] = {}
    form: tuple[float, float, float] | None = None


class Evidence(NamedTuple):
    """What a corpus has for a query: `pages` (pages x EVIDENCE), `best` the best passage of each page, `form` how
    much nearer its nearest drafts are than its nearest questions, `nearest` the highest similarity, `known` the
    share of its words that the corpus knows, `aside` the highest similarity to what the method does not cover;
    `reading` what the critic makes of it."""

    pages: Any
    best: Any
    form: float
    nearest: float
    known: float
    aside: float
    reading: QueryReading


class Corpus:
    """The passages that one language is answered with; foreign ones where a page exists in no other."""

    def __init__(
        self,
        language: Language,
        passages: Sequence[Passage],
        aside: Sequence[str],
        questions: Sequence[Question] = (),
        head: PageHead | None = None,
    ) -> None:
        import numpy as np  # noqa: PLC0415 - heavy

        self.language = language
        self.passages = passages
        self._aside_texts = tuple(aside)
        self.pages = list(dict.fromkeys(passage.page for passage in passages))
        number = {page: index for index, page in enumerate(self.pages)}
        page_of = np.array([number[passage.page] for passage in passages], dtype=np.intp)
        self._by_page = _layered(page_of)
        typed = [
            (index, form, text)
            for index, passage in enumerate(passages)
            for form, texts in ((_ASKED, passage.asked), (_DRAFTS, passage.drafts))
            for text in texts
        ]
        self._owner = np.array([index for index, _, _ in typed], dtype=np.intp)
        forms = np.array([form for _, form, _ in typed], dtype=np.intp)
        self._asked, self._drafts = np.flatnonzero(forms == _ASKED), np.flatnonzero(forms == _DRAFTS)
        self._by_cell = _layered(np.concatenate([3 * page_of + _PROSE, 3 * page_of[self._owner] + forms]))
        self._typed = [text for _, _, text in typed]
        self._prose = LexicalIndex([passage.searched() for passage in passages], language)
        self._typed_words = LexicalIndex(self._typed, language)
        self._words = self._word_shares(page_of, questions)
        self._head, self._known_to_head = head, head.places(self.pages) if head else None
        first = {page: passage for passage in reversed(passages) for page in (passage.page,)}
        self._slugs = [first[page].slug for page in self.pages]
        types = [first[page].type for page in self.pages]
        self._blank = np.array([[type_ == name for name in EVIDENCE] for type_ in types], dtype=float)
        self._patterns = {slug: index for index, slug in enumerate(self._slugs) if types[index] == "pattern"}
        self._vectors: _Matrices | None = None

    def _word_shares(self, page_of: Any, questions: Sequence[Question]) -> WordShares:
        """Return which words speak for which page: prose, what is typed, and everyday questions."""
        stems = self._prose.stems
        documents = [(int(page_of[i]), stems(passage.searched()), 0.5) for i, passage in enumerate(self.passages)]
        drafts = set(self._drafts.tolist())
        documents += [
            (int(page_of[owner]), stems(text), 0.5 if place in drafts else 1.0)
            for place, (owner, text) in enumerate(zip(self._owner, self._typed, strict=True))
        ]
        number = {page.partition("/")[2]: i for i, page in enumerate(self.pages) if page.startswith(_ANSWERING)}
        documents += [
            (number[slug], words, 1.5 * share)
            for question in questions
            for words in (stems(question.query),)
            for slug, share in question.shares()
            if slug in number
        ]
        return WordShares(documents, len(self.pages))

    def texts(self) -> list[str]:
        """Return all that is searched in this language: prose, and what people type for it."""
        return [*(passage.searched() for passage in self.passages), *self._typed]

    def entries(self) -> list[Entry]:
        """Return what is to be embedded of this language's own passages, each text once."""
        own = [index for index, passage in enumerate(self.passages) if passage.language == self.language]
        prose = [Entry(self.passages[index].id, self.passages[index].searched()) for index in own]
        mine = set(own)
        typed = [
            Entry(_typed_id(text), text) for index, text in zip(self._owner, self._typed, strict=True) if index in mine
        ]
        return list(dict.fromkeys([*prose, *typed, *(Entry(_typed_id(text), text) for text in self._aside_texts)]))

    def load(self, rows: Mapping[str, Any], shift: Mapping[Language, Any], mean: Any) -> None:
        """Take the vectors by id; a foreign passage is moved by `shift`, the difference of the languages' means."""
        import numpy as np  # noqa: PLC0415 - heavy

        def matrix(pairs: Sequence[tuple[str, Language]]) -> Rows:
            found = [rows[identifier] + (0 if lang == self.language else shift[lang]) for identifier, lang in pairs]
            return Rows(_centred(np.asarray(found, dtype=np.float32).reshape(len(found), len(mean)), mean))

        languages = [passage.language for passage in self.passages]
        self._vectors = _Matrices(
            prose=matrix([(passage.id, passage.language) for passage in self.passages]),
            typed=matrix([(_typed_id(t), languages[i]) for i, t in zip(self._owner, self._typed, strict=True)]),
            aside=matrix([(_typed_id(text), self.language) for text in self._aside_texts]),
            mean=mean,
        )

    def typed_pages(self) -> list[tuple[str, bool]]:
        """Return the page of each typed text, and whether that text is a draft."""
        drafts = set(self._drafts.tolist())
        return [(self.passages[owner].page, place in drafts) for place, owner in enumerate(self._owner)]

    @property
    def loaded(self) -> bool:
        """Whether it can be searched by meaning."""
        return self._vectors is not None

    def evidence(self, query: str, vector: "Vectors | None", reading: QueryReading) -> Evidence:
        """Return what each page has for a query; `vector` is the query's, None to search by words alone."""

        pages = self._blank.copy()
        prose_words, prose_known = self._prose.look_up(query)
        typed_words, typed_known = self._typed_words.look_up(query)
        prose_words, typed_words = _relative(prose_words), _relative(typed_words)
        passage_scores = prose_words
        form = nearest = aside = 0.0
        if vector is not None and self._vectors is not None:
            matrices = self._vectors
            centred = _centred(vector[None, :], matrices.mean)[0]
            prose, typed = matrices.prose.like(centred), matrices.typed.like(centred)
            passage_scores = prose + 0.2 * prose_words
            self._highest(pages, 0, prose, typed, floor=min(prose.min(), typed.min() if len(typed) else 0.0))
            nearest = float(max(prose.max(), typed.max() if len(typed) else 0.0))
            form = _mean_of_best(typed[self._drafts]) - _mean_of_best(typed[self._asked])
            aside = float(matrices.aside.like(centred).max()) if len(matrices.aside) else 0.0
            if self._head:
                pages[:, _BY_MEANING] = self._head.scores(query, vector, self.language, self._known_to_head) / 10
        self._highest(pages, 3, prose_words, typed_words, floor=0.0)
        pages[:, _BY_WORDS] = self._words.look_up(self._prose.stems(query)) / 10
        for column, found in ((6, reading.key_result), (7, reading.objective), (8, reading.process)):
            for slug, confidence in found.items():
                if (index := self._patterns.get(slug)) is not None:
                    pages[index, column] = confidence
        known = max(prose_known, typed_known)
        return Evidence(pages, self._by_page.best(passage_scores), form, nearest, known, aside, reading)

    def _highest(self, pages: Any, column: int, prose: Any, typed: Any, *, floor: float) -> None:
        """Write the highest score per page of prose, questions and drafts into three columns."""
        import numpy as np  # noqa: PLC0415 - heavy

        cells = np.full(3 * len(pages), floor, dtype=float)
        cells[self._by_cell.groups] = np.maximum(self._by_cell.highest(np.concatenate([prose, typed])), floor)
        pages[:, column : column + 3] = cells.reshape(-1, 3)


class _Layered(NamedTuple):
    """Positions by the group that they belong to: `layers` has the first of every group, the second of those with two
    or more, and so on; `groups` are in the order of all layers, large ones first. Quicker than going group by group."""

    groups: Any
    layers: Sequence[Any]

    def highest(self, scores: Any) -> Any:
        """Return the highest score of each group, in the order of `groups`."""
        import numpy as np  # noqa: PLC0415 - heavy

        highest = scores[self.layers[0]]
        for layer in self.layers[1:]:
            np.maximum(highest[: len(layer)], scores[layer], out=highest[: len(layer)])
        return highest

    def best(self, scores: Any) -> Any:
        """Return the position of each group's highest score, the first of several, by the number of the group."""
        import numpy as np  # noqa: PLC0415 - heavy

        best = self.layers[0].copy()
        highest = scores[best]
        for layer in self.layers[1:]:
            challenging = scores[layer]
            higher = challenging > highest[: len(layer)]
            np.copyto(highest[: len(layer)], challenging, where=higher)
            np.copyto(best[: len(layer)], layer, where=higher)
        ordered = np.empty_like(best)
        ordered[self.groups] = best
        return ordered


def _layered(group_of: Any) -> _Layered:
    """Return the positions of an array of group numbers by group."""
    import numpy as np  # noqa: PLC0415 - heavy

    order = np.argsort(group_of, kind="stable")
    groups, starts, counts = np.unique(group_of[order], return_index=True, return_counts=True)
    large_first = np.argsort(-counts, kind="stable")
    starts, counts = starts[large_first], counts[large_first]
    layers = [order[starts[counts > depth] + depth] for depth in range(counts.max(initial=1))]
    return _Layered(groups[large_first], layers)


class _Matrices(NamedTuple):
    """Centred unit vectors of passages, of what people type, and of what the method does not cover."""

    prose: Rows
    typed: Rows
    aside: Rows
    mean: Any


def _typed_id(text: str) -> str:
    return f"typed/{digest_of(text)[:24]}"


def _centred(rows: Any, mean: Any) -> Any:
    """Return unit rows relative to the mean: what all texts share says nothing about which one fits."""
    import numpy as np  # noqa: PLC0415 - heavy

    moved = rows - mean
    return np.asarray(moved / np.maximum(np.linalg.norm(moved, axis=-1, keepdims=True), 1e-9), dtype=np.float32)


def _relative(scores: Any) -> Any:
    """Return scores as a share of the best one (0–1)."""
    best = scores.max() if len(scores) else 0.0
    return scores / best if best > 0 else scores


def _mean_of_best(scores: Any) -> float:
    import numpy as np  # noqa: PLC0415 - heavy

    if not len(scores):
        return 0.0
    best = np.partition(scores, -_NEAREST)[-_NEAREST:] if len(scores) > _NEAREST else scores
    return float(np.sort(best).mean())
