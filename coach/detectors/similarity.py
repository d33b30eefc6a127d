"""Kind `similarity`: two key results measure the same thing."""

import re
from collections.abc import Iterable
from itertools import combinations

from coach.detectors.subject import DraftSubject, Hit, ObjectiveSubject, Parameters, Quiet
from coach.reading import Reading
from coach.review import Level

_LONG_WORD = 4
_STEM = 6


class SimilarityParameters(Parameters):
    """Fires where two texts share at least the part `least` (0–1, Jaccard) of their content words."""

    least: float
    words: int = 2


class SimilarityDetector(Quiet):
    """Fires on near copies within a set."""

    def __init__(self, level: Level, parameters: SimilarityParameters) -> None:
        super().__init__(level)
        self._parameters = parameters

    def in_set(self, subject: ObjectiveSubject, _draft: DraftSubject) -> Iterable[Hit]:
        """Compare every two key results by their content words."""
        stems = [content_stems(key_result.reading) for key_result in subject.key_results]
        for (first, left), (second, right) in combinations(enumerate(stems), 2):
            common = left & right
            if len(common) >= self._parameters.words and len(common) >= self._parameters.least * len(left | right):
                yield Hit(confidence=0.8, values={"count": first + 1, "limit": second + 1})
                return


def content_stems(reading: Reading) -> frozenset[str]:
    """Return the stems of the words that carry meaning: long words, cut so that inflections agree."""
    verbal = {"make", "do", "raise", "lower", "wish", "keep", "reach", "us", "baseline"}
    return frozenset(
        re.sub(r"\W", "", token.text.lower())[:_STEM]
        for token in reading.tokens
        if len(token.text) >= _LONG_WORD and not (token.tags & verbal)
    )
