"""The kind classifier: a linear model over named features, together with the tuned encoder.

The features' weights are a reviewed file, `weights.json`, rebuilt byte for byte by `make train-kinds`.
"""

import json
import math
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from coach.kinds.features import Feature, features_of
from coach.learned import Learned, read_decisions
from coach.reading import Reading
from coach.review import KINDS, Kind

if TYPE_CHECKING:
    from coach.embedding.port import Vectors

WEIGHTS = Path(__file__).parent / "weights.json"
_REASONS = 3
_NEVER = 1.01


class Verdict(NamedTuple):
    """A kind with its probability (0–1), and the reasons in readable words."""

    kind: Kind
    confidence: float
    evidence: tuple[str, ...] = ()
    likeliest: Kind = Kind.UNSURE


class Weights(NamedTuple):
    """What the file holds: per feature one weight per kind (order of KINDS); `temperature` calibrates the features
    alone, and from a confidence of `sure` they need no second opinion."""

    version: str
    sure: float
    threshold: float
    temperature: float
    features: Mapping[str, Sequence[float]]


class KindClassifier:
    """Says what kind a key result is. Without the encoder the named features decide alone."""

    def __init__(self, weights: Weights, learned: Learned | None) -> None:
        self._weights = weights
        self._learned = learned
        self._mixed = read_decisions().kind

    @property
    def version(self) -> str:
        """The digest of the weights, marked where the encoder takes no part."""
        return self._weights.version + (f"+{self._learned.version}" if self._learned else "-features-only")

    def _threshold(self, found: Mapping[str, Feature]) -> float:
        """Return how sure the features alone must be: of words that none of them knows, never sure enough."""
        known = any(_is_known(name) and name in self._weights.features for name in found)
        return self._weights.threshold if known else _NEVER

    def classify(self, readings: Sequence[Reading], vectors: "Vectors | None" = None) -> list[Verdict]:
        """Return a verdict per reading, in order. Without their vectors, only those in doubt are embedded."""
        features = [features_of(reading) for reading in readings]
        scores = [weigh(self._weights, found) for found in features]
        alone = [[score / self._weights.temperature for score in row] for row in scores]
        verdicts = [
            _verdict(self._weights, row, self._threshold(found), found, reading)
            for row, found, reading in zip(alone, features, readings, strict=True)
        ]
        if self._learned is None or not readings:
            return verdicts
        doubted = list(range(len(readings)))
        if vectors is None:
            doubted = [index for index, verdict in enumerate(verdicts) if verdict.confidence < self._weights.sure]
            if not doubted:
                return verdicts
            vectors = self._learned.vectors([readings[index].said() for index in doubted])
        for index, heard in zip(doubted, self._learned.kinds(vectors).tolist(), strict=True):
            mixed = [
                self._mixed.features * own + self._mixed.encoder * other
                for own, other in zip(scores[index], heard, strict=True)
            ]
            verdicts[index] = _verdict(self._weights, mixed, self._mixed.threshold, features[index], readings[index])
        return verdicts


def _is_known(name: str) -> bool:
    return name.startswith(("has ", "word "))


def _verdict(
    weights: Weights, scores: Sequence[float], threshold: float, found: Mapping[str, Feature], reading: Reading
) -> Verdict:
    top = max(scores)
    exponentials = [math.exp(score - top) for score in scores]
    best = max(range(len(KINDS)), key=exponentials.__getitem__)
    confidence = exponentials[best] / sum(exponentials)
    kind = KINDS[best]
    decided = kind if confidence >= threshold else Kind.UNSURE
    return Verdict(decided, round(confidence, 4), _reasons(weights, best, found, reading), kind)


def weigh(weights: Weights, found: Mapping[str, Feature]) -> list[float]:
    """Return one score per kind (order of KINDS) for the features of a text."""
    scores = [0.0] * len(KINDS)
    for name, feature in found.items():
        if (row := weights.features.get(name)) is not None:
            for index, weight in enumerate(row):
                scores[index] += weight * feature.value
    return scores


def _reasons(weights: Weights, best: int, found: Mapping[str, Feature], reading: Reading) -> tuple[str, ...]:
    """Return the words that spoke most for the kind, strongest first, each once."""
    ranked = sorted(
        ((row[best] - sum(row) / len(row), name) for name in found if (row := weights.features.get(name)) is not None),
        reverse=True,
    )
    words: dict[str, None] = {}
    for weight, name in ranked:
        place = found[name].place
        if weight <= 0 or len(words) == _REASONS:
            break
        if place is not None:
            words[reading.text[place.start : place.end]] = None
    return tuple(words)


@cache
def read_weights(path: Path = WEIGHTS) -> Weights:
    """Return the weights in a file."""
    return Weights(**json.loads(path.read_text(encoding="utf-8")))


def open_classifier(learned: Learned | None) -> KindClassifier:
    """Return the classifier with the weights that ship with the package."""
    return KindClassifier(read_weights(), learned)
