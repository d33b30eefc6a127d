"""`make train-sets`: rebuild coach/learned/sets.npz, what is amiss with an objective and its key results as a whole.

A linear model on the shipped encoder's vectors. Texts of the files `sets-*` were written after the encoder was trained:
on them, held out in turn, the decisions about set patterns in decisions.json are made.
"""

import json
from collections import defaultdict
from typing import Any, NamedTuple

import numpy as np
from sklearn.linear_model import LogisticRegression

from coach.catalog import open_catalog
from coach.critique.detect import Detect
from coach.embedding import tuned_embedder
from coach.kinds import open_classifier
from coach.learned import Learned
from coach.learned.features import set_features
from coach.learned.heads import DECISIONS_FILE, SETS_FILE
from coach.okr import parse_draft
from coach.reading import read
from coach.review import Level
from evals.calibrate import Seen, decide
from evals.drafts import LabelledDraft, own_drafts
from evals.train_encoder.examples import SET_LEARNED

_STRENGTH = 0.03
_SEEN_BEFORE = 0.3
_PARTS = 5


class Whole(NamedTuple):
    """An objective with its key results as the head sees it. `fresh`: the encoder was not trained on it."""

    draft: LabelledDraft
    row: Any
    fresh: bool


def wholes(learned: Learned) -> list[Whole]:
    """Return every labelled objective that has key results."""
    found = []
    for draft in own_drafts():
        if not draft.key_results:
            continue
        texts = [read(text, draft.lang).said() for text in (draft.objective, *draft.key_results)]
        vectors = learned.vectors(texts)
        fresh = draft.id.startswith("sets-")
        found.append(Whole(draft, set_features(vectors[0], vectors[1:]), fresh))
    return found


def fit(rows: list[Whole], slug: str) -> LogisticRegression:
    """Return the model of one pattern; texts that the encoder knows count less."""
    right = [slug in each.draft.labels.set_patterns for each in rows]
    weights = [1.0 if each.fresh else _SEEN_BEFORE for each in rows]
    model = LogisticRegression(C=_STRENGTH, max_iter=500)
    return model.fit(np.array([each.row for each in rows]), right, sample_weight=weights)


def held_out(rows: list[Whole], slug: str) -> dict[str, float]:
    """Return the probability of a pattern per fresh draft, from models that did not see it."""
    found: dict[str, float] = {}
    for part in range(_PARTS):
        left_out = [each for each in rows if each.fresh and _part(each.draft) == part]
        model = fit([each for each in rows if not (each.fresh and _part(each.draft) == part)], slug)
        said = model.predict_proba(np.array([each.row for each in left_out]))[:, 1]
        found |= {each.draft.id: float(value) for each, value in zip(left_out, said, strict=True)}
    return found


def _part(draft: LabelledDraft) -> int:
    return int(draft.id.rpartition("-")[2]) * 7 // 3 % _PARTS


def by_rule(learned: Learned, drafts: list[LabelledDraft]) -> dict[str, set[str]]:
    """Return the set patterns that rules alone see, per draft."""
    detect = Detect(open_catalog(), open_classifier(learned), learned, decisions={})
    found: dict[str, set[str]] = defaultdict(set)
    for draft in drafts:
        body = {"objective": draft.objective, "key_results": draft.key_results, "language": draft.lang}
        subject = detect.read(parse_draft({**body, "mode": "rules", "rewrite": False}), draft.lang, "default")
        found[draft.id] = {detection.pattern.slug for detection in detect(subject)}
    return found


def _write(weights: Any, biases: list[float]) -> None:
    content: dict[str, Any] = {
        "set weight": weights.astype(np.float16),
        "set bias": np.array(biases, dtype=np.float32),
        "set labels": np.array(SET_LEARNED),
    }
    np.savez_compressed(SETS_FILE, **content)


def main() -> None:
    """Train, decide, and write both."""
    encoder = tuned_embedder()
    assert encoder is not None, "this needs the encoder in the package"
    if not SETS_FILE.exists():
        _write(np.zeros((len(SET_LEARNED), len(set_features(np.zeros(384), np.zeros((1, 384)))))), [0.0] * 5)
    learned = Learned(encoder)
    rows = wholes(learned)
    fresh = [each.draft for each in rows if each.fresh]
    ruled = by_rule(learned, fresh)
    decisions = json.loads(DECISIONS_FILE.read_text(encoding="utf-8"))
    weights, biases = [], []
    for slug in SET_LEARNED:
        said = held_out(rows, slug)
        seen = [Seen(slug in draft.labels.set_patterns, slug in ruled[draft.id], said[draft.id]) for draft in fresh]
        decisions["patterns"][slug] = decide(seen, Level.SET)
        model = fit(rows, slug)
        weights.append(model.coef_[0])
        biases.append(model.intercept_[0])
        hits = [(row.probability or 0.0) >= decisions["patterns"][slug]["at"] for row in seen]
        right = sum(hit and row.right for hit, row in zip(hits, seen, strict=True))
        answered, labelled = sum(hits), sum(row.right for row in seen)
        print(f"{slug:30} {labelled:4} precision {right / max(1, answered):.2f} recall {right / max(1, labelled):.2f}")
    _write(np.array(weights), biases)
    DECISIONS_FILE.write_text(json.dumps(decisions, indent=1) + "\n", encoding="utf-8")
    print(f"{SETS_FILE.name}: {len(rows)} sets, {SETS_FILE.stat().st_size} bytes")


if __name__ == "__main__":
    main()
