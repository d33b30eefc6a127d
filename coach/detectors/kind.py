"""Kind `kind`: the classifier says what the key result is, and the pattern is about that."""

from collections.abc import Iterable

from coach.detectors.subject import DraftSubject, Hit, KeyResultSubject, Parameters, Quiet
from coach.reading import Stretch
from coach.review import Kind, Level


class KindParameters(Parameters):
    """Fires on key results of these kinds."""

    kinds: frozenset[Kind]


class KindDetector(Quiet):
    """Fires where the classifier's verdict is one of the kinds."""

    def __init__(self, level: Level, parameters: KindParameters) -> None:
        super().__init__(level)
        self._kinds = parameters.kinds

    def in_key_result(self, subject: KeyResultSubject, _draft: DraftSubject) -> Iterable[Hit]:
        """Return one hit that quotes the words which decided."""
        verdict = subject.verdict
        if verdict.kind in self._kinds:
            yield Hit(
                deciding_stretch(subject),
                confidence=verdict.confidence,
                source="classifier",
                evidence=verdict.evidence,
            )


def deciding_stretch(subject: KeyResultSubject) -> Stretch:
    """Return the head of the key result with what it governs, at most to the next mark or number."""
    reading = subject.reading
    tokens = reading.main
    token = reading.head.token
    if token is None or not tokens:
        return Stretch(reading.body.start, reading.body.end)
    at = next((index for index, other in enumerate(tokens) if other.start == token.start), 0)
    noun = next(
        (
            other
            for other in (*tokens[at + 1 :], *reversed(tokens[:at]))
            if other.has("thing", "event", "meeting", "metric", "notion")
        ),
        token,
    )
    start, end = min(token.start, noun.start), max(token.end, noun.end)
    return Stretch(start, end) if end - start <= 80 else Stretch(token.start, token.end)
