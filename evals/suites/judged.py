"""What judging by a model changes: the rules alone, the model alone, and both, on the same labelled drafts.

The model alone is told no finding of the rules, so that all it says is its own. Where a kind of key result is asked
for, a text is of the kind whose pattern stands there, vague where its words are, and an outcome where neither does.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from coach.critique.detect import Detect, Detection
from coach.critique.ground import Ground
from coach.critique.judge import Judge
from coach.critique.sources import Sources
from coach.detectors import Place
from coach.errors import ModelError
from coach.kinds import open_classifier
from coach.okr import Draft, parse_draft
from coach.review import Finding, Kind, Review, Severity
from coach.wiring import Coach
from evals.drafts import LabelledDraft
from evals.scorers.classes import ClassScore, accuracy, from_counts, macro_f1, score_class
from evals.subject import Reviewed, coach_for, reviewed

WAYS = ("rules alone", "model alone", "both")
_VAGUE = "vague-wording"


class Found(NamedTuple):
    """What stands at each place of a draft: its patterns, and whether one of them weighs."""

    patterns: Mapping[Place, frozenset[str]]
    weighty: frozenset[Place]

    def at(self, place: Place) -> frozenset[str]:
        """Return the patterns at a place."""
        return self.patterns.get(place, frozenset())


class Three(NamedTuple):
    """A labelled draft as each of the ways sees it; a way in which the model failed shows what the rules found."""

    draft: LabelledDraft
    ways: Mapping[str, Found]
    failed: int


def three_ways(drafts: Sequence[LabelledDraft], mode: str) -> list[Three]:
    """Return the drafts, in order, as each way sees them."""
    return [_three(each, mode) for each in reviewed(list(drafts), mode)]


def _three(each: Reviewed, mode: str) -> Three:
    draft = each.draft
    rules, alone = found_in(_by_rules(draft, mode)), _alone(draft, mode)
    ways = dict(zip(WAYS, (rules, rules if alone is None else alone, found_in(each.review)), strict=True))
    return Three(draft, ways, (each.review.degraded is not None) + (alone is None))


@cache
def _by_rules(labelled: LabelledDraft, mode: str) -> Review:
    return coach_for(mode).critic.review(_draft(labelled).model_copy(update={"mode": "rules"}))


def _draft(labelled: LabelledDraft) -> Draft:
    return parse_draft(
        {
            "objective": labelled.objective,
            "key_results": labelled.key_results,
            "language": labelled.lang,
            "rewrite": False,
        }
    )


@cache
def _alone(labelled: LabelledDraft, mode: str) -> Found | None:
    """Return what the model finds that is told of no finding; None where it fails."""
    coach, draft = coach_for(mode), _draft(labelled)
    assert coach.models is not None, "set OKR_COACH_LLM_MODEL (and its address)"
    language = coach.critic.language_of(draft)
    subject = Detect(coach.catalog, open_classifier(coach.learned), coach.learned).read(draft, language, "default")
    judge = Judge(coach.catalog, Ground(coach.catalog), coach.models.judge)
    try:
        said = judge([], subject, language, Sources(draft, language, coach.catalog)).detections
    except ModelError:
        return None
    return _found((each.place, each) for each in said)


def found_in(review: Review) -> Found:
    """Return what stands in a review of one objective."""
    (objective,) = review.objectives
    at_objective = (*objective.findings, *objective.set_findings, *review.set_findings)
    listed = [(Place(0), finding) for finding in at_objective]
    listed += [(Place(0, i), finding) for i, each in enumerate(objective.key_results) for finding in each.findings]
    return _found((place, finding) for place, finding in listed)


def _found(listed: Iterable[tuple[Place, Finding | Detection]]) -> Found:
    patterns: dict[Place, set[str]] = {}
    weighty = set()
    for place, each in listed:
        at = Place(0) if place.key_result is None else place
        patterns.setdefault(at, set()).add(each.pattern.slug if isinstance(each, Detection) else each.pattern)
        if each.severity.at_least(Severity.WARNING):
            weighty.add(at)
    return Found({place: frozenset(slugs) for place, slugs in patterns.items()}, frozenset(weighty))


def print_patterns(drafts: Sequence[LabelledDraft], mode: str, every: frozenset[str]) -> dict[str, Any]:
    """Print and return precision, recall and F1 over all patterns, per way and language."""
    threes = three_ways(drafts, mode)
    figures: dict[str, Any] = {}
    print(f"\npatterns, with a model{'':11} lang     n  prec.    rec.     F1  clean flagged")
    for language in sorted({three.draft.lang for three in threes}):
        own = [three for three in threes if three.draft.lang == language]
        for way in WAYS:
            score, clean = _scored(own, way, every)
            figures[f"{way}/{language}"] = {**score._asdict(), "clean_flagged": clean}
            print(
                f"{way:33} {language:4} {score.support:5} {score.precision:6.2f} {score.recall:7.2f} {score.f1:6.2f}"
                f" {clean:14.2f}"
            )
    return figures | {"failed": _told_failures(threes)}


def _scored(threes: Sequence[Three], way: str, every: frozenset[str]) -> tuple[ClassScore, float]:
    tally: Counter[str] = Counter()
    for three in threes:
        found, labels = three.ways[way], three.draft.labels
        expected = {Place(0): frozenset((*labels.objective_patterns, *labels.set_patterns))}
        expected |= {Place(0, each.i): frozenset(each.patterns) for each in labels.key_results if not each.doubtful}
        for place, slugs in expected.items():
            answered = found.at(place) & every
            tally["hits"] += len(slugs & answered)
            tally["answered"] += len(answered)
            tally["expected"] += len(slugs & every)
            if place.key_result is not None and not slugs:
                tally["clean"] += 1
                tally["flagged"] += place in found.weighty
    score = from_counts(hits=tally["hits"], answered=tally["answered"], expected=tally["expected"])
    return score, tally["flagged"] / max(1, tally["clean"])


def print_kinds(drafts: Sequence[LabelledDraft], mode: str) -> dict[str, Any]:
    """Print and return accuracy, macro-F1 and the F1 of outcomes, per way and language."""
    threes = three_ways(drafts, mode)
    kinds = kind_patterns(coach_for(mode))
    figures: dict[str, Any] = {}
    print(f"\nkinds, as the patterns say{'':7} lang     n   acc.   macro  outcome")
    for language in sorted({three.draft.lang for three in threes}):
        own = [three for three in threes if three.draft.lang == language]
        labels = [(three, each) for three in own for each in three.draft.labels.key_results if not each.doubtful]
        expected = [each.kind.value for _, each in labels]
        for way in WAYS:
            said = [_kind_of(three.ways[way].at(Place(0, each.i)), kinds) for three, each in labels]
            row = {
                "n": len(said),
                "accuracy": accuracy(expected, said),
                "macro_f1": macro_f1(expected, said),
                "outcome_f1": score_class(expected, said, Kind.OUTCOME.value).f1,
            }
            figures[f"{way}/{language}"] = row
            print(
                f"{way:33} {language:4} {row['n']:5} {row['accuracy']:6.2f} {row['macro_f1']:7.2f} {row['outcome_f1']:8.2f}"
            )
    return figures | {"failed": _told_failures(threes)}


def kind_patterns(coach: Coach) -> dict[str, str]:
    """Return the patterns that say what kind a key result is, as the knowledge base has them."""
    named = {slug: pattern.detector for slug, pattern in coach.catalog.patterns.items()}
    kinds = {slug: str(each.parameters["kinds"][0]) for slug, each in named.items() if each.kind == "kind"}
    return {**kinds, _VAGUE: Kind.VAGUE.value}


def _kind_of(slugs: frozenset[str], kinds: Mapping[str, str]) -> str:
    return next((kind for slug, kind in kinds.items() if slug in slugs), Kind.OUTCOME.value)


def _told_failures(threes: Sequence[Three]) -> int:
    failed = sum(three.failed for three in threes)
    if failed:
        print(f"{failed} of {2 * len(threes)} calls failed: there stands what the rules found")
    return failed
