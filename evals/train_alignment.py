"""`make train-alignment`: rebuild coach/strategy/links.json and space.npz from the labelled frames.

Only the split `tuned-on` decides; thresholds come from frames that their weights have not seen (one left out at a
time). What `held-out` says is measured by `python -m evals run alignment`.
"""

import json
import os
from collections import Counter
from collections.abc import Sequence
from typing import Any

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # before numpy: the order of additions must not depend on the machine

import numpy as np
from sklearn.linear_model import LogisticRegression

from coach.embedding import BundledEmbedder
from coach.language import LANGUAGES
from coach.strategy.likeness import content_words
from coach.strategy.links import FEATURES, SPACE_FILE, WEIGHTS_FILE, Links, read_spaces, read_weights
from evals.drafts import own_drafts
from evals.frames import LabelledFrame, frames, place_of

_DIGITS = 3
_DIRECTIONS = 2
_EVERY = 4
_COMMON = 12
_PART = 6
_STRENGTH = 9.0
_NEAR = 0.1
_MEANING = frozenset({"near", "near_above", "near_below"})


def main() -> None:
    """Fit everything and write both files."""
    embedder = BundledEmbedder()
    rarity = _write_spaces(embedder)
    _write({"by_meaning": _EMPTY, "by_words": _EMPTY, "rarity": rarity, "conflict": _NEAR})
    content = {
        "by_meaning": _fitted(Links(embedder), frozenset()),
        "by_words": _fitted(Links(None), _MEANING),
        "rarity": rarity,
        "conflict": _NEAR,
    }
    _write(content)


_EMPTY: dict[str, Any] = {"weights": {}, "constant": 0.0, "least": 0.5}


def _write(content: dict[str, Any]) -> None:
    WEIGHTS_FILE.write_text(json.dumps(content, indent=1, ensure_ascii=False, sort_keys=True) + "\n", encoding="utf-8")
    read_weights.cache_clear()


def _write_spaces(embedder: BundledEmbedder) -> dict[str, dict[str, float]]:
    """Write what the texts of each language have in common; return how rare common words are (0–1)."""
    arrays: dict[str, Any] = {}
    rarity: dict[str, dict[str, float]] = {}
    for language in LANGUAGES:
        texts = [
            text for draft in own_drafts() if draft.lang == language for text in (draft.objective, *draft.key_results)
        ]
        rows = embedder.embed_queries(texts[::_EVERY])
        mean = rows.mean(0)
        arrays[f"{language} mean"] = mean.astype(np.float16)
        arrays[f"{language} directions"] = np.linalg.svd(rows - mean, full_matrices=False)[2][:_DIRECTIONS].astype(
            np.float16
        )
        count = Counter(start for text in texts for start in {w.text[:_PART] for w in content_words(text, language)})
        rarity[language] = {
            start: round(1 - np.log(number) / np.log(len(texts)), 2)
            for start, number in sorted(count.items())
            if number >= _COMMON
        }
    np.savez(SPACE_FILE, **arrays)
    read_spaces.cache_clear()
    return rarity


def _fitted(links: Links, without: frozenset[str]) -> dict[str, Any]:
    """Return the weights on all frames, and the threshold that was best for frames left out."""
    seen = [(_features(frame, links, without), _labels(frame)) for frame in frames("tuned-on")]
    scores, labels = [], []
    for at, (features, wanted) in enumerate(seen):
        model = _model([row for number, row in enumerate(seen) if number != at])
        scores.append(model.predict_proba(features)[:, 1])
        labels.append(wanted)
    score, label = np.concatenate(scores), np.concatenate(labels)
    candidates = np.arange(0.10, 0.70, 0.01)
    least = max(candidates, key=lambda at: _f1(label, score >= at))
    print(f"threshold {least:.2f}: F1 {_f1(label, score >= least):.3f} on frames left out")
    model = _model(seen)
    weights = {name: round(float(w), _DIGITS) for name, w in zip(FEATURES, model.coef_[0], strict=True)}
    return {
        "weights": {name: weight for name, weight in weights.items() if name not in without},
        "constant": round(float(model.intercept_[0]), _DIGITS),
        "least": round(float(least), 2),
    }


def _features(frame: LabelledFrame, links: Links, without: frozenset[str]) -> Any:
    features, _ = links.features(frame.said(), frame.elements(), frame.language)
    keep = np.asarray([name not in without for name in FEATURES], dtype=np.float64)
    return (features * keep).reshape(-1, len(FEATURES))


def _labels(frame: LabelledFrame) -> Any:
    served = [{place_of(short) for short in text.serves} for text in frame.texts()]
    return np.asarray([[element.at in places for element in frame.elements()] for places in served]).reshape(-1)


def _model(rows: Sequence[tuple[Any, Any]]) -> LogisticRegression:
    features, labels = np.concatenate([row[0] for row in rows]), np.concatenate([row[1] for row in rows])
    return LogisticRegression(C=_STRENGTH, max_iter=5_000).fit(features, labels)


def _f1(labels: Any, found: Any) -> float:
    return float(2 * (labels & found).sum() / max(1, labels.sum() + found.sum()))


if __name__ == "__main__":
    main()
