"""`python -m evals.ablation DIR`: what features and encoders each contribute to the kinds, and what they cost.

DIR holds an encoder trained without folds 0 and 1; the figures are on these folds.
"""

import argparse
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix, hstack
from sklearn.linear_model import LogisticRegression

from coach.embedding import BundledEmbedder, TunedEmbedder
from coach.kinds.classifier import Weights, weigh
from coach.kinds.features import features_of
from coach.learned import Learned, read_decisions
from coach.reading import read
from coach.review import KINDS
from evals.calibrate import FOLDS_LEFT_OUT, group_of
from evals.drafts import LabelledDraft, key_results_of, own_drafts
from evals.scorers.classes import macro_f1
from evals.train_kinds import examples, matrix_of, train

EMBEDDING_SCALE = 6.0


def main() -> None:
    """Print one row per way of deciding."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("encoder", type=Path)
    folder = parser.parse_args().encoder
    fitted = [draft for draft in own_drafts() if group_of(draft) not in FOLDS_LEFT_OUT]
    left_out = [draft for draft in own_drafts() if group_of(draft) in FOLDS_LEFT_OUT]
    data = examples(fitted)
    weights = Weights(**train(data)[0])
    rows = key_results_of(left_out)
    labels = np.array([KINDS.index(label.kind) for _, _, label in rows])
    texts = [text for _, text, _ in rows]

    def featurise(drafts: Sequence[LabelledDraft]) -> Any:
        found = [features_of(read(text, draft.lang)) for draft, text, _ in key_results_of(drafts)]
        return matrix_of([{name: feature.value for name, feature in row.items()} for row in found], data.names)

    own, own_ms = _timed(
        lambda: np.array([weigh(weights, features_of(read(t, d.lang))) for d, t, _ in rows]), len(rows)
    )
    bundled = BundledEmbedder()
    plain, plain_ms = _timed(lambda: bundled.embed_queries(texts), len(rows))
    known = bundled.embed_queries([text for _, text, _ in key_results_of(fitted)])
    learned = Learned(TunedEmbedder(layers=folder / "layers.npz"), folder / "heads.npz")
    heard, tuned_ms = _timed(lambda: np.asarray(learned.kinds(learned.vectors(texts))), len(rows))
    mixed = read_decisions().kind
    _row("named features", own, labels, own_ms)
    _row(
        "bundled embedding",
        _fitted(csr_matrix(known * EMBEDDING_SCALE), data.labels, plain * EMBEDDING_SCALE),
        labels,
        plain_ms,
    )
    both = hstack([data.matrix, csr_matrix(known * EMBEDDING_SCALE)]).tocsr()
    asked = hstack([featurise(left_out), csr_matrix(plain * EMBEDDING_SCALE)]).tocsr()
    _row("features and bundled embedding", _fitted(both, data.labels, asked), labels, own_ms + plain_ms)
    _row("tuned encoder", heard, labels, tuned_ms)
    _row("features and tuned encoder", mixed.features * own + mixed.encoder * heard, labels, own_ms + tuned_ms)


def _fitted(matrix: Any, labels: np.ndarray, asked: Any) -> np.ndarray:
    model = LogisticRegression(C=0.6, max_iter=2_000, fit_intercept=False).fit(matrix, labels)
    return np.asarray(model.decision_function(asked))


def _timed(work: Callable[[], Any], count: int) -> tuple[Any, float]:
    started = time.process_time()
    found = work()
    return found, (time.process_time() - started) * 1000 / count


def _row(name: str, scores: np.ndarray, labels: np.ndarray, ms: float) -> None:
    answered = scores.argmax(axis=1)
    right = (answered == labels).mean()
    macro = macro_f1([KINDS[i].value for i in labels], [KINDS[i].value for i in answered])
    print(f"| {name} | {right:.3f} | {macro:.3f} | {ms:.1f} |")


if __name__ == "__main__":
    main()
