"""Detect: read the draft, classify its key results, and let every detector look."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from coach.catalog import Catalog, FailurePattern
from coach.detectors import DraftSubject, Hit, KeyResultSubject, ObjectiveSubject, Place, build_detectors
from coach.detectors.subject import Detector
from coach.kinds import KindClassifier, Verdict
from coach.language import Language, guess_language
from coach.okr import Draft
from coach.reading import Reading, read
from coach.review import Level, Severity


class Detection(NamedTuple):
    """A hit of a pattern at a place, with the severity that the profile gives it."""

    pattern: FailurePattern
    severity: Severity
    place: Place
    hit: Hit


class Detect:
    """The first room of the walk, and the last: verify uses the same."""

    def __init__(self, catalog: Catalog, classifier: KindClassifier) -> None:
        self._patterns = catalog.patterns
        self._classifier = classifier
        self._detectors: Mapping[str, Detector] = build_detectors(catalog.patterns)

    def read(self, draft: Draft, language: Language, profile: str) -> DraftSubject:
        """Return the draft as the detectors see it; each text in the language it is written in."""
        readings = [_read(text, language) for text in draft.texts()]
        return self._subject(draft, readings, profile)

    def _subject(self, draft: Draft, readings: Sequence[Reading], profile: str) -> DraftSubject:
        remaining = iter(readings)
        taken = [(next(remaining), [next(remaining) for _ in objective.key_results]) for objective in draft.objectives]
        verdicts = iter(self._classifier.classify([reading for _, inner in taken for reading in inner]))
        return DraftSubject(
            objectives=[
                ObjectiveSubject(
                    own,
                    [
                        KeyResultSubject(source, reading, next(verdicts))
                        for source, reading in zip(objective.key_results, inner, strict=True)
                    ],
                )
                for objective, (own, inner) in zip(draft.objectives, taken, strict=True)
            ],
            context=draft.context,
            profile=profile,
        )

    def classify(self, readings: Sequence[Reading]) -> list[Verdict]:
        """Return what kind of key result each reading is."""
        return self._classifier.classify(readings)

    def __call__(self, subject: DraftSubject) -> list[Detection]:
        """Return everything that the detectors find, in reading order."""
        return list(self._walk(subject))

    def _walk(self, draft: DraftSubject) -> Iterator[Detection]:
        active = [
            (pattern, severity, self._detectors[slug])
            for slug, pattern in self._patterns.items()
            if (severity := pattern.severity_in(draft.profile)) is not None
        ]
        for index, objective in enumerate(draft.objectives):
            for pattern, severity, detector in active:
                place = Place(index)
                if pattern.level == Level.OBJECTIVE:
                    yield from _at(place, pattern, severity, detector.in_objective(objective, draft))
            for number, key_result in enumerate(objective.key_results):
                for pattern, severity, detector in active:
                    if pattern.level == Level.KEY_RESULT:
                        hits = detector.in_key_result(key_result, draft)
                        yield from _at(Place(index, number), pattern, severity, hits)
            for pattern, severity, detector in active:
                if pattern.level in {Level.SET, Level.PROCESS}:
                    yield from _at(Place(index), pattern, severity, detector.in_set(objective, draft))
        for pattern, severity, detector in active:
            yield from _at(Place(), pattern, severity, detector.in_draft(draft))

    def key_result(self, key_result: KeyResultSubject, draft: DraftSubject) -> list[Detection]:
        """Return what the detectors find in one key result on its own."""
        return [
            Detection(pattern, severity, Place(0, 0), hit)
            for slug, pattern in self._patterns.items()
            if pattern.level == Level.KEY_RESULT and (severity := pattern.severity_in(draft.profile)) is not None
            for hit in self._detectors[slug].in_key_result(key_result, draft)
        ]

    def objective(self, objective: ObjectiveSubject, draft: DraftSubject) -> list[Detection]:
        """Return what the detectors find in the words of one objective."""
        return [
            Detection(pattern, severity, Place(0), hit)
            for slug, pattern in self._patterns.items()
            if pattern.level == Level.OBJECTIVE and (severity := pattern.severity_in(draft.profile)) is not None
            for hit in self._detectors[slug].in_objective(objective, draft)
        ]


def _read(text: str, language: Language) -> Reading:
    guess = guess_language(text, default=language)
    return read(text, guess.language if guess.certain else language)


def _at(place: Place, pattern: FailurePattern, severity: Severity, hits: Iterable[Hit]) -> Iterator[Detection]:
    return (Detection(pattern, severity, place, hit) for hit in hits)
