"""Pages that exist in the other language only (an organisation's own), found by what a query means.

The tuned encoder keeps languages apart, so two others look: the bundled model as its makers left it, and one trained on
translations, which also compares word by word. Their weights are a reviewed file (`make train-across`).
"""

import json
import math
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from coach.embedding import BridgeEmbedder, BundledEmbedder, Embedder
from coach.language import Language, locale_of
from coach.retrieval.passages import Passage
from coach.retrieval.vectors import Entry, Synchronised, VectorStore, digest_of

if TYPE_CHECKING:
    from coach.embedding.port import Vectors

WEIGHTS_FILE = Path(__file__).parent / "across.json"
MEANS_FILE = Path(__file__).parent / "across.npz"
FEATURES = ("plain prose", "plain asked", "bridge prose", "bridge asked", "words")
_WORD = re.compile(r"[^\W_]+")
_SHORTEST = 3
_UNLIKE = 0.4


STANDING = ("score", "lead", "spread", "native", "nearest", "known", "aside", "answers", "drafted")
SHOWN, FIRST = 0.45, 0.8
_TOP = 3


class Weights(NamedTuple):
    """A weight per feature of a page; the constant and a weight per name of STANDING, which say whether foreign pages
    or those in the query's language were meant."""

    weights: Sequence[float]
    constant: float
    standing: Sequence[float]


class Stranger(NamedTuple):
    """The passage of a page that exists in the other language only, and how well that page fits."""

    passage: Passage
    score: float


class Embedders(NamedTuple):
    """The two models that look across languages."""

    plain: Embedder
    bridge: Embedder


def bundled() -> Embedders:
    """Return the two models in the package."""
    return Embedders(BundledEmbedder(), BridgeEmbedder())


@cache
def read_weights(path: Path = WEIGHTS_FILE) -> Weights:
    """Return the weights in a file."""
    content = json.loads(path.read_text(encoding="utf-8"))
    return Weights(
        [content["weights"][name] for name in FEATURES],
        content["constant"],
        [content["standing"][name] for name in STANDING],
    )


def standing_of(strangers: "Sequence[Stranger]", native: Sequence[float]) -> tuple[float, ...]:
    """Return what tells whether foreign pages were meant, in the order of STANDING. `native`: how sure the best page in
    the query's language is (logarithm of its probability), then the evidence of that language from `nearest` on."""
    scores = [each.score for each in strangers[:_TOP]]
    lead = scores[0] - scores[1] if len(scores) > 1 else scores[0]
    return (scores[0], lead, scores[0] - sum(scores) / len(scores), *native)


def meant(strangers: "Sequence[Stranger]", native: Sequence[float]) -> float:
    """Return how likely (0–1) a foreign page was meant; 0 where there is none."""
    if not strangers:
        return 0.0
    weights = read_weights()
    found = zip(weights.standing, standing_of(strangers, native), strict=True)
    return 1.0 / (1.0 + math.exp(-weights.constant - sum(weight * value for weight, value in found)))


