"""`make calibrate ENCODER=DIR`: rebuild coach/learned/decisions.json from drafts that an encoder has not seen.

DIR holds an encoder trained without some folds (`make train-encoder ENCODER_ARGS="--without-folds 0 1 --out DIR"`).
On those folds: how much features and encoder count for a kind, and whether rule, encoder, either or both decide.
"""

import argparse
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import repeat
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from coach.catalog import Catalog, open_catalog
from coach.critique.detect import Detect
from coach.embedding import TunedEmbedder
from coach.kinds.classifier import KindClassifier, Weights, weigh
from coach.kinds.features import features_of
from coach.learned import Learned
from coach.learned.heads import DECISIONS_FILE
from coach.okr import Draft, parse_draft
from coach.reading import read
from coach.review import KINDS, Level
from evals.drafts import LabelledDraft, LabelledNote, key_results_of, own_drafts, own_notes
from evals.folds import fold_of
from evals.scorers.classes import ClassScore, from_counts
from evals.train_encoder.examples import SET_LEARNED
from evals.train_kinds import examples, train

FOLDS_LEFT_OUT = (3,)
FEWEST = 6
PRECISE = 0.75
AS_GOOD = 0.025
UNSURE = 0.02
PROMISED = 3  # a case on a pattern's page is what its readers expect
RULE = {"by": "rule", "at": 1.0, "sure": False}
THRESHOLDS = np.round(np.arange(0.15, 0.90, 0.05), 2)
WRITTEN_LATER = (
    "od4-",
    "oe4-",
    "oe5-",
    "rld-",
    "rle-",
)  # after the encoder was trained; labelled for kinds first, so kinds alone rest on them
MIXTURES = [(round(own, 2), round(other, 2)) for own in np.arange(0, 1.01, 0.1) for other in np.arange(0.3, 2.01, 0.1)]


class Option(NamedTuple):
    """A way to decide a pattern, and how well it does."""

    by: str
    at: float
    score: ClassScore


class Seen(NamedTuple):
    """A text and a pattern: what is right, what the rule says, what the encoder says (0-1; None: not asked)."""

    right: bool
    rule: bool
    probability: float | None


def group_of(draft: LabelledDraft) -> int:
    """Return the fold of a draft: an organisation is in one as a whole."""
    return fold_of(draft.group)


def kind_weights(weights: Weights, learned: Learned, drafts: Sequence[LabelledDraft]) -> dict[str, float]:
    """Return the mixture with the least cross-entropy on these drafts."""
    rows = key_results_of(drafts)
    own = np.array([weigh(weights, features_of(read(text, draft.lang))) for draft, text, _ in rows])
    heard = np.asarray(learned.kinds(learned.vectors([text for _, text, _ in rows])))
    labels = np.array([KINDS.index(label.kind) for _, _, label in rows])

    def shares(mixture: tuple[float, float]) -> np.ndarray:
        scores = mixture[0] * own + mixture[1] * heard
        exponentials = np.exp(scores - scores.max(axis=1, keepdims=True))
        return np.asarray(exponentials / exponentials.sum(axis=1, keepdims=True))

    def loss(mixture: tuple[float, float]) -> float:
        return float(-np.log(shares(mixture)[np.arange(len(labels)), labels] + 1e-12).mean())

    best = min(MIXTURES, key=loss)
    found = shares(best)
    for name, scores in (("features", own), ("encoder", heard), ("both", best[0] * own + best[1] * heard)):
        print(f"kinds by {name}: {(scores.argmax(axis=1) == labels).mean():.3f} right of {len(labels)}")
    threshold = round(float(np.quantile(found.max(axis=1), UNSURE)), 3)
    return {"features": best[0], "encoder": best[1], "threshold": threshold}


