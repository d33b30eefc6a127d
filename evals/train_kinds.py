"""`make train-kinds`: rebuild coach/kinds/weights.json from the labelled drafts of this repository.

The same data give the same file, byte for byte: one thread, a fixed order, rounded weights. Temperature
and thresholds come from cross-validation over whole objectives and organisations, never from training fit. How much
the features count beside the tuned encoder is found by `make calibrate`.
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
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from coach.kinds.classifier import WEIGHTS
from coach.kinds.features import features_of
from coach.reading import read
from coach.review import KINDS
from evals.drafts import LabelledDraft, key_results_of, own_drafts

MIN_SEEN = 3
DIGITS = 4
STRENGTH = 0.6
RIGHT_WHEN_SURE = 0.985
ABSTAIN_AT_MOST = 0.03


class Examples(NamedTuple):
    """The labelled key results by their named features."""

    names: list[str]
    matrix: csr_matrix
    labels: np.ndarray
    groups: np.ndarray


def examples(drafts: Sequence[LabelledDraft] | None = None) -> Examples:
    """Return labelled key results as features; by default all of the repository."""
    rows = key_results_of(own_drafts() if drafts is None else drafts)
    readings = [read(text, draft.lang) for draft, text, _ in rows]
    features = [{name: feature.value for name, feature in features_of(reading).items()} for reading in readings]
    seen = Counter(name for row in features for name in row)
    names = sorted(name for name, count in seen.items() if count >= MIN_SEEN)
    labels = np.array([KINDS.index(label.kind) for _, _, label in rows])
    groups = np.array([hash_group(draft.group) for draft, _, _ in rows])
    return Examples(names, matrix_of(features, names), labels, groups)


def train(data: Examples) -> tuple[dict[str, Any], dict[str, float]]:
    """Return the content of the weights file and what cross-validation says about it."""
    held_out = _cross_validated(data.matrix, data)
    temperature = _temperature(held_out, data.labels)
    shares = _softmax(held_out / temperature)
    content = weights_of(data, temperature, shares)
    figures = {
        "key results": float(len(data.labels)),
        "accuracy": float((shares.argmax(axis=1) == data.labels).mean()),
        "sure": float((shares.max(axis=1) >= content["sure"]).mean()),
    }
    return content, figures


def weights_of(data: Examples, temperature: float, shares: np.ndarray) -> dict[str, Any]:
    """Return what the file holds, fitted on all examples; `shares` are held-out probabilities."""
    weights = np.round(_fit(data.matrix, data.labels).coef_, DIGITS) + 0.0
    content: dict[str, Any] = {
        "sure": _sure(shares, data.labels),
        "threshold": round(float(np.quantile(shares.max(axis=1), ABSTAIN_AT_MOST)), 3),
        "temperature": temperature,
        "features": {name: weights[:, i].tolist() for i, name in enumerate(data.names) if np.any(weights[:, i])},
    }
    return {"version": hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:12], **content}


def _sure(shares: np.ndarray, labels: np.ndarray) -> float:
    """Return the least confidence from which the features alone are right often enough."""
    right = shares.argmax(axis=1) == labels
    for candidate in np.arange(0.80, 1.0, 0.005):
        above = shares.max(axis=1) >= candidate
        if above.any() and right[above].mean() >= RIGHT_WHEN_SURE:
            return round(float(candidate), 3)
    return 1.01


def hash_group(text: str) -> int:
    """Return a number per objective that does not change between runs."""
    return int(hashlib.sha256(text.encode()).hexdigest()[:8], 16)


def matrix_of(features: Sequence[dict[str, float]], names: Sequence[str]) -> csr_matrix:
    """Return features as a matrix (texts x names); names that are not asked for are left out."""
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
