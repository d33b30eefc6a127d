"""Alignment: what in a draft serves which element of the frame, what hangs in the air, what nothing serves."""

from collections.abc import Iterator, Sequence
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import Field

from coach.catalog import Catalog
from coach.critique.ground import Ground, fill, fingerprint
from coach.embedding import Embedder
from coach.kinds import KindClassifier
from coach.language import Language, guess_language, in_spelling_of
from coach.okr import Draft, Strategy, Strict
from coach.reading import Reading, read
from coach.review import Citation, Finding, Kind, Level, Severity, Span
from coach.strategy.conflicts import conflicts_in
from coach.strategy.copies import copied
from coach.strategy.elements import Element, elements_of, trade_offs_of
from coach.strategy.evidence import Said
from coach.strategy.likeness import alike, content_words
from coach.strategy.links import Links, Strengths
from coach.strategy.remembered import Remembered
from coach.strategy.words import reads, say

_STRONG = 0.6
_LONGEST_QUOTE = 12
_SURE = 0.9


class Quote(Strict):
    """Words of the frame: the element's place, and the words as they stand there."""

    at: str
    text: str


class Link(Strict):
    """A text serves an element: how strongly (0–1), with the words on both sides, and why in a sentence."""

    element: str
    layer: str
    strength: Annotated[float, Field(ge=0, le=1)]
    said: Span
    asked: Quote
    why: str


class Conflict(Strict):
    """A text turns round a trade-off that the frame states."""

    at: str
    said: Span
    trade_off: Quote
    message: str
    question: str


class AlignedText(Strict):
    """An objective or key result, its place in the draft, what it serves (strongest first) and what is off."""

    at: str
    level: Literal["objective", "key_result"]
    text: str
    links: tuple[Link, ...] = ()
    findings: tuple[Finding, ...] = ()


class Unserved(Strict):
    """An element of the frame that nothing in the draft serves."""

    element: str
    layer: str
    text: str
    message: str
    question: str


class AlignmentCounts(Strict):
    """Counts over the whole alignment."""

    texts: int
    served: int
    elements: int
    unserved: int


class Alignment(Strict):
    """What `POST /v1/strategy/alignment` answers. `by`: whether vectors or words alone found the links."""

    language: Language
    texts: tuple[AlignedText, ...]
    unserved: tuple[Unserved, ...]
    conflicts: tuple[Conflict, ...]
    elements: tuple[Element, ...]
    citations: tuple[Citation, ...]
    summary: AlignmentCounts
    message: str
    by: Literal["meaning", "words"]
    degraded: str | None = None


class _Place(NamedTuple):
    at: str
    level: Literal["objective", "key_result"]
    text: str
    above: int | None


class Align:
    """Aligns drafts with their frame. Thread-safe."""

    def __init__(self, catalog: Catalog, classifier: KindClassifier, embedder: Embedder | None) -> None:
        self._catalog = catalog
        self._classifier = classifier
        self._ground = Ground(catalog)
        self._embedder = embedder

    def __call__(self, draft: Draft) -> Alignment:
        """Return the alignment of a draft with `draft.context.strategy`."""
        language = draft.language if draft.language != "auto" else guess_language("\n".join(draft.texts())).language
        strategy = draft.context.strategy or Strategy()
        places, elements = list(_places(draft)), elements_of(strategy)
        embedder = Remembered(self._embedder) if self._embedder else None
        strengths = Links(embedder)([Said(place.text, place.above) for place in places], elements, language)
        readings = [read(place.text, language) for place in places]
        links = [self._links(reading, strengths, row, elements, language) for row, reading in enumerate(readings)]
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
        )

    def _links(
        self, reading: Reading, strengths: Strengths, row: int, elements: Sequence[Element], language: Language
    ) -> tuple[Link, ...]:
        found = []
        for column, element in enumerate(elements):
            strength = float(strengths.rows[row, column])
            if strength < strengths.least:
                continue
            part = element.parts[int(strengths.parts[row, column])]
            said, by_word = _said(reading, part, language)
            wording = "why.strong" if strength >= _STRONG else "why.word" if by_word else "why.likely"
            layer = say(language, f"layers.{element.layer}")
            found.append(
                Link(
                    element=element.at,
                    layer=element.layer,
                    strength=round(strength, 3),
                    said=said,
                    asked=Quote(at=element.at, text=part),
                    why=say(language, wording, said=said.text, asked=part.rstrip("."), layer=layer),
                )
            )
        return tuple(sorted(found, key=lambda link: -link.strength))

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
            said = _whole(reading)
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
        yield _Place(f"/objectives/{index}/objective", "objective", objective.objective, None)
        for number, key_result in enumerate(objective.key_results):
            yield _Place(f"/objectives/{index}/key_results/{number}", "key_result", key_result.text, here)
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


def _said(reading: Reading, part: str, language: Language) -> tuple[Span, bool]:
    """Return the words of a text that take up a part of the frame, and whether words alone show it; else all of it."""
    asked: tuple[Any, ...] = content_words(part, language)
    own = [word for word in content_words(reading.text, language) if any(alike(word.text, each.text) for each in asked)]
    if not own or own[-1].end - own[0].start > _LONGEST_QUOTE * 8:
        return _whole(reading), bool(own)
    return reading.span(own[0].start, own[-1].end), True


def _whole(reading: Reading) -> Span:
    start, end = reading.body
    text = reading.text[start:end]
    return reading.span(start + len(text) - len(text.lstrip()), start + len(text.rstrip(" .")))
