"""Judge: a model confirms, dismisses or adds findings; code checks every word of what it says."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal, NamedTuple

from pydantic import BaseModel

from coach.catalog import Catalog
from coach.critique.detect import Detection
from coach.critique.ground import Ground
from coach.detectors import DraftSubject, Hit, Place
from coach.language import Language
from coach.llm import ChatModel
from coach.prompting import open_prompt
from coach.reading import Stretch
from coach.review import Level

_LANGUAGE_NAMES: Mapping[Language, str] = {"de": "German", "en": "English"}
_MODEL_CONFIDENCE = 0.8


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


class Judged(NamedTuple):
    """The detections after judging, and what they took: calls, the model's name, the prompt's version."""

    detections: list[Detection]
    calls: int
    model: str
    prompt: str


class Judge:
    """The third room, with a model."""

    def __init__(self, catalog: Catalog, ground: Ground, model: ChatModel) -> None:
        self._catalog = catalog
        self._ground = ground
        self._model = model

    def __call__(self, detections: Sequence[Detection], subject: DraftSubject, language: Language) -> Judged:
        """Return the detections that stand, with those that the model added."""
        passages = {
            passage.id: passage
            for slug in dict.fromkeys(detection.pattern.slug for detection in detections)
            for passage in self._ground.passages_for(slug, language)
        }
        prompt = open_prompt("judge")
        messages = prompt.render(
            {
                "language_name": _LANGUAGE_NAMES[language],
                "patterns": [
                    {
                        "slug": slug,
                        "level": pattern.level.value,
                        "meaning": _meaning(pattern.text["en"].sections[0].text),
                    }
                    for slug, pattern in self._catalog.patterns.items()
                    if pattern.level != Level.PROCESS
                    and pattern.severity_in(subject.profile)
                    and slug not in subject.muted
                ],
                "passages": [{"id": p.id, "heading": p.heading, "text": p.text} for p in passages.values()],
                "draft": {name: subject.reading_at(place).text for name, place in elements_of(subject)},
                "findings": [
                    {"element": name_of(d.place), "pattern": d.pattern.slug}
                    for d in detections
                    if d.place.objective is not None
                ],
            }
        )
        answer = self._model.answer(messages, Judgement, self._model.deadline())
        kept = self._apply(answer.content, detections, subject, frozenset(passages))
        return Judged(kept, answer.calls, self._model.name, prompt.version)

    def _apply(
        self,
        judgement: Judgement,
        detections: Sequence[Detection],
        subject: DraftSubject,
        cited: frozenset[str],
    ) -> list[Detection]:
        places = dict(elements_of(subject))
        dismissed: set[tuple[Place, str]] = set()
        confirmed: set[tuple[Place, str]] = set()
        added: list[Detection] = []
        known = {(detection.place, detection.pattern.slug) for detection in detections}
        for element in judgement.elements:
            place = places.get(element.element)
            if place is None:
                continue
            for finding in element.findings:
                key = (place, finding.pattern)
                if finding.verdict == "dismissed":
                    dismissed.add(key)
                elif finding.verdict == "confirmed":
                    confirmed.add(key)
                elif finding.verdict == "added" and key not in known:
                    detection = self._added(finding, place, subject, cited)
                    if detection:
                        added.append(detection)
                        known.add(key)
        kept = [
            _confirmed(d, subject.profile) if (d.place, d.pattern.slug) in confirmed else d
            for d in detections
            if (d.place, d.pattern.slug) not in dismissed
        ]
        return sorted([*kept, *added], key=lambda d: _order(d.place))

    def _added(
        self, finding: JudgedFinding, place: Place, subject: DraftSubject, cited: frozenset[str]
    ) -> Detection | None:
        """Return the detection behind an added finding if every word of it holds, else None."""
        pattern = self._catalog.patterns.get(finding.pattern)
        severity = pattern.severity_in(subject.profile) if pattern else None
        reading = subject.reading_at(place)
        if pattern is None or severity is None or (cited and finding.citation not in cited):
            return None
        expected = Level.OBJECTIVE if place.key_result is None else Level.KEY_RESULT
        if pattern.level not in {expected, Level.SET} or (pattern.level == Level.SET and place.key_result is not None):
            return None
        at = reading.text.find(finding.quote) if finding.quote else -1
        if at < 0:
            return None
        stretch = None if pattern.level == Level.SET else Stretch(at, at + len(finding.quote))
        return Detection(pattern, severity, place, Hit(stretch, confidence=_MODEL_CONFIDENCE, source="model"))


def _confirmed(detection: Detection, profile: str) -> Detection:
    """Return a detection with the profile's severity: what was mere advice has been confirmed."""
    return detection._replace(severity=detection.pattern.severity_in(profile) or detection.severity)


def elements_of(subject: DraftSubject) -> Iterator[tuple[str, Place]]:
    """Return the names of the draft's elements as the prompts use them, with their places."""
    for index, objective in enumerate(subject.objectives):
        yield name_of(Place(index)), Place(index)
        for number in range(len(objective.key_results)):
            yield name_of(Place(index, number)), Place(index, number)


def name_of(place: Place) -> str:
    """Return "O1" or "O1.K2"."""
    objective = f"O{(place.objective or 0) + 1}"
    return objective if place.key_result is None else f"{objective}.K{place.key_result + 1}"


def _order(place: Place) -> tuple[int, int]:
    """Sort like the draft reads: an objective before its key results, the draft as a whole last."""
    if place.objective is None:
        return (1_000_000, 0)
    return (place.objective, -1 if place.key_result is None else place.key_result)


def _meaning(section: str) -> str:
    return " ".join(section.split())[:300]
