"""Rewrites three ways on the same drafts: a model with a plain prompt, our walk with that model, the rules alone."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from pydantic import BaseModel

from coach.critique.detect import Detect
from coach.critique.scaffold import placeholders_in
from coach.critique.sources import Sources
from coach.critique.verify import Verify
from coach.detectors import Place
from coach.errors import ModelError
from coach.kinds import open_classifier
from coach.llm import ChatModel
from coach.okr import Draft, parse_draft
from coach.prompting import Message, open_prompt
from coach.review import Review, Rewrite
from coach.wiring import Coach
from evals.drafts import LabelledDraft
from evals.request import Request
from evals.subject import coach_for

_DRAFTS = 12
_WAYS = ("plain prompt", "our walk", "rules alone")
_MARKS = ("outcome", "subject", "nothing_invented", "people_named", "one_sentence", "observable")


class PlainRewrites(BaseModel):
    """What the plain prompt asks for: a better key result for each, in order."""

    key_results: list[str]


class Marks(BaseModel):
    """The six marks of the labelling guide, as a model gives them."""

    outcome: bool
    subject: bool
    nothing_invented: bool
    people_named: bool
    one_sentence: bool
    observable: bool


class Outcome(NamedTuple):
    """What one way made of one draft: whether an answer in shape came, and its offers by place."""

    valid: bool
    offers: dict[Place, Rewrite]


class _Bench:
    """Asks each way and holds every offer against the same code."""

    def __init__(self, coach: Coach) -> None:
        assert coach.models is not None, "set OKR_COACH_LLM_MODEL (and its address)"
        self._coach = coach
        self._model: ChatModel = coach.models.rewrite
        self._rater: ChatModel = coach.models.judge
        self._detect = Detect(coach.catalog, open_classifier(coach.learned), coach.learned)
        self._verify = Verify(self._detect)

    def ways(self, labelled: LabelledDraft) -> Iterator[tuple[str, Outcome]]:
        body = {"objective": labelled.objective, "key_results": labelled.key_results, "language": labelled.lang}
        draft = parse_draft({**body, "mode": "llm"})
        yield _WAYS[0], self._plain(draft)
        with_model = self._coach.critic.review(draft)
        yield _WAYS[1], self._checked(draft, _offers(with_model), valid=with_model.degraded is None)
        yield _WAYS[2], self._checked(draft, _offers(self._coach.critic.review(_by_rules(draft))), valid=True)

    def _plain(self, draft: Draft) -> Outcome:
        key_results = [key_result.text for key_result in draft.objectives[0].key_results]
        lines = "\n".join(f"- {text}" for text in key_results)
        asked = f"Improve these key results of the objective “{draft.objectives[0].objective}”:\n{lines}"
        try:
            said = self._model.answer([Message("user", asked)], PlainRewrites, self._model.deadline()).content
        except ModelError:
            return Outcome(valid=False, offers={})
        offers = {Place(0, at): text for at, text in enumerate(said.key_results[: len(key_results)]) if text.strip()}
        return self._checked(draft, offers, valid=len(said.key_results) == len(key_results))

    def _checked(self, draft: Draft, offers: dict[Place, str], *, valid: bool) -> Outcome:
        """Hold offers against the checks of a model's rewrite, whoever made them."""
        language = self._coach.critic.language_of(draft)
        subject = self._detect.read(draft, language, "default")
        candidates = {
            place: Rewrite(text=text, status="unverified", source="model", placeholders=placeholders_in(text))
            for place, text in offers.items()
        }
        sources = Sources(draft, language, self._coach.catalog)
        return Outcome(valid, self._verify(candidates, subject, language, sources) if candidates else {})

    def marks(self, labelled: LabelledDraft, place: Place, rewrite: Rewrite) -> Marks | None:
        assert place.key_result is not None
        inputs = {"draft": labelled.key_results[place.key_result], "rewrite": rewrite.text}
        try:
            return Marks.model_validate(
                self._rater.answer(open_prompt("rubric").render(inputs), Marks, self._rater.deadline()).content
            )
        except ModelError:
            return None


def _by_rules(draft: Draft) -> Draft:
    return draft.model_copy(update={"mode": "rules"})


def _offers(review: Review) -> dict[Place, str]:
    inner = enumerate(review.objectives[0].key_results)
    return {
        Place(0, at): found.rewrite.text for at, found in inner if found.rewrite and found.rewrite.status != "unchanged"
    }


def _sample(drafts: Sequence[LabelledDraft]) -> list[LabelledDraft]:
    """Return some drafts of each language, evenly over the files."""
    chosen = []
    for language in ("de", "en"):
        own = [draft for draft in drafts if draft.lang == language]
        chosen += own[:: max(1, len(own) // (_DRAFTS // 2))][: _DRAFTS // 2]
    return chosen


def run(request: Request) -> dict[str, Any]:
    """Print and return, per way: valid answers, offers, each check's share, invented numbers, the rubric's marks."""
    bench = _Bench(coach_for(request.mode))
    tallies: dict[str, Counter[str]] = {way: Counter() for way in _WAYS}
    for labelled in _sample(request.drafts):
        for way, outcome in bench.ways(labelled):
            tally = tallies[way]
            tally["drafts"] += 1
            tally["valid"] += outcome.valid
            for place, rewrite in outcome.offers.items():
                tally["offers"] += 1
                tally["all checks"] += rewrite.status == "verified"
                tally.update(f"check {name}" for name, passed in rewrite.checks.items() if passed)
                tally["invented numbers"] += not rewrite.checks["numbers_from_draft"]
                if (marks := bench.marks(labelled, place, rewrite)) is not None:
                    tally["rated"] += 1
                    tally.update(f"mark {name}" for name, given in marks.model_dump().items() if given)
    return _printed(tallies)


def _printed(tallies: dict[str, Counter[str]]) -> dict[str, Any]:
    figures: dict[str, Any] = {}
    print(
        f"\nrewrites compared  {'drafts':>7} {'valid':>6} {'offers':>7} {'all checks':>11} {'invented numbers':>17}  rubric"
    )
    for way, tally in tallies.items():
        offers, rated = max(1, tally["offers"]), max(1, tally["rated"])
        marks = {mark: tally[f"mark {mark}"] / rated for mark in _MARKS}
        row = {
            "drafts": tally["drafts"],
            "valid": tally["valid"] / max(1, tally["drafts"]),
            "offers": tally["offers"],
            "all_checks": tally["all checks"] / offers,
            "invented_numbers": tally["invented numbers"],
            "checks": {key[6:]: n / offers for key, n in sorted(tally.items()) if key.startswith("check ")},
            "rubric": marks,
        }
        figures[way] = row
        rubric = f"{sum(marks.values()):.1f} of 6" if tally["rated"] else "–"
        print(
            f"{way:18} {row['drafts']:7} {row['valid']:6.2f} {row['offers']:7} {row['all_checks']:11.2f} {row['invented_numbers']:17}  {rubric}"
        )
    return figures
