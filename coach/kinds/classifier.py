"""The kind classifier: a linear model over named features and, where they leave doubt, a sentence embedding.

The weights are a reviewed file, `weights.json`, rebuilt byte for byte by `make train-kinds`.
"""

import json
import math
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from coach.embedding import Embedder
from coach.kinds.features import Feature, features_of
from coach.reading import Reading
from coach.review import KINDS, Kind

WEIGHTS = Path(__file__).parent / "weights.json"
_REASONS = 3


class Verdict(NamedTuple):
    """A kind with its probability (0–1), and the reasons in readable words."""

    kind: Kind
    confidence: float
    evidence: tuple[str, ...] = ()
    likeliest: Kind = Kind.UNSURE


class Stage(NamedTuple):
    """A linear model. `features`: per name one weight per kind (order of KINDS); `embedding`: one row per
    kind, empty where the stage does without; `temperature` calibrates."""

    features: Mapping[str, Sequence[float]]
    embedding: Sequence[Sequence[float]]
    temperature: float


class Weights(NamedTuple):
    """What the file holds. The named features decide alone where their confidence reaches `sure`; else both
    together decide, and abstain below `threshold`."""

    version: str
    sure: float
    threshold: float
    alone: Stage
    together: Stage


class KindClassifier:
    """Says what kind a key result is. Without an embedder the named features decide alone."""

    def __init__(self, weights: Weights, embedder: Embedder | None) -> None:
        self._weights = weights
        self._embedder = embedder
        self._rows: Any = None

    @property
    def version(self) -> str:
        """The digest of the weights, marked where no embedding takes part."""
        return self._weights.version + ("" if self._embedder else "-features-only")

    def classify(self, readings: Sequence[Reading]) -> list[Verdict]:
        """Return a verdict per reading, in order; texts that need it are embedded in one batch."""
        features = [features_of(reading) for reading in readings]
        alone = self._weights.alone
        verdicts = [
            self._verdict(alone, _weigh(alone, found), found, reading)
            for found, reading in zip(features, readings, strict=True)
        ]
        unsure = [index for index, verdict in enumerate(verdicts) if verdict.confidence < self._weights.sure]
        if self._embedder is None or not unsure:
            return verdicts
        together = self._weights.together
        vectors = self._embedder.embed_queries([readings[index].text for index in unsure])
        for index, added in zip(unsure, self._embedding_scores(vectors), strict=True):
            scores = [score + float(more) for score, more in zip(_weigh(together, features[index]), added, strict=True)]
            verdicts[index] = self._verdict(together, scores, features[index], readings[index])
        return verdicts

    def _embedding_scores(self, vectors: Any) -> Any:
        import numpy as np  # noqa: PLC0415 - only with an embedder

        if self._rows is None:
            self._rows = np.asarray(self._weights.together.embedding, dtype=np.float32).T
        return vectors @ self._rows

    def _verdict(
        self, stage: Stage, scores: Sequence[float], found: Mapping[str, Feature], reading: Reading
    ) -> Verdict:
        scaled = [score / stage.temperature for score in scores]
        top = max(scaled)
        exponentials = [math.exp(score - top) for score in scaled]
        best = max(range(len(KINDS)), key=exponentials.__getitem__)
        confidence = exponentials[best] / sum(exponentials)
        kind = KINDS[best]
        decided = kind if confidence >= self._weights.threshold else Kind.UNSURE
        return Verdict(decided, round(confidence, 4), _reasons(stage, best, found, reading), kind)


def _weigh(stage: Stage, found: Mapping[str, Feature]) -> list[float]:
    scores = [0.0] * len(KINDS)
    for name, feature in found.items():
        if (weights := stage.features.get(name)) is not None:
            for index, weight in enumerate(weights):
                scores[index] += weight * feature.value
    return scores


def _reasons(stage: Stage, best: int, found: Mapping[str, Feature], reading: Reading) -> tuple[str, ...]:
    """Return the words that spoke most for the kind, strongest first, each once."""
    ranked = sorted(
        (
            (weights[best] - sum(weights) / len(weights), name)
            for name in found
            if (weights := stage.features.get(name)) is not None
        ),
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
    content = json.loads(path.read_text(encoding="utf-8"))
    stages = {name: Stage(**content[name]) for name in ("alone", "together")}
    return Weights(**{**content, **stages})


def open_classifier(embedder: Embedder | None) -> KindClassifier:
    """Return the classifier with the weights that ship with the package."""
    return KindClassifier(read_weights(), embedder)
