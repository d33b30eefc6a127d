"""The scorecard bridge: a goal with its KPIs becomes hypotheses and a draft about what people experience.

The offer comes from a model where there is one, from the transformation library (KPI by KPI) and from the
perspective's own wordings; the checks of the walk decide what is called verified, whoever worded it.
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Literal, NamedTuple

from coach.catalog import Catalog
from coach.critique import Critic
from coach.critique.memory import Memory, Recollection, digest_of
from coach.critique.part import ModelPart
from coach.critique.scaffold import Library, Match, placeholders_in, scaffold
from coach.detectors import KeyResultSubject, Place
from coach.errors import ModelError
from coach.kinds import KindClassifier
from coach.language import Language, guess_language, in_spelling_of
from coach.okr import MAX_TEXT, Context, Draft, KeyResult, Objective, ScorecardGoal, Strategy, Strict, Text
from coach.reading import read
from coach.retrieval.passages import Passage, article_passages
from coach.review import Citation, Kind, Provenance, Rewrite
from coach.strategy.words import listed, say

if TYPE_CHECKING:
    from coach.strategy.bridge_with_model import BridgeWithModel, Written

FEWEST_HYPOTHESES = 2
FEWEST_KEY_RESULTS = 3
MOST_KEY_RESULTS = 4
MOST_HYPOTHESES = 3
_ARTICLES = ("scorecard-to-okr", "kpi-to-experience-example")
Source = Literal["rules", "model"]


class BridgeRequest(Strict):
    """A goal with its KPIs, and for whom it is (else customers)."""

    goal: ScorecardGoal
    people: Text | None = None
    language: Literal["auto", "de", "en"] = "auto"
    mode: Literal["rules", "auto", "llm"] = "auto"


class Hypothesis(Strict):
    """What has to change for people so that the KPI moves, and the question to start from."""

    text: str
    kpi: str | None
    ask: str | None = None
    source: Source = "rules"


class BridgedKeyResult(Strict):
    """A key result as an offer: who confirms it, and the KPI that is read beside it."""

    text: str
    status: str
    placeholders: tuple[str, ...]
    confirmed_by: str
    kpi: str | None
    checks: dict[str, bool]
    source: Source = "rules"


class Bridge(Strict):
    """What `POST /v1/strategy/scorecard-bridge` answers."""

    language: Language
    goal: ScorecardGoal
    guiding_question: str
    hypotheses: tuple[Hypothesis, ...]
    objective: str
    objective_status: str
    objective_source: Source = "rules"
    key_results: tuple[BridgedKeyResult, ...]
    mirror: tuple[str, ...]
    citations: tuple[Citation, ...]
    degraded: str | None = None
    provenance: Provenance


class _Offer(NamedTuple):
    text: str
    kpi: str | None
    ask: str | None = None


class BuildBridge:
    """Builds bridges."""

    def __init__(
        self, catalog: Catalog, classifier: KindClassifier, critic: Critic, write: "BridgeWithModel | None" = None
    ) -> None:
        self._catalog = catalog
        self._classifier = classifier
        self._critic = critic
        self._library = Library(catalog)
        self._write = write

    def __call__(self, request: BridgeRequest, *, memory: Memory | None = None) -> Bridge:
        """Return the bridge for a goal. `memory`: where answers of models are kept."""
        goal = request.goal
        sample = " ".join((goal.goal, *goal.kpis))
        language = request.language if request.language != "auto" else guess_language(sample, default="de").language
        people = request.people or _people(goal, language) or say(language, "bridge.people")
        offers = [self._of_kpi(kpi, language) for kpi in goal.kpis if kpi.strip()]
        taken = [offer for offer in offers if offer is not None]
        chosen = _mixed(taken, list(_general(goal, people, language, taken)))
        hypotheses = self._hypotheses(goal, people, language, taken)
        about = _about(goal, people, [each.text for each in hypotheses], language)
        part = ModelPart()
        written = self._written(request, people, about, language, part, memory)
        objective = _capital(say(language, f"bridge.objective.{goal.perspective}", people=people))
        wordings = {Place(0): _by_rules(objective)}
        wordings |= {Place(0, number): _by_rules(offer.text) for number, offer in enumerate(chosen)}
        checked = self._critic.verified(wordings, about)
        confirms = say(language, "bridge.confirms", people=people)
        key_results = [
            _shown(worded.rewrite, worded.kpi, worded.confirmed_by or confirms)
            for worded in (written.key_results if written else ())
        ]
        by_rules = [
            _shown(checked[Place(0, number)], offer.kpi, confirms, goal.goal) for number, offer in enumerate(chosen)
        ]
        key_results += by_rules[: max(0, FEWEST_KEY_RESULTS - len(key_results))] if key_results else by_rules
        named = " / ".join(goal.kpis) or say(language, "bridge.kpis_none")
        passages = [p for slug in _ARTICLES if slug in self._catalog.articles for p in self._passages(slug, language)]
        chosen_objective = (written.objective if written else None) or checked[Place(0)]
        return Bridge(
            language=language,
            goal=goal,
            guiding_question=in_spelling_of(
                sample, say(language, f"bridge.guiding.{goal.perspective}", kpis=named, goal=goal.goal.rstrip("."))
            ),
            hypotheses=_believed(written) or hypotheses,
            objective=chosen_objective.text,
            objective_status=chosen_objective.status,
            objective_source=chosen_objective.source,
            key_results=tuple(key_results),
            mirror=tuple(say(language, "bridge.mirror", kpi=kpi) for kpi in goal.kpis)
            or (say(language, "bridge.no_kpi"),),
            citations=tuple(passage.cited() for passage in passages),
            degraded=part.degraded,
            provenance=part.provenance(catalog=self._catalog.version, classifier=self._classifier.version),
        )

    def _written(
        self,
        request: BridgeRequest,
        people: str,
        about: Draft,
        language: Language,
        part: ModelPart,
        memory: Memory | None,
    ) -> "Written | None":
        """Return what a model offers that holds; None where none takes part, or where it fails."""
        if request.mode == "rules" or (self._write is None and request.mode == "auto"):
            return None
        if self._write is None:
            part.missed(None, "bridge", language)
            return None
        made_with = (self._catalog.version, self._classifier.version, language)
        recollection = Recollection(memory, digest_of(about), made_with) if memory else None
        try:
            written = self._write(request.goal, people, about, language, recollection=recollection)
        except ModelError as error:
            part.missed(error, "bridge", language)
            return None
        part.used("bridge", written.prompt, written.asked)
        return written

    def _passages(self, slug: str, language: Language) -> list[Passage]:
        return article_passages(self._catalog, slug, language)[:1]

    def _of_kpi(self, kpi: str, language: Language) -> _Offer | None:
        """Return what the library makes of a KPI that it knows."""
        reading = read(kpi, language)
        match: Match | None = self._library.match(reading, Kind.KPI, language)
        if match is None or match.entry is None:
            return None
        verdict = self._classifier.classify([reading])[0]._replace(likeliest=Kind.KPI)
        text = scaffold(match, KeyResultSubject(KeyResult(text=kpi), reading, verdict), reading)
        entry = match.entry.in_language(language)
        return _Offer(text=text, kpi=kpi, ask=entry.ask) if text else None

    def _hypotheses(
        self, goal: ScorecardGoal, people: str, language: Language, taken: list[_Offer]
    ) -> tuple[Hypothesis, ...]:
        kpis = [kpi for kpi in goal.kpis if kpi.strip()] or [say(language, "bridge.kpis_none")]
        changes = listed(language, f"bridge.change.{goal.perspective}")
        asks = {offer.kpi: offer.ask for offer in taken}
        return tuple(
            Hypothesis(
                text=say(
                    language, "bridge.hypothesis", change=change.replace("{people}", people), kpi=kpis[at % len(kpis)]
                ),
                kpi=kpis[at % len(kpis)] if goal.kpis else None,
                ask=asks.get(kpis[at % len(kpis)]),
            )
            for at, change in enumerate(changes[:MOST_HYPOTHESES])
        )


def _about(goal: ScorecardGoal, people: str, hypotheses: Sequence[str], language: Language) -> Draft:
    """Return the goal as a draft whose every element says all that wordings may rest on."""
    said = " ".join((f"{goal.goal.rstrip('.')}:", ", ".join((*goal.kpis, people)), *hypotheses))[:MAX_TEXT]
    inner = tuple(KeyResult(text=said) for _ in range(MOST_KEY_RESULTS))
    return Draft(
        language=language,
        mode="rules",
        objectives=(Objective(objective=said, key_results=inner),),
        context=Context(strategy=Strategy(scorecard=(goal,))),
    )


def _by_rules(text: str) -> Rewrite:
    return Rewrite(text=text, status="scaffold", placeholders=placeholders_in(text))


def _shown(rewrite: Rewrite, kpi: str | None, confirmed_by: str, sample: str | None = None) -> BridgedKeyResult:
    """Return a checked wording as a key result; `sample`: text whose spelling it takes."""
    return BridgedKeyResult(
        text=in_spelling_of(sample, rewrite.text) if sample else rewrite.text,
        status=rewrite.status,
        placeholders=rewrite.placeholders,
        confirmed_by=confirmed_by,
        kpi=kpi,
        checks=rewrite.checks,
        source=rewrite.source,
    )


def _believed(written: "Written | None") -> tuple[Hypothesis, ...]:
    if written is None or len(written.hypotheses) < FEWEST_HYPOTHESES:
        return ()
    return tuple(Hypothesis(text=each.text, kpi=each.kpi, source="model") for each in written.hypotheses)


def _general(goal: ScorecardGoal, people: str, language: Language, taken: list[_Offer]) -> Iterator[_Offer]:
    """Yield the perspective's own wordings, for KPIs in turn, those first that the library does not know."""
    covered = {offer.kpi for offer in taken}
    kpis = sorted((kpi for kpi in goal.kpis if kpi.strip()), key=lambda kpi: kpi in covered)
    for at, wording in enumerate(listed(language, f"bridge.key_results.{goal.perspective}")):
        yield _Offer(text=wording.replace("{people}", people), kpi=kpis[at % len(kpis)] if kpis else None)


def _mixed(taken: list[_Offer], general: list[_Offer]) -> list[_Offer]:
    """Return at most four offers: at most two from the library, so that experience has the word."""
    return list({offer.text: offer for offer in (*general[:2], *taken[:2], *general[2:])}.values())[:MOST_KEY_RESULTS]


def _people(goal: ScorecardGoal, language: Language) -> str | None:
    """Return the people that a goal speaks of, where they are a plural that fits the wordings.

    A goal about learning speaks of colleagues, who are not those whom they serve.
    """
    if goal.perspective == "learning":
        return None
    reading = read(goal.goal, language)
    for token in reading.tokens:
        if token.has("people") and reading.locale.is_plural_people(token.text):
            return token.text
    return None


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
