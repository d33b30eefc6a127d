"""Which page a query's words speak for: multinomial naive Bayes over everything that is written or typed for a page."""

import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any

_SMOOTHING = 0.05
LOWEST = -15.0


class WordShares:
    """How likely each page is, given the words of a query.

    `documents`: (number of the page, stems, weight). Words count by their rarity; a document's weight is spread over
    its words, so that long ones do not drown short ones.
    """

    def __init__(self, documents: Sequence[tuple[int, Sequence[str], float]], pages: int) -> None:
        import numpy as np  # noqa: PLC0415 - heavy

        spread = Counter(word for _, words, _ in documents for word in set(words))
        self._rarity = {word: 1.0 + math.log((1 + len(documents)) / (1 + count)) for word, count in spread.items()}
        counts: dict[str, dict[int, float]] = defaultdict(lambda: defaultdict(float))
        totals = np.zeros(pages)
        weights = np.zeros(pages)
        for page, words, weight in documents:
            weights[page] += weight
            for word, share in self._shares(words).items():
                counts[word][page] += weight * share
                totals[page] += weight * share
        floor = np.log(_SMOOTHING) - np.log(totals + _SMOOTHING * max(1, len(spread)))
        self._floor = floor
        self._prior = np.log((weights + 1e-6) / (weights.sum() + 1e-6))
        self._gain = {
            word: (
                np.fromiter(found, dtype=np.intp),
                np.log1p(np.fromiter(found.values(), dtype=float) / _SMOOTHING),
            )
            for word, found in counts.items()
        }

    def look_up(self, stems: Sequence[str]) -> Any:
        """Return the logarithm of each page's probability, LOWEST at the least."""
        import numpy as np  # noqa: PLC0415 - heavy

        scores = self._prior.copy()
        for word, share in self._shares([stem for stem in stems if stem in self._gain]).items():
            pages, gain = self._gain[word]
            scores += share * self._floor
            scores[pages] += share * gain
        top = scores.max()
        return np.maximum(scores - top - math.log(float(np.exp(scores - top).sum())), LOWEST)

    def _shares(self, words: Sequence[str]) -> dict[str, float]:
        """Return the weight of each word of a text: rarer ones more, together of length 1."""
        raw = {word: (1 + math.log(count)) * self._rarity[word] for word, count in Counter(words).items()}
        length = math.sqrt(sum(value * value for value in raw.values())) or 1.0
        return {word: value / length for word, value in raw.items()}
