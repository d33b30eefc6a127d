"""Alignment: what in a draft serves which element of the frame, what hangs in the air, what nothing serves."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Literal, NamedTuple

from coach.catalog import Catalog
from coach.critique.elements import name_of
from coach.critique.ground import Ground, fill, fingerprint
from coach.critique.memory import Memory, Recollection, digest_of
from coach.critique.part import ModelPart
from coach.critique.sources import Sources
from coach.detectors import Place
from coach.embedding import Embedder
from coach.errors import ModelError
from coach.kinds import KindClassifier
from coach.language import Language, guess_language, in_spelling_of
from coach.okr import Draft, Strategy
from coach.reading import Reading, read
from coach.review import Citation, Finding, Kind, Level, Severity
from coach.strategy.aligned import (
    AlignedText,
    Alignment,
    AlignmentCounts,
    Conflict,
    DismissedLink,
    Link,
    Quote,
    Unserved,
)
from coach.strategy.conflicts import conflicts_in
from coach.strategy.copies import copied
from coach.strategy.elements import Element, elements_of, trade_offs_of
from coach.strategy.evidence import Said
from coach.strategy.linking import judged, links_of, whole
from coach.strategy.links import Links
from coach.strategy.remembered import Remembered
from coach.strategy.words import reads, say

if TYPE_CHECKING:
    from coach.strategy.judging import JudgeLinks, Ruled

_SURE = 0.9
_NONE = Strategy()


class _Place(NamedTuple):
    at: str
    name: str
    level: Literal["objective", "key_result"]
    text: str
    above: int | None


class Align:
    """Aligns drafts with their frame, with a model's verdicts where there is one. Thread-safe."""

    def __init__(
        self,
        catalog: Catalog,
        classifier: KindClassifier,
        embedder: Embedder | None,
        judge: "JudgeLinks | None" = None,
    ) -> None:
        self._catalog = catalog
        self._classifier = classifier
        self._ground = Ground(catalog)
        self._embedder = embedder
        self._judge = judge

    def asks_model(self, draft: Draft) -> bool:
        """Whether a model takes part in the alignment of a draft."""
        return self._judge is not None and draft.mode != "rules" and bool(elements_of(draft.context.strategy or _NONE))

    def __call__(self, draft: Draft, *, memory: Memory | None = None) -> Alignment:
        """Return the alignment of a draft with `draft.context.strategy`.

        `memory`: where answers of models are kept, so that an exact repeat asks nothing.
        """
        language = draft.language if draft.language != "auto" else guess_language("\n".join(draft.texts())).language
        strategy = draft.context.strategy or _NONE
        places, elements = list(_places(draft)), elements_of(strategy)
        embedder = Remembered(self._embedder) if self._embedder else None
        strengths = Links(embedder)([Said(place.text, place.above) for place in places], elements, language)
        readings = [read(place.text, language) for place in places]
        by_rules = [links_of(reading, strengths, row, elements, language) for row, reading in enumerate(readings)]
        part = ModelPart()
        verdicts = self._verdicts(draft, places, readings, by_rules, elements, language, part, memory)
        links = [judged(row, each, verdicts, elements, language) for row, each in enumerate(by_rules)]
        findings = self._findings(draft, places, readings, links, strategy, language) if elements else {}
        texts = tuple(
            AlignedText(
                at=place.at, level=place.level, text=place.text, links=links[at], findings=tuple(findings.get(at, ()))
            )
            for at, place in enumerate(places)
        )
        served = {link.element for each in links for link in each}
        unserved = tuple(_unserved(element, language) for element in elements if element.at not in served)
        conflicts = self._conflicts(places, readings, strategy, language, embedder)
        counts = AlignmentCounts(
            texts=len(texts),
            served=sum(bool(each) for each in links),
            elements=len(elements),
            unserved=len(unserved),
        )
        return Alignment(
            language=language,
            texts=texts,
            unserved=unserved,
            conflicts=conflicts,
            elements=elements,
            citations=self._citations(texts, language),
            summary=counts,
            message=say(language, "summary.aligned" if elements else "summary.no_frame", **counts.model_dump()),
            by="meaning" if embedder else "words",
            dismissed=tuple(
                DismissedLink(at=places[row].at, element=elements[column].at, reason=ruled.reason)
                for (row, column), ruled in verdicts.items()
                if ruled.verdict == "dismissed"
            ),
            degraded=part.degraded,
            provenance=part.provenance(catalog=self._catalog.version, classifier=self._classifier.version),
        )

    def _verdicts(
        self,
        draft: Draft,
        places: Sequence[_Place],
        readings: Sequence[Reading],
        links: Sequence[tuple[Link, ...]],
        elements: Sequence[Element],
        language: Language,
        part: ModelPart,
        memory: Memory | None,
    ) -> "Mapping[tuple[int, int], Ruled]":
        """Return what a model says of the links; nothing where none takes part, or where it fails."""
        if draft.mode == "rules" or not elements:
            return {}
        if self._judge is None:
            if draft.mode == "llm":
                part.missed(None, "alignment", language)
            return {}
        columns = {element.at: column for column, element in enumerate(elements)}
        sources = Sources(draft, language, self._catalog)
        made_with = (self._catalog.version, self._classifier.version, language)
        try:
            ruled = self._judge(
                {place.name: reading for place, reading in zip(places, readings, strict=True)},
                elements,
                frozenset((row, columns[link.element]) for row, each in enumerate(links) for link in each),
                language,
                sources,
                recollection=Recollection(memory, digest_of(draft), made_with) if memory else None,
            )
        except ModelError as error:
            part.missed(error, "alignment", language)
            return {}
        part.used("alignment", ruled.prompt, ruled.asked)
        told = [*draft.texts(), *(text for element in elements for text in element.parts)]
        if any(map(sources.gives_orders, told)):  # they may have reached the model
            return {at: each for at, each in ruled.verdicts.items() if each.verdict != "dismissed"}
        return ruled.verdicts

    def _findings(
        self,
        draft: Draft,
        places: Sequence[_Place],
        readings: Sequence[Reading],
        links: Sequence[tuple[Link, ...]],
        strategy: Strategy,
        language: Language,
    ) -> dict[int, list[Finding]]:
        inner = [at for at, place in enumerate(places) if place.level == "key_result"]
        kpis = [*strategy.kpis, *draft.context.kpis, *(kpi for goal in strategy.scorecard for kpi in goal.kpis)]
        above = [text for parent in draft.context.parents for text in (parent.objective, *parent.key_results)]
        in_the_air = {
            at
            for at, place in enumerate(places)
            if place.level == "objective"
            and not links[at]
            and not any(links[other] for other in inner if places[other].above == at)
        }
        loose = [at for at in inner if places[at].above in in_the_air]  # the rest need not be classified
        verdicts = dict(zip(loose, self._classifier.classify([readings[at] for at in loose]), strict=True))
        found: dict[int, list[Finding]] = {}
        for at, place in enumerate(places):
            slugs = []
            if at in in_the_air:
                slugs.append(("no-strategy-link", 0.6))
            if place.level == "key_result":
                if copied(place.text, kpis, language):
                    slugs.append(("kpi-as-key-result", _SURE))
                if at in verdicts and verdicts[at].likeliest == Kind.KPI:
                    slugs.append(("strategy-by-spreadsheet", 0.6))
            if copied(place.text, above, language):
                slugs.append(("top-down-cascade", _SURE))
            for slug, confidence in slugs:
                if finding := self._finding(slug, readings[at], confidence, draft, language):
                    found.setdefault(at, []).append(finding)
        return found

    def _finding(
        self, slug: str, reading: Reading, confidence: float, draft: Draft, language: Language
    ) -> Finding | None:
        pattern = self._catalog.patterns.get(slug)
        severity: Severity | None = pattern.severity_in(draft.profile or "default") if pattern else None
        if pattern is None or severity is None:
            return None
        span = reading.span(reading.body.start, reading.body.end)
        text = pattern.text[language]
        sample = reading.normal.raw
        return Finding(
            pattern=slug,
            level=Level(pattern.level),
            severity=severity,
            span=span,
            message=in_spelling_of(sample, fill(text.messages[0], {"quote": span.text.strip()})),
            question=in_spelling_of(sample, text.questions[0]),
            citations=tuple(passage.id for passage in self._ground.passages_for(slug, language)),
            source="rule",
            confidence=confidence,
            fingerprint=fingerprint(slug, reading.text, span.text),
        )

    def _conflicts(
        self,
        places: Sequence[_Place],
        readings: Sequence[Reading],
        strategy: Strategy,
        language: Language,
        embedder: Embedder | None,
    ) -> tuple[Conflict, ...]:
        trade_offs = trade_offs_of(strategy, reads(language, "trade_off"))
        found = []
        for conflict in conflicts_in([place.text for place in places], trade_offs, language, embedder):
            reading, asked = readings[conflict.text], conflict.trade_off
            said = whole(reading)
            slots = {"said": said.text, "trade_off": asked.text}
            found.append(
                Conflict(
                    at=places[conflict.text].at,
                    said=said,
                    trade_off=Quote(at=asked.at, text=asked.text),
                    message=say(language, "conflict.message", **slots),
                    question=say(language, "conflict.question", **slots),
                )
            )
        return tuple(found)

    def _citations(self, texts: Sequence[AlignedText], language: Language) -> tuple[Citation, ...]:
        slugs = dict.fromkeys(finding.pattern for text in texts for finding in text.findings)
        passages = {p.id: p for slug in slugs for p in self._ground.passages_for(slug, language)}
        return tuple(passage.cited() for passage in passages.values())


def _places(draft: Draft) -> Iterator[_Place]:
    at = 0
    for index, objective in enumerate(draft.objectives):
        here = at
        yield _Place(f"/objectives/{index}/objective", name_of(Place(index)), "objective", objective.objective, None)
        for number, key_result in enumerate(objective.key_results):
            name = name_of(Place(index, number))
            yield _Place(f"/objectives/{index}/key_results/{number}", name, "key_result", key_result.text, here)
        at += 1 + len(objective.key_results)


def _unserved(element: Element, language: Language) -> Unserved:
    layer = say(language, f"layers.{element.layer}")
    return Unserved(
        element=element.at,
        layer=element.layer,
        text=element.text,
        message=say(language, "unserved.message", text=element.text.rstrip("."), layer=layer),
        question=say(language, "unserved.question"),
    )
