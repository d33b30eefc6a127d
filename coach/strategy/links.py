"""Which elements of a frame a text serves, and how strongly: vectors and shared words, weighed by what was learned.

Whether a text serves an element depends on the two and on the other texts of the draft, on nothing else in the frame:
taking an element away never makes another link stronger.
"""

import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from coach.embedding import Embedder
from coach.language import LANGUAGES, Language
from coach.strategy.elements import Element
from coach.strategy.evidence import FEATURES, SORTS, Evidence, Said, gather, sorts_of
from coach.strategy.likeness import Space

WEIGHTS_FILE = Path(__file__).parent / "links.json"
SPACE_FILE = Path(__file__).parent / "space.npz"


class Weighing(NamedTuple):
    """Logistic weights by feature, their constant, and the strength from which a text serves an element."""

    weights: Mapping[str, float]
    constant: float
    least: float


class Weights(NamedTuple):
    """What `make train-alignment` found: for links and for conflicts one weighing with vectors, one by words alone.

    `rarity`: how rare (0–1) words are by their first letters.
    """

    by_meaning: Weighing
    by_words: Weighing
    conflict_by_meaning: Weighing
    conflict_by_words: Weighing
    rarity: Mapping[Language, Mapping[str, float]]


class Strengths(NamedTuple):
    """How strongly (0–1) each text serves each element (texts x elements), and with which part of it."""

    rows: Any
    parts: Any
    least: float


@cache
def read_weights(path: Path = WEIGHTS_FILE) -> Weights:
    """Return the weights in a file."""
    content = json.loads(path.read_text(encoding="utf-8"))
    weighings = (name for name in Weights._fields if name != "rarity")
    return Weights(**{name: Weighing(**content[name]) for name in weighings}, rarity=content["rarity"])


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


@cache
def read_leanings(path: Path = SPACE_FILE) -> Any:
    """Return which way of a vector leans to which sort of element (SORTS x 384), whatever the frame says."""
    import numpy as np  # noqa: PLC0415 - heavy

    with np.load(path, allow_pickle=False) as stored:
        return stored["leanings"].astype(np.float32)


@cache
def read_turning(path: Path = SPACE_FILE) -> Any:
    """Return which way of a vector (384) speaks for a text that turns a trade-off round, whatever that says."""
    import numpy as np  # noqa: PLC0415 - heavy

    with np.load(path, allow_pickle=False) as stored:
        return stored["turning"].astype(np.float32)


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
        found = self.evidence(texts, elements, language)
        scores = found.table @ np.asarray([weighing.weights.get(name, 0.0) for name in FEATURES]) + weighing.constant
        if found.placed is not None:
            leaning = found.placed @ read_leanings().T
            scores = scores + _by_sort(leaning, elements)
        return Strengths(1.0 / (1.0 + np.exp(-scores)), found.parts, weighing.least)

    def evidence(self, texts: Sequence[Said], elements: Sequence[Element], language: Language) -> Evidence:
        """Return what is weighed."""
        return gather(
            texts, elements, language, self._embedder, read_spaces()[language], read_weights().rarity[language]
        )


def _by_sort(leaning: Any, elements: Sequence[Element]) -> Any:
    """Return how much each text (texts x SORTS) leans to the sort of each element."""
    import numpy as np  # noqa: PLC0415 - heavy

    columns = [SORTS.index(sort) if sort in SORTS else None for sort in sorts_of(elements)]
    none = np.zeros(len(leaning), dtype=leaning.dtype)
    return np.stack([none if at is None else leaning[:, at] for at in columns], axis=1)
