"""`make train-kind-head`: bend the encoder's head for kinds towards drafts that were written after it was trained.

Those are rough as teams publish them: fragments, names of products, asides. The head stays near what training the
encoder made of it, which heads.npz keeps beside it, so that running this twice changes nothing. The fold that decisions
rest on is left out here too.
"""

import io
import os
from typing import Any

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # before numpy: the order of additions must not depend on the machine

import numpy as np
from scipy.optimize import minimize

from coach.embedding import tuned_embedder
from coach.learned.features import SCALE
from coach.learned.heads import HEADS_FILE
from coach.reading import read
from coach.review import KINDS
from evals.calibrate import FOLDS_LEFT_OUT, WRITTEN_LATER, group_of
from evals.drafts import key_results_of, own_drafts

_EASE = 0.3
_TRAINED = "trained "


def examples() -> tuple[Any, Any]:
    """Return the vectors of later key results, as the head takes them, and the number of each one's kind."""
    encoder = tuned_embedder()
    assert encoder is not None, "this needs the encoder in the package"
    later = [
        draft for draft in own_drafts() if draft.id.startswith(WRITTEN_LATER) and group_of(draft) not in FOLDS_LEFT_OUT
    ]
    rows = key_results_of(later)
    texts = [read(text, draft.lang).said() for draft, text, _ in rows]
    kinds = np.array([KINDS.index(label.kind) for *_, label in rows])
    return encoder.embed_queries(texts) * SCALE, kinds


def bent(rows: Any, kinds: Any, weight: Any, bias: Any) -> tuple[Any, Any]:
    """Return weight and bias with the least cross-entropy on the rows; steps away from the given ones are paid for."""
    right = np.eye(len(bias))[kinds]
    start = rows @ weight.T + bias

    def loss(moved: Any) -> tuple[float, Any]:
        by, shift = moved[: weight.size].reshape(weight.shape), moved[weight.size :]
        scores = start + rows @ by.T + shift
        shares = np.exp(scores - scores.max(axis=1, keepdims=True))
        shares /= shares.sum(axis=1, keepdims=True)
        off = (shares - right) / len(rows)
        paid = float(-np.log(shares[right == 1] + 1e-12).mean()) + _EASE * float((by**2).sum())
        return paid, np.concatenate([(off.T @ rows + 2 * _EASE * by).ravel(), off.sum(axis=0)])

    found = minimize(loss, np.zeros(weight.size + bias.size), jac=True, method="L-BFGS-B", options={"maxiter": 300}).x
    return weight + found[: weight.size].reshape(weight.shape), bias + found[weight.size :]


def main() -> None:
    """Train and write; the other heads stay as they are."""
    with np.load(HEADS_FILE, allow_pickle=False) as stored:
        heads = {name: stored[name] for name in stored.files}
    for name in ("kind weight", "kind bias"):
        heads.setdefault(_TRAINED + name, heads[name])
    rows, kinds = examples()
    weight, bias = (heads[f"{_TRAINED}kind {part}"].astype(np.float64) for part in ("weight", "bias"))
    before = float(((rows @ weight.T + bias).argmax(axis=1) == kinds).mean())
    weight, bias = bent(rows, kinds, weight, bias)
    heads["kind weight"], heads["kind bias"] = weight.astype(np.float16), bias.astype(np.float32)
    content = io.BytesIO()
    np.savez(content, **heads)
    HEADS_FILE.write_bytes(content.getvalue())
    after = float(((rows @ weight.T + bias).argmax(axis=1) == kinds).mean())
    print(f"{HEADS_FILE.name}: {len(kinds)} key results written later, {before:.3f} right before, {after:.3f} now")


if __name__ == "__main__":
    main()
