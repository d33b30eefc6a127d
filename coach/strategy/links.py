"""Which elements of a frame a text serves, and how strongly: vectors and shared words, weighed by what was learned.

Whether a text serves an element depends on the two, on the objective above (or the key results below) and on nothing
else in the frame: taking an element away never makes another link stronger.
"""

import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from coach.embedding import Embedder
from coach.language import LANGUAGES, Language
from coach.strategy.elements import LAYERS, Element
from coach.strategy.likeness import Space, Vocabulary, content_words

WEIGHTS_FILE = Path(__file__).parent / "links.json"
SPACE_FILE = Path(__file__).parent / "space.npz"
FEATURES = ("near", "word", "near_above", "word_above", "is_objective", "near_below", "word_below", *LAYERS)


class Weighing(NamedTuple):
    """Logistic weights by feature, their constant, and the strength from which a text serves an element."""

    weights: Mapping[str, float]
    constant: float
    least: float


class Weights(NamedTuple):
    """What `python -m evals.train_alignment` found: one weighing with vectors, one by words alone.

    `rarity`: how rare (0–1) words are by their first letters; `conflict`: from which nearness to a trade-off a text
    that gives something up turns it round.
    """

    by_meaning: Weighing
    by_words: Weighing
    rarity: Mapping[Language, Mapping[str, float]]
    conflict: float


class Said(NamedTuple):
    """A text of the draft; `above`: the place of its objective in the list, None for an objective."""

    text: str
    above: int | None = None


class Strengths(NamedTuple):
    """How strongly (0–1) each text serves each element (texts x elements), and with which part of it."""

    rows: Any
    parts: Any
    least: float


@cache
def read_weights(path: Path = WEIGHTS_FILE) -> Weights:
    """Return the weights in a file."""
    content = json.loads(path.read_text(encoding="utf-8"))
    return Weights(
        Weighing(**content["by_meaning"]), Weighing(**content["by_words"]), content["rarity"], content["conflict"]
    )


@cache
def read_spaces(path: Path = SPACE_FILE) -> Mapping[Language, Space]:
    """Return what the texts of each language have in common."""
    import numpy as np  # noqa: PLC0415 - heavy

    with np.load(path, allow_pickle=False) as stored:
        return {
            language: Space(
                stored[f"{language} mean"].astype(np.float32), stored[f"{language} directions"].astype(np.float32)
            )
            for language in LANGUAGES
        }


class Links:
    """Finds links. The embedder is the bundled model as its makers left it, which the weights were fitted to (the tuned
    one forgets subjects); without it words alone decide."""

    def __init__(self, embedder: Embedder | None) -> None:
        self._embedder = embedder

    def __call__(self, texts: Sequence[Said], elements: Sequence[Element], language: Language) -> Strengths:
        """Return the strengths of all links; every text and every part is embedded once."""
        import numpy as np  # noqa: PLC0415 - heavy

        weights = read_weights()
        weighing = weights.by_meaning if self._embedder else weights.by_words
        if not texts or not elements:
            empty = np.zeros((len(texts), len(elements)), dtype=np.float32)
            return Strengths(empty, empty.astype(np.int64), weighing.least)
        features, parts = self.features(texts, elements, language)
        scores = features @ np.asarray([weighing.weights.get(name, 0.0) for name in FEATURES]) + weighing.constant
        return Strengths(1.0 / (1.0 + np.exp(-scores)), parts, weighing.least)

    def features(self, texts: Sequence[Said], elements: Sequence[Element], language: Language) -> tuple[Any, Any]:
        """Return what is weighed (texts x elements x features), and the likest part of each element."""
        import numpy as np  # noqa: PLC0415 - heavy

        near, part = self._near(texts, elements, language)
        word, word_part = _words(texts, elements, language)
        above = np.asarray([at if said.above is None else said.above for at, said in enumerate(texts)])
        inner = np.asarray([said.above is not None for said in texts], dtype=np.float64)[:, None]
        below = _highest_below(texts, near), _highest_below(texts, word)
        layers = [np.broadcast_to([float(e.layer == layer) for e in elements], near.shape) for layer in LAYERS]
        outer = np.broadcast_to(1.0 - inner, near.shape)
        stacked = [near, word, near[above] * inner, word[above] * inner, outer, *below, *layers]
        return np.stack(stacked, axis=-1), word_part if self._embedder is None else part

    def _near(self, texts: Sequence[Said], elements: Sequence[Element], language: Language) -> tuple[Any, Any]:
        """Return the cosine of each text with the nearest part of each element, and which part that is."""
        import numpy as np  # noqa: PLC0415 - heavy

        shape = (len(texts), len(elements))
        if self._embedder is None:
            return np.zeros(shape), np.zeros(shape, dtype=np.int64)
        wordings = list(dict.fromkeys(part for element in elements for part in element.parts))
        vectors = self._embedder.embed_queries([*(said.text for said in texts), *wordings])
        placed = read_spaces()[language].placed(vectors)
        table = placed[: len(texts)] @ placed[len(texts) :].T
        column = {wording: at for at, wording in enumerate(wordings)}
        near, part = np.zeros(shape), np.zeros(shape, dtype=np.int64)
        for at, element in enumerate(elements):
            own = table[:, [column[wording] for wording in element.parts]]
            near[:, at], part[:, at] = own.max(1), own.argmax(1)
        return near, part


def _words(texts: Sequence[Said], elements: Sequence[Element], language: Language) -> tuple[Any, Any]:
    """Return how telling the rarest word is that a text shares with an element, and in which part it stands."""
    import numpy as np  # noqa: PLC0415 - heavy

    said = [content_words(each.text, language) for each in texts]
    vocabulary = Vocabulary(said, read_weights().rarity[language])
    inside = [frozenset(word.text for word in words) for words in said]
    telling, place = np.zeros((len(texts), len(elements))), np.zeros((len(texts), len(elements)), dtype=np.int64)
    for at, element in enumerate(elements):
        for number, part in enumerate(element.parts):
            like = vocabulary.like(content_words(part, language))
            for row, words in enumerate(inside):
                if common := words & like:
                    found = vocabulary.telling(common)
                    if found > telling[row, at]:
                        telling[row, at], place[row, at] = found, number
    return telling, place


def _highest_below(texts: Sequence[Said], table: Any) -> Any:
    """Return for each objective the highest value among its key results, else 0."""
    import numpy as np  # noqa: PLC0415 - heavy

    found = np.zeros_like(table)
    for at, said in enumerate(texts):
        if said.above is not None:
            found[said.above] = np.maximum(found[said.above], table[at])
    return found