def seen_in(detect: Detect, drafts: Sequence[LabelledDraft]) -> Iterator[tuple[str, Seen]]:
    """Yield every pattern at every text of the drafts."""
    for draft in drafts:
        body = {"objective": draft.objective, "key_results": draft.key_results, "language": draft.lang}
        parsed = parse_draft({**body, "mode": "rules", "rewrite": False})
        subject = detect.read(parsed, draft.lang, "default")
        objective = subject.objectives[0]
        by_rule = defaultdict(set)
        for detection in detect(subject):
            by_rule[detection.place].add(detection.pattern.slug)
        at_objective = {slug for place, slugs in by_rule.items() if place.key_result is None for slug in slugs}
        for slug, probability in objective.learned.items():
            right = slug in draft.labels.objective_patterns or slug in draft.labels.set_patterns
            yield slug, Seen(right, slug in at_objective, probability)
        for label in draft.labels.key_results:
            if label.doubtful:
                continue
            found = {s for place, slugs in by_rule.items() if place.key_result == label.i for s in slugs}
            for slug, probability in objective.key_results[label.i].learned.items():
                yield slug, Seen(slug in label.patterns, slug in found, probability)


def seen_in_cases(detect: Detect, catalog: Catalog) -> Iterator[tuple[str, Seen]]:
    """Yield every pattern at the cases of its own page, which no head has learnt from."""
    for slug, pattern in catalog.patterns.items():
        for case in catalog.cases[slug] if pattern.level != Level.PROCESS else ():
            objectives = case.as_objectives(pattern.level)
            draft = Draft(language=case.lang, mode="rules", rewrite=False, objectives=objectives)
            subject = detect.read(draft, case.lang, "default")
            by_rule = slug in {detection.pattern.slug for detection in detect(subject)}
            objective = subject.objectives[0]
            learned = [objective.learned, *(each.learned for each in objective.key_results)]
            found = [each[slug] for each in learned if slug in each]
            if found:
                yield slug, Seen(case.expect == "flagged", by_rule, max(found))


def seen_in_notes(learned: Learned, notes: Sequence[LabelledNote]) -> Iterator[tuple[str, Seen]]:
    """Yield every process pattern at every note; rules see none of them in notes."""
    probabilities = learned.of_notes(learned.vectors([note.text for note in notes]))
    for note, found in zip(notes, probabilities, strict=True):
        for slug, probability in found.items():
            yield slug, Seen(slug in note.patterns, False, probability)


def decide(rows: Sequence[Seen], level: Level) -> dict[str, Any]:
    """Return how a pattern is decided best: of the ways with about the best F1, one that never overrules the rule where
    there is such a one, then the most precise; the rule where texts are too few.

    F1 at a threshold is averaged with its neighbours', for a single peak among few texts is chance. The encoder alone
    is `sure` where three of four of its answers are right; never of key results, whose rewrites are verified without
    asking it about patterns.
    """
    if sum(row.right for row in rows) < FEWEST:
        return RULE
    options = [Option("rule", 1.0, _score([row.rule for row in rows], rows))]
    for by in ("encoder", "either", "both") if any(row.rule for row in rows) else ("encoder",):
        scores = [_score(_answers(by, at, rows), rows) for at in THRESHOLDS.tolist()]
        options += map(Option, repeat(by), THRESHOLDS.tolist(), _smoothed(scores))
    best = max(option.score.f1 for option in options)
    good = [option for option in options if option.score.f1 >= best - AS_GOOD]
    by, at, _ = max(good, key=lambda option: (option.by in {"rule", "either"}, option.score.precision))
    alone = [row.right for row in rows if (row.probability or 0.0) >= at and not row.rule]
    precise = len(alone) >= FEWEST and sum(alone) / len(alone) >= PRECISE
    return {"by": by, "at": at, "sure": precise and level != Level.KEY_RESULT and by in {"encoder", "either"}}


def _answers(by: str, at: float, rows: Sequence[Seen]) -> list[bool]:
    said = [(row.probability or 0.0) >= at for row in rows]
    if by == "either":
        return [yes or row.rule for yes, row in zip(said, rows, strict=True)]
    if by == "both":
        return [yes and row.rule for yes, row in zip(said, rows, strict=True)]
    return said if by == "encoder" else [row.rule for row in rows]


def _smoothed(scores: Sequence[ClassScore]) -> list[ClassScore]:
    """Return each score with the mean F1 of itself and its neighbours."""
    around = [scores[max(0, place - 1) : place + 2] for place in range(len(scores))]
    return [
        score._replace(f1=sum(near.f1 for near in nearest) / len(nearest))
        for score, nearest in zip(scores, around, strict=True)
    ]


