"""The scorecard bridge: a goal with its KPIs becomes hypotheses and a draft about what people experience.

The offer comes from the transformation library (KPI by KPI) and from the perspective's own wordings; the walk that
judges drafts judges it, with the blanks filled by stand-ins.
"""

from collections.abc import Iterable, Iterator
from typing import Literal

from coach.catalog import Catalog
from coach.critique import Critic
from coach.critique.scaffold import Library, Match, placeholders_in, scaffold
from coach.critique.sources import Sources
from coach.critique.verify import fill_placeholders, is_value
from coach.detectors import KeyResultSubject
from coach.kinds import KindClassifier
from coach.language import Language, guess_language, in_spelling_of
from coach.okr import Draft, KeyResult, ScorecardGoal, Strict, Text, parse_draft
from coach.reading import read
from coach.retrieval.passages import Passage, article_passages
from coach.review import Citation, Finding, KeyResultReview, Kind, Severity
from coach.strategy.words import listed, say

_MOST_HYPOTHESES = 3
_MOST_KEY_RESULTS = 4
_ARTICLES = ("scorecard-to-okr", "kpi-to-experience-example")


class BridgeRequest(Strict):
    """A goal with its KPIs, and for whom it is (else customers)."""

    goal: ScorecardGoal
    people: Text | None = None
    language: Literal["auto", "de", "en"] = "auto"


class Hypothesis(Strict):
    """What has to change for people so that the KPI moves, and the question to start from."""

    text: str
    kpi: str | None
    ask: str | None = None


class BridgedKeyResult(Strict):
    """A key result as an offer: who confirms it, and the KPI that is read beside it."""

    text: str
    status: str
    placeholders: tuple[str, ...]
    confirmed_by: str
    kpi: str | None
    checks: dict[str, bool]


class Bridge(Strict):
    """What `POST /v1/strategy/scorecard-bridge` answers."""

    language: Language
    goal: ScorecardGoal
    guiding_question: str
    hypotheses: tuple[Hypothesis, ...]
    objective: str
    objective_status: str
    key_results: tuple[BridgedKeyResult, ...]
    mirror: tuple[str, ...]
    citations: tuple[Citation, ...]


class _Offer(Strict):
    text: str
    kpi: str | None
    change: str | None = None
    ask: str | None = None


class BuildBridge:
    """Builds bridges."""

    def __init__(self, catalog: Catalog, classifier: KindClassifier, critic: Critic) -> None:
        self._catalog = catalog
        self._classifier = classifier
        self._critic = critic
        self._library = Library(catalog)

    def __call__(self, request: BridgeRequest) -> Bridge:
        """Return the bridge for a goal."""
        goal = request.goal
        sample = " ".join((goal.goal, *goal.kpis))
        language = request.language if request.language != "auto" else guess_language(sample, default="de").language
        people = request.people or _people(goal, language) or say(language, "bridge.people")
        offers = [self._of_kpi(kpi, language) for kpi in goal.kpis if kpi.strip()]
        taken = [offer for offer in offers if offer is not None]
        general = list(_general(goal, people, language, taken))
        chosen = _mixed(taken, general)
        objective = _capital(say(language, f"bridge.objective.{goal.perspective}", people=people))
        draft = parse_draft(
            {
                "language": language,
                "mode": "rules",
                "rewrite": False,
                "objectives": [
                    {
                        "objective": objective,
                        "key_results": [fill_placeholders(offer.text, language) for offer in chosen],
                    }
                ],
            }
        )
        review = self._critic.review(draft).objectives[0]
        named = " / ".join(goal.kpis) or say(language, "bridge.kpis_none")
        passages = [p for slug in _ARTICLES if slug in self._catalog.articles for p in self._passages(slug, language)]
        return Bridge(
            language=language,
            goal=goal,
            guiding_question=in_spelling_of(
                sample, say(language, f"bridge.guiding.{goal.perspective}", kpis=named, goal=goal.goal.rstrip("."))
            ),
            hypotheses=self._hypotheses(goal, people, language, taken),
            objective=objective,
            objective_status="verified" if not _weighty(review.findings) else "scaffold",
            key_results=tuple(
                self._checked(offer, reviewed, goal, people, language)
                for offer, reviewed in zip(chosen, review.key_results, strict=True)
            ),
            mirror=tuple(say(language, "bridge.mirror", kpi=kpi) for kpi in goal.kpis)
            or (say(language, "bridge.no_kpi"),),
            citations=tuple(passage.cited() for passage in passages),
        )

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
        return _Offer(text=text, kpi=kpi, change=entry.change, ask=entry.ask) if text else None

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
            for at, change in enumerate(changes[:_MOST_HYPOTHESES])
        )

    def _checked(
        self, offer: _Offer, reviewed: KeyResultReview, goal: ScorecardGoal, people: str, language: Language
    ) -> BridgedKeyResult:
        """Return a key result with what the walk found in it; it is verified only when every check holds."""
        said = " ".join((goal.goal, *goal.kpis, people))
        context = Draft.model_validate({"objective": said[:2_000]})
        placeholders = placeholders_in(offer.text)
        checks = {
            "outcome": (reviewed.likeliest or reviewed.kind) == Kind.OUTCOME,
            "clean": not _weighty(reviewed.findings),
            "numbers_from_draft": not Sources(context, language, self._catalog).foreign_numbers(offer.text),
            "people_named": all(is_value(placeholder, language) for placeholder in placeholders),
            "language": guess_language(offer.text, default=language).language == language,
        }
        status = "verified" if all(checks.values()) else "scaffold"
        return BridgedKeyResult(
            text=in_spelling_of(goal.goal, offer.text),
            status=status,
            placeholders=placeholders,
            confirmed_by=say(language, "bridge.confirms", people=people),
            kpi=offer.kpi,
            checks=checks,
        )


def _general(goal: ScorecardGoal, people: str, language: Language, taken: list[_Offer]) -> Iterator[_Offer]:
    """Yield the perspective's own wordings, for KPIs in turn, those first that the library does not know."""
    covered = {offer.kpi for offer in taken}
    kpis = sorted((kpi for kpi in goal.kpis if kpi.strip()), key=lambda kpi: kpi in covered)
    for at, wording in enumerate(listed(language, f"bridge.key_results.{goal.perspective}")):
        yield _Offer(text=wording.replace("{people}", people), kpi=kpis[at % len(kpis)] if kpis else None)


def _mixed(taken: list[_Offer], general: list[_Offer]) -> list[_Offer]:
    """Return at most four offers: at most two from the library, so that experience has the word."""
    return list({offer.text: offer for offer in (*general[:2], *taken[:2], *general[2:])}.values())[:_MOST_KEY_RESULTS]


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


def _weighty(findings: Iterable[Finding]) -> bool:
    return any(finding.severity.at_least(Severity.WARNING) for finding in findings)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
