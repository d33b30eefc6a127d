"""Suite `compared`: rewrites on the same drafts by a model with a plain prompt, by our walk with it, by rules alone.

The plain prompt is asked twice: in words, and with the schema in force where the server has such a mode.
"""

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
from coach.llm import ChatModel, Dialect
from coach.llm.schema import parsed
from coach.okr import Draft
from coach.prompting import Message, open_prompt
from coach.review import Review, Rewrite
from coach.wiring import Coach
from evals.request import Request
from evals.sample import sampled
from evals.subject import coach_for

_WAYS = ("plain prompt", "plain, with schema", "our walk", "rules alone")
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
    """What one way made of one draft: whether an answer in shape came, its offers by place, all that a model worded.

    `calls` and `dropped`: of the walk, how often the model was asked and how many statements fell to a check;
    `degraded`: why its review came from the rules, as people are told.
    """

    valid: bool
    offers: dict[Place, Rewrite]
    worded: tuple[str, ...] = ()
    calls: int = 1
    dropped: int = 0
    degraded: str | None = None


class _Bench:
    """Asks each way and holds every offer against the same code."""

    def __init__(self, coach: Coach) -> None:
        assert coach.models is not None, "set OKR_COACH_LLM_MODEL (and its address)"
        self._coach = coach
        self._model: ChatModel = coach.models.rewrite
        self._rater: ChatModel = coach.models.judge
        self._detect = Detect(coach.catalog, open_classifier(coach.learned), coach.learned)
        self._verify = Verify(self._detect)

    def ways(self, draft: Draft) -> Iterator[tuple[str, Outcome]]:
        yield _WAYS[0], self._plain(draft, Dialect(schema="plain"))
        yield _WAYS[1], self._plain(draft, Dialect())
        review = self._coach.critic.review(draft.model_copy(update={"mode": "llm"}))
        walked = self._checked(draft, _offers(review), valid=review.degraded is None)
        dropped = sum(review.provenance.dropped.values())
        calls, degraded = review.provenance.calls, review.degraded
        yield (
            _WAYS[2],
            walked._replace(worded=tuple(_worded(review)), calls=calls, dropped=dropped, degraded=degraded),
        )
        by_rules = self._coach.critic.review(draft.model_copy(update={"mode": "rules"}))
        yield _WAYS[3], self._checked(draft, _offers(by_rules), valid=True)._replace(worded=(), calls=0)

    def _plain(self, draft: Draft, dialect: Dialect) -> Outcome:
        key_results = [key_result.text for key_result in draft.objectives[0].key_results]
        lines = "\n".join(f"- {text}" for text in key_results)
        asked = f"Improve these key results of the objective “{draft.objectives[0].objective}”:\n{lines}"
        upstream, deadline = self._model.upstreams[0], self._model.deadline()
        try:
            said = parsed(upstream.text([Message("user", asked)], PlainRewrites, dialect, deadline).text, PlainRewrites)
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
        checked = self._verify(candidates, subject, language, self.sources(draft)) if candidates else {}
        return Outcome(valid, checked, tuple(offers.values()))

    def sources(self, draft: Draft) -> Sources:
        return Sources(draft, self._coach.critic.language_of(draft), self._coach.catalog)

    def marks(self, draft: Draft, place: Place, rewrite: Rewrite) -> Marks | None:
        assert place.key_result is not None
        asked = rubric(draft.objectives[0].key_results[place.key_result].text, rewrite.text)
        try:
            return Marks.model_validate(self._rater.answer(asked, Marks, self._rater.deadline()).content)
        except ModelError:
            return None


def rubric(draft: str, rewrite: str) -> Sequence[Message]:
    """Return the question for the marks of a rewrite."""
    return open_prompt("rubric").render({"draft": draft, "rewrite": rewrite})


