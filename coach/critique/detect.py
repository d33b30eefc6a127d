"""Detect: read the draft, classify its key results, and let every detector look."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from coach.catalog import Catalog, FailurePattern
from coach.critique.decide import decided, notes_in
from coach.detectors import DraftSubject, Hit, KeyResultSubject, ObjectiveSubject, Place, build_detectors
from coach.detectors.subject import Detector
from coach.kinds import KindClassifier, Verdict
from coach.language import Language, guess_language
from coach.learned import Decision, Learned, read_decisions
from coach.okr import Draft, KeyResult
from coach.reading import Reading, read
from coach.review import Level, Severity

if TYPE_CHECKING:
    from coach.embedding.port import Vectors


class Detection(NamedTuple):
    """A hit of a pattern at a place, with the severity that the profile gives it; `reason`: what a model says of it."""

    pattern: FailurePattern
    severity: Severity
    place: Place
    hit: Hit
    reason: str | None = None


class _Active(NamedTuple):
    """A pattern that the profile looks for."""

    pattern: FailurePattern
    severity: Severity
    detector: Detector


class Detect:
    """The first room of the walk, and the last: verify uses the same."""

    def __init__(
        self,
        catalog: Catalog,
        classifier: KindClassifier,
        learned: Learned | None = None,
        *,
        decisions: Mapping[str, Decision] | None = None,
    ) -> None:
        self._patterns = catalog.patterns
        self._classifier = classifier
        self._learned = learned
        self._decisions = read_decisions().patterns if decisions is None else decisions
        self._given = defaultdict(
            tuple, {slug: pattern.detector.parameters.get("given", ()) for slug, pattern in catalog.patterns.items()}
        )
        self._settled = {
            slug: frozenset(pattern.detector.parameters.get("settled_by", ()))
            for slug, pattern in self._patterns.items()
        }
        self._detectors: Mapping[str, Detector] = build_detectors(catalog.patterns)

    def read(self, draft: Draft, language: Language, profile: str) -> DraftSubject:
        """Return the draft as the detectors see it; each text in the language it is written in."""
        readings = [_read(text, language) for text in draft.texts()]
        return self._subject(draft, readings, profile)

    def _subject(self, draft: Draft, readings: Sequence[Reading], profile: str) -> DraftSubject:
        """Read every text once: one vector each serves its kind and its patterns."""
        learned = self._learned
        if learned is None:
            verdicts = iter(self._classifier.classify(_key_results(draft, readings)))
            remaining = iter(readings)
            return DraftSubject(
                [
                    ObjectiveSubject(
                        next(remaining),
                        [KeyResultSubject(source, next(remaining), next(verdicts)) for source in objective.key_results],
                    )
                    for objective in draft.objectives
                ],
                draft.context,
                profile,
            )
        vectors = learned.vectors([reading.said() for reading in readings])
        objectives = []
        at = 0
        for objective in draft.objectives:
            size = len(objective.key_results)
            own, inner = readings[at], readings[at + 1 : at + 1 + size]
            around = vectors[at + 1 : at + 1 + size]
            objectives.append(
                ObjectiveSubject(
                    own,
                    [
                        KeyResultSubject(*row)
                        for row in zip(
                            objective.key_results,
                            inner,
                            self._classifier.classify(inner, around),
                            self._unless_settled(objective.key_results, inner, learned.key_results(around)),
                            strict=True,
                        )
                    ],
                    {**learned.objectives(vectors[at : at + 1])[0], **learned.of_set(vectors[at], around)},
                )
            )
            at += 1 + size
        return DraftSubject(objectives, draft.context, profile, self._of_notes(learned, draft))

    def _unless_settled(
        self, key_results: Sequence[KeyResult], readings: Sequence[Reading], found: Sequence[Mapping[str, float]]
    ) -> list[Mapping[str, float]]:
        """Leave out what a field of its own answers, or a signal in the text that the encoder makes too little of."""
        return [
            {
                slug: share
                for slug, share in row.items()
                if not any(getattr(key_result, field) for field in self._given[slug])
                and not reading.has(*self._settled.get(slug, ()))
            }
            for key_result, reading, row in zip(key_results, readings, found, strict=True)
        ]

    def _of_notes(self, learned: Learned, draft: Draft) -> Mapping[str, float]:
        """Return the highest probability per process pattern over the notes of the context."""
        found: dict[str, float] = {}
        if notes := notes_in(draft.context.notes):
            for probabilities in learned.of_notes(learned.vectors(notes)):
                for slug, probability in probabilities.items():
                    found[slug] = max(found.get(slug, 0.0), probability)
        return found

    def alone(self, reading: Reading) -> ObjectiveSubject:
        """Return an objective without key results as the detectors see it."""
        if self._learned is None:
            return ObjectiveSubject(reading, ())
        return ObjectiveSubject(reading, (), self._learned.objectives(self._learned.vectors([reading.said()]))[0])

    def classify(self, readings: Sequence[Reading]) -> list[Verdict]:
        """Return what kind of key result each reading is."""
        return self._classifier.classify(readings)

    def vectors(self, texts: Sequence[str]) -> "Vectors | None":
        """Return the encoder's vector per text; None where there is no encoder."""
        return self._learned.vectors(texts) if self._learned and texts else None

    def __call__(self, subject: DraftSubject) -> list[Detection]:
        """Return everything that the detectors find, in reading order."""
        return list(self._walk(subject))

    def _active(self, draft: DraftSubject) -> list[_Active]:
        return [
            _Active(pattern, severity, self._detectors[slug])
            for slug, pattern in self._patterns.items()
            if (severity := pattern.severity_in(draft.profile)) is not None
        ]

    def _walk(self, draft: DraftSubject) -> Iterator[Detection]:
        active = self._active(draft)
        for index, objective in enumerate(draft.objectives):
            yield from self._in_objective(active, Place(index), objective, draft)
            for number, key_result in enumerate(objective.key_results):
                yield from self._in_key_result(active, Place(index, number), key_result, draft)
            yield from self._in_set(active, Place(index), objective, draft)
        for each in active:
            learned = draft.learned if each.pattern.level == Level.PROCESS else {}
            yield from self._at(Place(), each, each.detector.in_draft(draft), learned)

    def key_result(self, key_result: KeyResultSubject, draft: DraftSubject) -> list[Detection]:
        """Return what the detectors find in one key result on its own."""
        return list(self._in_key_result(self._active(draft), Place(0, 0), key_result, draft))

    def objective(self, objective: ObjectiveSubject, draft: DraftSubject) -> list[Detection]:
        """Return what the detectors find in the words of one objective."""
        return list(self._in_objective(self._active(draft), Place(0), objective, draft))

    def whole_set(self, objective: ObjectiveSubject, draft: DraftSubject) -> list[Detection]:
        """Return what the detectors find in one objective with its key results, taken together."""
        return list(self._in_set(self._active(draft), Place(0), objective, draft))

    def _in_objective(
        self, active: Sequence[_Active], place: Place, objective: ObjectiveSubject, draft: DraftSubject
    ) -> Iterator[Detection]:
        for each in active:
            if each.pattern.level == Level.OBJECTIVE:
                yield from self._at(place, each, each.detector.in_objective(objective, draft), objective.learned)

    def _in_key_result(
        self, active: Sequence[_Active], place: Place, key_result: KeyResultSubject, draft: DraftSubject
    ) -> Iterator[Detection]:
        for each in active:
            if each.pattern.level == Level.KEY_RESULT:
                yield from self._at(place, each, each.detector.in_key_result(key_result, draft), key_result.learned)

    def _in_set(
        self, active: Sequence[_Active], place: Place, objective: ObjectiveSubject, draft: DraftSubject
    ) -> Iterator[Detection]:
        for each in active:
            if each.pattern.level in {Level.SET, Level.PROCESS}:
                learned = objective.learned if each.pattern.level == Level.SET else {}
                yield from self._at(place, each, each.detector.in_set(objective, draft), learned)

    def _at(
        self, place: Place, active: _Active, hits: Iterable[Hit], learned: Mapping[str, float]
    ) -> Iterator[Detection]:
        slug = active.pattern.slug
        for hit, severity in decided(hits, active.severity, self._decisions.get(slug), learned.get(slug)):
            yield Detection(active.pattern, severity, place, hit)


def _key_results(draft: Draft, readings: Sequence[Reading]) -> list[Reading]:
    remaining = iter(readings)
    found = []
    for objective in draft.objectives:
        next(remaining)
        found += [next(remaining) for _ in objective.key_results]
    return found


def _read(text: str, language: Language) -> Reading:
    guess = guess_language(text, default=language)
    return read(text, guess.language if guess.certain else language)