def decide_together(rows: Mapping[str, Sequence[Seen]]) -> dict[str, dict[str, Any]]:
    """Return how the patterns of notes are decided: from one probability for all, the one with the best micro-F1.

    Notes are few per pattern, and a threshold of its own for each would follow chance.
    """
    every = [row for seen in rows.values() for row in seen]
    at = max(THRESHOLDS.tolist(), key=lambda at: _score([(row.probability or 0.0) >= at for row in every], every).f1)
    found = {}
    for slug, seen in rows.items():
        right = [row.right for row in seen if (row.probability or 0.0) >= at]
        found[slug] = {"by": "encoder", "at": at, "sure": len(right) >= FEWEST and sum(right) / len(right) >= PRECISE}
    return found


def _score(answers: Sequence[bool], rows: Sequence[Seen]) -> ClassScore:
    hits = sum(answer and row.right for answer, row in zip(answers, rows, strict=True))
    return from_counts(hits=hits, answered=sum(answers), expected=sum(row.right for row in rows))


def main() -> None:
    """Calibrate and write the decisions."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("encoder", type=Path, help="folder of an encoder trained without the folds")
    parser.add_argument("--folds", type=int, nargs="+", default=FOLDS_LEFT_OUT)
    options = parser.parse_args()
    learned = Learned(TunedEmbedder(layers=options.encoder / "layers.npz"), options.encoder / "heads.npz")
    fitted = [draft for draft in own_drafts() if group_of(draft) not in options.folds]
    left_out = [draft for draft in own_drafts() if group_of(draft) in options.folds]
    content, _ = train(examples(fitted))
    weights = Weights(**content)
    kind = kind_weights(weights, learned, left_out)
    detect = Detect(open_catalog(), KindClassifier(weights, learned), learned, decisions={})
    rows: dict[str, list[Seen]] = defaultdict(list)
    thorough = [draft for draft in left_out if not draft.id.startswith(WRITTEN_LATER)]
    for slug, seen in seen_in(detect, thorough):
        rows[slug].append(seen)
    catalog = open_catalog()
    for slug, seen in seen_in_cases(detect, catalog):
        rows[slug] += [seen] * PROMISED
    for slug, seen in seen_in_notes(learned, [note for note in own_notes() if fold_of(note.text) in options.folds]):
        rows[slug].append(seen)
    patterns = catalog.patterns
    levels = {slug: pattern.level for slug, pattern in patterns.items()}
    of_notes = decide_together({slug: seen for slug, seen in rows.items() if levels[slug] == Level.PROCESS})
    decisions: dict[str, dict[str, Any]] = {}
    for slug in sorted(rows, key=lambda slug: (list(Level).index(levels[slug]), slug)):
        by_kind = patterns[slug].detector.kind == "kind"  # the verdict on the kind and its finding are one
        decisions[slug] = RULE if by_kind else of_notes.get(slug) or decide(rows[slug], levels[slug])
        rule = _score([row.rule for row in rows[slug]], rows[slug]).f1
        by, at = decisions[slug]["by"], decisions[slug]["at"]
        count = sum(row.right for row in rows[slug])
        sure = "sure" if decisions[slug].get("sure") else ""
        best = _decided_f1(decisions[slug], rows[slug])
        print(f"{slug:30} {count:4} rule {rule:.2f} -> {by:8} {at:.2f} {sure:4} {best:.2f}")
    of_sets = json.loads(DECISIONS_FILE.read_text(encoding="utf-8"))["patterns"]
    decisions |= {slug: of_sets[slug] for slug in SET_LEARNED}  # `make train-sets` decides them
    DECISIONS_FILE.write_text(json.dumps({"kind": kind, "patterns": decisions}, indent=1) + "\n", encoding="utf-8")


def _decided_f1(decision: dict[str, Any], rows: Sequence[Seen]) -> float:
    return _score(_answers(decision["by"], decision["at"], rows), rows).f1


if __name__ == "__main__":
    main()
