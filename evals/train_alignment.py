"""`make train-alignment`: rebuild coach/strategy/links.json and space.npz from the labelled frames.

Only the split `tuned-on` decides; thresholds come from organisations that their weights have not seen (a fold left out
at a time). What `held-out` says is measured by `python -m evals run alignment`. `--spaces` also embeds anew what the
texts of a language have in common, which the bundled model alone decides. `--ablation` writes nothing: it says what
each group of features brings.
"""

import json
import os
import sys
from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # before numpy: the order of additions must not depend on the machine

import numpy as np
from sklearn.linear_model import LogisticRegression

from coach.embedding import BundledEmbedder, Embedder
from coach.language import LANGUAGES, Language
from coach.strategy.conflicts import SIGNS, signs_of
from coach.strategy.elements import trade_offs_of
from coach.strategy.evidence import FEATURES, GROUPS, SORTS, sorts_of
from coach.strategy.likeness import START, content_words
from coach.strategy.links import (
    SPACE_FILE,
    WEIGHTS_FILE,
    Links,
    read_leanings,
    read_spaces,
    read_turning,
    read_weights,
)
from coach.strategy.remembered import Remembered
from coach.strategy.words import reads
from evals.drafts import own_drafts
from evals.folds import FOLDS, fold_of
from evals.frames import frames, place_of

_DIGITS = 4
_DIRECTIONS = 2
_EVERY = 4
_COMMON = 12
_ANY_SORT = 0
_STRENGTH = 1.0
_LEANING_DIRECTIONS = 48
_EMPTY: dict[str, Any] = {"weights": {}, "constant": 0.0, "least": 0.5}
_MEANING = frozenset(name for name in (*FEATURES, *SIGNS) if "near" in name)


class Seen(NamedTuple):
    """One organisation: rows to weigh, what is right, its fold; with vectors also the text's own and its element's sort
    (both by row), which decide how texts lean."""

    rows: Any
    right: Any
    fold: int
    placed: Any = None
    sorts: Any = None


def main() -> None:
    """Fit everything and write both files, or say what each group of features brings."""
    embedder = Remembered(BundledEmbedder())
    if "--ablation" in sys.argv:
        _ablation(embedder)
        return
    spaces, rarity = _spaces(embedder, anew="--spaces" in sys.argv), _rarity()
    names = ("by_meaning", "by_words", "conflict_by_meaning", "conflict_by_words")
    _write_spaces({**spaces, "leanings": np.zeros((len(SORTS), 384)), "turning": np.zeros(384)})
    _write({**dict.fromkeys(names, _EMPTY), "rarity": rarity})
    fits = {
        "by_meaning": _fitted("links by meaning", _links(embedder), FEATURES),
        "by_words": _fitted("links by words", _links(None), FEATURES, _MEANING),
        "conflict_by_meaning": _fitted("conflicts by meaning", _conflicts(embedder), SIGNS),
        "conflict_by_words": _fitted("conflicts by words", _conflicts(None), SIGNS, _MEANING),
    }
    _write_spaces({**spaces, "leanings": fits["by_meaning"][1], "turning": fits["conflict_by_meaning"][1][_ANY_SORT]})
    _write({**{name: found for name, (found, _) in fits.items()}, "rarity": rarity})


def _ablation(embedder: Embedder) -> None:
    """Print the F1 on organisations left out with everything, and without each group."""
    seen = _links(embedder)
    _fitted("everything", seen, FEATURES)
    for group, names in GROUPS.items():
        _fitted(f"without {group}", seen, FEATURES, frozenset(names))
    _fitted("without how texts lean", [each._replace(placed=None) for each in seen], FEATURES)
    _fitted("without vectors", _links(None), FEATURES, _MEANING)


def _write(content: dict[str, Any]) -> None:
    WEIGHTS_FILE.write_text(json.dumps(content, indent=1, ensure_ascii=False, sort_keys=True) + "\n", encoding="utf-8")
    read_weights.cache_clear()


def _write_spaces(arrays: dict[str, Any]) -> None:
    halves: dict[str, Any] = {name: array.astype(np.float16) for name, array in arrays.items()}
    np.savez(SPACE_FILE, **halves)
    read_spaces.cache_clear()
    read_leanings.cache_clear()
    read_turning.cache_clear()


def _spaces(embedder: Embedder, *, anew: bool) -> dict[str, Any]:
    """Return what the texts of each language have in common: as it is stored, or embedded anew (thousands of texts)."""
    if not anew:
        return {
            f"{language} {name}": array
            for language, space in read_spaces().items()
            for name, array in space._asdict().items()
        }
    arrays: dict[str, Any] = {}
    for language in LANGUAGES:
        rows = embedder.embed_queries(_texts(language)[::_EVERY])
        mean = rows.mean(0)
        arrays[f"{language} mean"] = mean
        arrays[f"{language} directions"] = np.linalg.svd(rows - mean, full_matrices=False)[2][:_DIRECTIONS]
    return arrays