def _offers(review: Review) -> dict[Place, str]:
    inner = enumerate(review.objectives[0].key_results)
    return {
        Place(0, at): found.rewrite.text for at, found in inner if found.rewrite and found.rewrite.status != "unchanged"
    }


def _worded(review: Review) -> Iterator[str]:
    """Yield every sentence of the model that the review shows."""
    yield from (finding.reason for finding in review.findings() if finding.reason)
    yield from (dismissed.reason for dismissed in review.dismissed)
    for objective in review.objectives:
        for rewrite in (objective.rewrite, *(key_result.rewrite for key_result in objective.key_results)):
            if rewrite is None or rewrite.source != "model":
                continue
            yield from rewrite.hypotheses
            yield from (rewrite.text, *(other.text for other in rewrite.alternatives))
            for basis in (rewrite, *rewrite.alternatives):
                yield from filter(None, (basis.changes_for, basis.observed_by, basis.assumption))


def run(request: Request) -> dict[str, Any]:
    """Print and return, per way: valid answers, offers, each check's share, invented numbers, the rubric's marks."""
    bench = _Bench(coach_for(request.mode))
    tallies: dict[str, Counter[str]] = {way: Counter() for way in _WAYS}
    for draft in sampled(request):
        sources = bench.sources(draft)
        for way, outcome in bench.ways(draft):
            tally = tallies[way]
            tally["drafts"] += 1
            tally["valid"] += outcome.valid
            tally["calls"] += outcome.calls
            tally["dropped"] += outcome.dropped
            tally.update([f"degraded {outcome.degraded}"] if outcome.degraded else [])
            tally["worded"] += len(outcome.worded)
            tally["invented numbers"] += sum(len(sources.foreign_numbers(text)) for text in outcome.worded)
            for place, rewrite in outcome.offers.items():
                tally["offers"] += 1
                tally["all checks"] += rewrite.status == "verified"
                tally.update(f"check {name}" for name, passed in rewrite.checks.items() if passed)
                if request.rubric and (marks := bench.marks(draft, place, rewrite)) is not None:
                    tally["rated"] += 1
                    tally.update(f"mark {name}" for name, given in marks.model_dump().items() if given)
    return _printed(tallies)


def _printed(tallies: dict[str, Counter[str]]) -> dict[str, Any]:
    figures: dict[str, Any] = {}
    print(
        f"\nrewrites compared  {'drafts':>7} {'valid':>6} {'calls':>6} {'dropped':>8} {'offers':>7} {'all checks':>11}"
        f" {'texts':>6} {'invented numbers':>17}  rubric"
    )
    for way, tally in tallies.items():
        drafts, offers, rated = max(1, tally["drafts"]), max(1, tally["offers"]), max(1, tally["rated"])
        marks = {mark: tally[f"mark {mark}"] / rated for mark in _MARKS}
        degraded = {key[9:]: n for key, n in sorted(tally.items()) if key.startswith("degraded ")}
        row = {
            "drafts": tally["drafts"],
            "valid": tally["valid"] / drafts,
            "calls": tally["calls"] / drafts,
            "dropped": tally["dropped"] / drafts,
            "offers": tally["offers"],
            "all_checks": tally["all checks"] / offers,
            "texts_of_the_model": tally["worded"],
            "invented_numbers": tally["invented numbers"],
            "degraded": degraded,
            "checks": {key[6:]: n / offers for key, n in sorted(tally.items()) if key.startswith("check ")},
            "rubric": marks,
        }
        figures[way] = row
        rubric = f"{sum(marks.values()):.1f} of 6" if tally["rated"] else "–"
        print(
            f"{way:18} {row['drafts']:7} {row['valid']:6.2f} {row['calls']:6.2f} {row['dropped']:8.2f} {row['offers']:7}"
            f" {row['all_checks']:11.2f} {row['texts_of_the_model']:6} {row['invented_numbers']:17}  {rubric}"
        )
        for why, number in degraded.items():
            print(f"  {number} × {why}")
    return figures
