"""What a model says of one pattern at one element, and what code checks of it."""

from collections.abc import Iterator, Mapping
from typing import Literal, NamedTuple

from pydantic import BaseModel

from coach.catalog import Catalog, FailurePattern
from coach.critique.quotes import EMPTY, bare, place_of
from coach.critique.sentence import fault_of
from coach.critique.sources import Sources
from coach.detectors import DraftSubject, Place
from coach.language import Language
from coach.reading import Stretch
from coach.review import Level

_MOST = 100


class JudgedFinding(BaseModel):
    """One verdict of the model about one pattern at one element."""

    pattern: str
    verdict: Literal["confirmed", "dismissed", "added"]
    reason: str
    quote: str
    citation: str


class JudgedElement(BaseModel):
    """The verdicts about one element: "O1", "O1.K2"."""

    element: str
    findings: list[JudgedFinding]


class Judgement(BaseModel):
    """What the judging model answers."""

    elements: list[JudgedElement]


class Verdict(NamedTuple):
    """A verdict that holds: the pattern is known, the words stand there, the reason may be shown."""

    said: Literal["confirmed", "dismissed", "added"]
    pattern: FailurePattern
    place: Place
    stretch: Stretch | None
    reason: str


class Given(NamedTuple):
    """What the model was given, to hold its answer against. `found`: what the rules found, by place and slug."""

    subject: DraftSubject
    places: Mapping[str, Place]
    found: frozenset[tuple[Place, str]]
    citations: frozenset[str]
    language: Language
    sources: Sources
    prompt: str


def read_verdicts(judgement: Judgement, given: Given, catalog: Catalog) -> tuple[list[Verdict], list[str]]:
    """Return the verdicts that hold, one per pattern and element, and what is wrong with the others."""
    held: dict[tuple[Place, str], Verdict] = {}
    faults: list[str] = []
    for name, finding in _listed(judgement):
        place = given.places.get(name)
        if place is None:
            faults.append(f"{name[:20]!r} is no element")
            continue
        verdict = _checked(finding, place, given, catalog)
        if isinstance(verdict, Verdict):
            held.setdefault((place, verdict.pattern.slug), verdict)
        else:
            faults.append(f"{name}, {finding.pattern[:40]!r}: {verdict}")
    return list(held.values()), faults


def _listed(judgement: Judgement) -> Iterator[tuple[str, JudgedFinding]]:
    pairs = ((element.element, finding) for element in judgement.elements for finding in element.findings)
    return (pair for _, pair in zip(range(_MOST), pairs, strict=False))


def _checked(finding: JudgedFinding, place: Place, given: Given, catalog: Catalog) -> Verdict | str:
    """Return the verdict, or in a few words why it does not hold."""
    subject = given.subject
    pattern = catalog.patterns.get(finding.pattern)
    if pattern is None or pattern.severity_in(subject.profile) is None or pattern.slug in subject.muted:
        return "is not in the list of patterns"
    if (finding.verdict == "added") == ((place, pattern.slug) in given.found):
        return "the rules found it: confirm or dismiss" if finding.verdict == "added" else "is no finding of the rules"
    if not _fits(pattern.level, place):
        return f"belongs to another level ({pattern.level.value})"
    stretch = _stretch(finding.quote, place, pattern.level, subject)
    if isinstance(stretch, str):
        return stretch
    if finding.citation not in given.citations:
        return "the citation is not among the passages"
    if fault := fault_of(finding.reason, given.language, given.sources, prompt=given.prompt):
        return f"the reason {fault}"
    return Verdict(finding.verdict, pattern, place, stretch, " ".join(finding.reason.split()))


def _fits(level: Level, place: Place) -> bool:
    return (level == Level.KEY_RESULT) == (place.key_result is not None)


def _stretch(quote: str, place: Place, level: Level, subject: DraftSubject) -> Stretch | str | None:
    """Return where the quoted words stand, None for a set as a whole, or what is wrong with them."""
    words = bare(quote)
    if not words:
        return EMPTY
    at = place_of(words, subject.reading_at(place).text)
    if level in {Level.SET, Level.PROCESS}:
        assert place.objective is not None
        inner = subject.objectives[place.objective].key_results
        standing = at is not None or any(words in key_result.reading.text for key_result in inner)
        return None if standing else "the quote does not stand in the set"
    return Stretch(*at) if at is not None else "the quote does not stand in the text"