def _rarity() -> dict[str, dict[str, float]]:
    """Return how rare common words are (0–1)."""
    rarity: dict[str, dict[str, float]] = {}
    for language in LANGUAGES:
        texts = _texts(language)
        count = Counter(start for text in texts for start in {w.text[:START] for w in content_words(text, language)})
        rarity[language] = {
            start: round(1 - np.log(number) / np.log(len(texts)), 2)
            for start, number in sorted(count.items())
            if number >= _COMMON
        }
    return rarity


def _texts(language: Language) -> list[str]:
    return [text for draft in own_drafts() if draft.lang == language for text in (draft.objective, *draft.key_results)]


def _links(embedder: Embedder | None) -> list[Seen]:
    found = []
    for frame in frames("tuned-on"):
        elements = frame.elements()
        evidence = Links(embedder).evidence(frame.said(), elements, frame.language)
        served = [{place_of(short) for short in text.serves} for text in frame.texts()]
        right = np.asarray([[element.at in places for element in elements] for places in served]).reshape(-1)
        rows = evidence.table.reshape(-1, len(FEATURES))
        fold = fold_of(frame.organisation)
        if evidence.placed is None:
            found.append(Seen(rows, right, fold))
            continue
        sorts = np.tile([SORTS.index(sort) for sort in sorts_of(elements)], len(served))
        found.append(Seen(rows, right, fold, np.repeat(evidence.placed, len(elements), axis=0), sorts))
    return found


def _conflicts(embedder: Embedder | None) -> list[Seen]:
    found = []
    for frame in frames("tuned-on"):
        between = trade_offs_of(frame.strategy, reads(frame.language, "trade_off"))
        if not between:
            continue
        signs = signs_of([text.text for text in frame.texts()], between, frame.language, embedder)
        turned = [{place_of(short) for short in text.conflicts} for text in frame.texts()]
        right = np.asarray([[each.at in places for each in between] for places in turned]).reshape(-1)
        placed = None if signs.placed is None else np.repeat(signs.placed, len(between), axis=0)
        sorts = np.full(len(right), _ANY_SORT)
        found.append(Seen(signs.table.reshape(-1, len(SIGNS)), right, fold_of(frame.organisation), placed, sorts))
    return found


def _fitted(
    name: str, seen: Sequence[Seen], features: Sequence[str], without: frozenset[str] = frozenset()
) -> tuple[dict[str, Any], Any]:
    """Return the weights on all organisations with the threshold that was best for those left out; and the leanings."""
    keep = np.asarray([feature not in without for feature in features], dtype=np.float64)
    rows = np.concatenate([each.rows for each in seen]) * keep
    scale = np.where(rows.std(0) > 0, rows.std(0), 1.0)
    directions = _main_directions(seen)
    table = np.concatenate([rows / scale, *_leaning(seen, directions)], axis=1)
    right = np.concatenate([each.right for each in seen])
    fold = np.concatenate([np.full(len(each.right), each.fold) for each in seen])
    score = np.zeros(len(right))
    for number in range(FOLDS):
        out = fold == number
        score[out] = _model(table[~out], right[~out]).predict_proba(table[out])[:, 1]
    candidates = np.arange(0.10, 0.70, 0.01)
    least = max(candidates, key=lambda at: _f1(right, score >= at))
    print(f"{name}: F1 {_f1(right, score >= least):.3f} from {least:.2f} on organisations left out", flush=True)
    model = _model(table, right)
    weights = model.coef_[0][: len(features)] / scale
    content = {
        "weights": {each: round(float(weight), _DIGITS) for each, weight in zip(features, weights, strict=True)},
        "constant": round(float(model.intercept_[0]), _DIGITS),
        "least": round(float(least), 2),
    }
    if directions is None:
        return content, None
    return content, model.coef_[0][len(features) :].reshape(len(SORTS), -1) @ directions


def _main_directions(seen: Sequence[Seen]) -> Any:
    """Return the directions in which texts differ most, None without vectors."""
    if seen[0].placed is None:
        return None
    texts = np.unique(np.concatenate([each.placed for each in seen]), axis=0)
    return np.linalg.svd(texts - texts.mean(0), full_matrices=False)[2][:_LEANING_DIRECTIONS]


def _leaning(seen: Sequence[Seen], directions: Any) -> list[Any]:
    """Return for each row the text's place along the directions, in the columns of its element's sort."""
    if directions is None:
        return []
    along = np.concatenate([each.placed for each in seen]) @ directions.T
    sorts = np.concatenate([each.sorts for each in seen])
    spread = np.zeros((len(along), len(SORTS), along.shape[1]))
    spread[np.arange(len(along)), sorts] = along
    return [spread.reshape(len(along), -1)]


def _model(rows: Any, right: Any) -> LogisticRegression:
    return LogisticRegression(C=_STRENGTH, max_iter=1_000, tol=1e-3).fit(rows, right)


def _f1(right: Any, found: Any) -> float:
    return float(2 * (right & found).sum() / max(1, right.sum() + found.sum()))


if __name__ == "__main__":
    main()
