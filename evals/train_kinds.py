"""`make train-kinds`: rebuild coach/kinds/weights.json from the labelled drafts of this repository.

The same data give the same file, byte for byte: one thread, a fixed order, rounded weights. Temperature
and abstention threshold come from cross-validation over whole objectives, never from training fit.
"""

import hashlib
import json
import os
import re
from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # before numpy: the order of additions must not depend on the machine

import numpy as np
from scipy.sparse import csr_matrix, hstack
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from coach.embedding import bundled_embedder
from coach.kinds.classifier import WEIGHTS
from coach.kinds.features import features_of
from coach.reading import read
from coach.review import KINDS
from evals.drafts import key_results_of, own_drafts

MIN_SEEN = 3
DIGITS = 4
EMBEDDING_SCALE = 6.0
STRENGTH = 0.6
SURE_MAY_COST = 0.002
ABSTAIN_AT_MOST = 0.03


class Examples(NamedTuple):
    """The labelled key results as matrices: `alone` the named features, `together` with the embedding."""

    names: list[str]
    alone: csr_matrix
    together: csr_matrix
    labels: np.ndarray
    groups: np.ndarray


def examples() -> Examples:
    """Return every labelled key result of the repository, featurised and embedded."""
    rows = key_results_of(own_drafts())
    readings = [read(text, draft.lang) for draft, text, _ in rows]
    features = [{name: feature.value for name, feature in features_of(reading).items()} for reading in readings]
    seen = Counter(name for row in features for name in row)
    names = sorted(name for name, count in seen.items() if count >= MIN_SEEN)
    embedder = bundled_embedder()
    assert embedder is not None, "training needs the bundled embedding model"
    vectors = embedder.embed_queries([reading.text for reading in readings]).astype(np.float64)
    alone = _matrix(features, names)
    together = hstack([alone, csr_matrix(vectors * EMBEDDING_SCALE)]).tocsr()
    labels = np.array([KINDS.index(label.kind) for _, _, label in rows])
    groups = np.array([hash_group(draft.objective) for draft, _, _ in rows])
    return Examples(names, alone, together, labels, groups)


def train(data: Examples) -> tuple[dict[str, Any], dict[str, float]]:
    """Return the content of the weights file and what cross-validation says about it."""
    held_out_alone = _cross_validated(data.alone, data)
    held_out = _cross_validated(data.together, data)
    alone = _stage(data.alone, data, _temperature(held_out_alone, data.labels))
    together = _stage(data.together, data, _temperature(held_out, data.labels))
    alone_sure = _softmax(held_out_alone / alone["temperature"])
    both = _softmax(held_out / together["temperature"])
    sure = _sure(alone_sure, both, data.labels)
    left = alone_sure.max(axis=1) < sure
    decided = np.where(left[:, None], both, alone_sure)
    content: dict[str, Any] = {
        "sure": sure,
        "threshold": round(float(np.quantile(decided.max(axis=1), ABSTAIN_AT_MOST)), 3),
        "alone": alone,
        "together": together,
    }
    content = {
        "version": hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:12],
        **content,
    }
    figures = {
        "key results": float(len(data.labels)),
        "accuracy alone": float((alone_sure.argmax(axis=1) == data.labels).mean()),
        "accuracy together": float((both.argmax(axis=1) == data.labels).mean()),
        "accuracy as used": float((decided.argmax(axis=1) == data.labels).mean()),
        "embedded": float(left.mean()),
    }
    return content, figures


def _stage(matrix: csr_matrix, data: Examples, temperature: float) -> dict[str, Any]:
    weights = np.round(_fit(matrix, data.labels).coef_, DIGITS) + 0.0
    split = len(data.names)
    return {
        "features": {name: weights[:, i].tolist() for i, name in enumerate(data.names) if np.any(weights[:, i])},
        "embedding": np.round(weights[:, split:] * EMBEDDING_SCALE, DIGITS).tolist()
        if weights.shape[1] > split
        else [],
        "temperature": temperature,
    }


def _sure(alone: np.ndarray, both: np.ndarray, labels: np.ndarray) -> float:
    """Return the least confidence from which the named features are as right as both together."""
    for candidate in np.arange(0.90, 1.0, 0.005):
        left = alone.max(axis=1) < candidate
        used = np.where(left[:, None], both, alone).argmax(axis=1)
        if (used == labels).mean() >= (both.argmax(axis=1) == labels).mean() - SURE_MAY_COST:
            return round(float(candidate), 3)
    return 1.01


def hash_group(text: str) -> int:
    """Return a number per objective that does not change between runs."""
    return int(hashlib.sha256(text.encode()).hexdigest()[:8], 16)


def _matrix(features: Sequence[dict[str, float]], names: Sequence[str]) -> csr_matrix:
    column = {name: index for index, name in enumerate(names)}
    places = [
        (i, column[name], value) for i, row in enumerate(features) for name, value in row.items() if name in column
    ]
    at, columns, values = zip(*places, strict=True)
    return csr_matrix((values, (at, columns)), shape=(len(features), len(names)))


def _fit(matrix: csr_matrix, labels: np.ndarray) -> LogisticRegression:
    return LogisticRegression(C=STRENGTH, max_iter=2_000, tol=1e-6, fit_intercept=False).fit(matrix, labels)


def _cross_validated(matrix: csr_matrix, data: Examples) -> np.ndarray:
    scores = np.zeros((len(data.labels), len(KINDS)))
    for fitted, held_out in GroupKFold(n_splits=5).split(matrix, data.labels, data.groups):
        scores[held_out] = _fit(matrix[fitted], data.labels[fitted]).decision_function(matrix[held_out])
    return scores


def _temperature(scores: np.ndarray, labels: np.ndarray) -> float:
    """Return the temperature with the least cross-entropy on held-out scores."""
    candidates = np.round(np.arange(0.5, 3.01, 0.05), 2)
    losses = [-np.log(_softmax(scores / t)[np.arange(len(labels)), labels] + 1e-12).mean() for t in candidates]
    return float(candidates[int(np.argmin(losses))])


def _softmax(scores: np.ndarray) -> np.ndarray:
    exponentials = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(exponentials / exponentials.sum(axis=1, keepdims=True))


def rendered(content: dict[str, Any]) -> str:
    """Return the text of the weights file: one feature a line, so that a change can be reviewed."""
    text = json.dumps(content, ensure_ascii=False, indent=1)
    return re.sub(r"\[\s+([-\d., \n]+?)\s+\]", lambda m: "[" + re.sub(r"\s+", " ", m[1]) + "]", text) + "\n"


def main() -> None:
    """Train and write the weights."""
    content, figures = train(examples())
    WEIGHTS.write_text(rendered(content), encoding="utf-8")
    print(", ".join(f"{name} {value:.4g}" for name, value in figures.items()))
    print(f"sure {content['sure']}, threshold {content['threshold']}, {WEIGHTS.stat().st_size} bytes")


if __name__ == "__main__":
    main()