class Across:
    """Searches foreign pages for queries in one language."""

    def __init__(self, passages: Sequence[Passage], asked_in: Language, embedders: Embedders, folder: Path) -> None:
        self._asked_in = asked_in
        self._embedders = embedders
        self._folder = folder
        self._passages = list(passages)
        self._pages = list(dict.fromkeys(passage.page for passage in passages))
        self._prose = [Entry(passage.id, passage.searched()) for passage in passages]
        self._asked = [
            (passage.page, Entry(_id("asked", text), text)) for passage in passages for text in passage.asked
        ]
        self._words_of = {passage.page: set[str]() for passage in passages}
        for passage in passages:
            self._words_of[passage.page].update(content_words(passage.searched(), passage.language))
        self._words = sorted(set().union(*self._words_of.values()))
        self._loaded: _Loaded | None = None

    @property
    def loaded(self) -> bool:
        """Whether it can be searched; where there is nothing to search, too."""
        return not self._passages or self._loaded is not None

    def entries(self) -> list[Entry]:
        """Return everything that is embedded."""
        words = [Entry(_id("word", word), word) for word in self._words]
        return list(dict.fromkeys([*self._prose, *(entry for _, entry in self._asked), *words]))

    def build(self, *, verify: bool = False) -> Synchronised:
        """Bring both vector indexes up to date and load them; nothing happens where there are no pages."""
        total = Synchronised()
        if not self._passages:
            return total
        name = f"across-{self._asked_in}"
        rows: list[dict[str, Any]] = []
        entries = self.entries()
        of_texts = [entry for entry in entries if not entry.id.startswith("word/")]
        for embedder, wanted in ((self._embedders.plain, of_texts), (self._embedders.bridge, entries)):
            folder = self._folder / embedder.name
            index = VectorStore.sound(folder, embedder, [name] if verify else ()).open(name)
            total = total.plus(index.synchronise(wanted, verify=verify))
            ids = [entry.id for entry in wanted]
            vectors = index.vectors(ids)
            if vectors is None:
                return total if verify else total.plus(self.build(verify=True))
            rows.append(dict(zip(ids, vectors, strict=True)))
        self._load(*rows)
        return total

    def _load(self, plain: dict[str, Any], bridge: dict[str, Any]) -> None:
        import numpy as np  # noqa: PLC0415 - heavy

        language = self._passages[0].language
        place = {page: at for at, page in enumerate(self._pages)}
        prose = [entry.id for entry in self._prose]
        asked = [entry.id for _, entry in self._asked]

        def matrix(rows: dict[str, Any], ids: Sequence[str], model: str, form: str) -> Any:
            mean = _mean(model, language, form)
            return _centred(np.asarray([rows[at] for at in ids], dtype=np.float32).reshape(len(ids), len(mean)), mean)

        words = [bridge[_id("word", word)] for word in self._words]
        column = {word: at for at, word in enumerate(self._words)}
        self._loaded = _Loaded(
            prose=[matrix(rows, prose, model, "prose") for model, rows in (("plain", plain), ("bridge", bridge))],
            asked=[matrix(rows, asked, model, "typed") for model, rows in (("plain", plain), ("bridge", bridge))],
            words=_unit(np.asarray(words, dtype=np.float32)),
            page_of_prose=np.asarray([place[passage.page] for passage in self._passages], dtype=np.intp),
            page_of_asked=np.asarray([place[page] for page, _ in self._asked], dtype=np.intp),
            words_of=[
                np.asarray(sorted(column[word] for word in self._words_of[page]), dtype=np.intp) for page in self._pages
            ],
        )

    def found(self, query: str) -> list[Stranger]:
        """Return every foreign page, best first, with the passage of it that fits best; empty where there are none."""
        import numpy as np  # noqa: PLC0415 - heavy

        if self._loaded is None:
            return []
        features, nearest = self.features(query)
        scores = features @ np.asarray(read_weights().weights)
        return [
            Stranger(self._passages[int(nearest[page])], float(scores[page]))
            for page in np.argsort(-scores, kind="stable").tolist()
        ]

    def features(self, query: str) -> tuple[Any, Any]:
        """Return what is weighed (pages x FEATURES), and the number of the nearest passage of each page."""
        import numpy as np  # noqa: PLC0415 - heavy

        loaded = self._loaded
        assert loaded is not None, "build first"
        words = content_words(query, self._asked_in)
        plain = self._embedders.plain.embed_queries([query])[0]
        bridge, *of_words = self._embedders.bridge.embed_queries([query, *words])
        table = np.zeros((len(self._pages), len(FEATURES)))
        both = np.zeros(len(self._passages))
        for at, (vector, model) in enumerate(((plain, "plain"), (bridge, "bridge"))):
            centred = _centred(vector, _mean(model, self._asked_in, "typed"))
            prose = loaded.prose[at] @ centred
            both += prose
            highest = np.full(len(self._pages), -1.0)
            np.maximum.at(highest, loaded.page_of_prose, prose)
            table[:, 2 * at] = highest
            asked = np.full(len(self._pages), -1.0)
            np.maximum.at(asked, loaded.page_of_asked, loaded.asked[at] @ centred)
            table[:, 2 * at + 1] = np.where(asked > -1.0, asked, highest)
        if of_words:
            like = np.maximum(_unit(np.asarray(of_words)) @ loaded.words.T - _UNLIKE, 0.0)
            scale = math.sqrt(len(of_words))
            table[:, 4] = [like[:, at].max(1).sum() / scale if len(at) else 0.0 for at in loaded.words_of]
        nearest = np.zeros(len(self._pages), dtype=np.intp)
        order = np.argsort(both, kind="stable")
        nearest[loaded.page_of_prose[order]] = order
        return table, nearest


class _Loaded(NamedTuple):
    """Centred unit vectors of prose and of what people ask, by model; those of words; and which page each is of."""

    prose: Sequence[Any]
    asked: Sequence[Any]
    words: Any
    page_of_prose: Any
    page_of_asked: Any
    words_of: Sequence[Any]


def content_words(text: str, language: Language) -> list[str]:
    """Return the words of a text that carry meaning, each once."""
    stop = locale_of(language).function_words
    words = dict.fromkeys(word for word in _WORD.findall(text.lower()) if len(word) >= _SHORTEST)
    return [word for word in words if word not in stop]


def _id(form: str, text: str) -> str:
    return f"{form}/{digest_of(text)[:24]}"


@cache
def _means() -> dict[str, Any]:
    import numpy as np  # noqa: PLC0415 - heavy

    with np.load(MEANS_FILE, allow_pickle=False) as stored:
        return {name: stored[name].astype(np.float32) for name in stored.files}


def _mean(model: str, language: Language, form: str) -> "Vectors":
    """Return what the shipped texts of a form have in common in a language: it says nothing about which one fits."""
    found: Vectors = _means()[f"{model} {language} {form}"]
    return found


def _centred(rows: Any, mean: Any) -> Any:
    return _unit(rows - mean)


def _unit(rows: Any) -> Any:
    import numpy as np  # noqa: PLC0415 - heavy

    return rows / np.maximum(np.linalg.norm(rows, axis=-1, keepdims=True), 1e-9)
