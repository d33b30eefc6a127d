"""Kind `kind`: the classifier says what the key result is, and the pattern is about that."""

from collections.abc import Iterable, Sequence

from coach.detectors.subject import DraftSubject, Hit, KeyResultSubject, Parameters, Quiet
from coach.reading import Reading, Stretch, Token
from coach.review import Kind, Level

_NOUNS = ("thing", "event", "meeting", "metric", "notion")
_DECIDING = {
    Kind.OUTPUT: {"make", "done", "thing", "event"},
    Kind.ACTIVITY: {"do", "meeting"},
    Kind.KPI: {"metric", "raise", "lower", "wish", "keep", "reach"},
    Kind.VAGUE: {"wish", "notion", "raise", "lower"},
}
_LONGEST = 80
_FEW = 7


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
    """Return the head with the noun phrase that it governs; the whole text where the head is not what decided."""
    reading, kind = subject.reading, subject.verdict.kind
    tokens = reading.main
    token = reading.head.token
    whole = Stretch(reading.body.start, reading.body.end)
    if token is None or not tokens or reading.head.tag not in _DECIDING.get(kind, ()):
        return whole
    at = next((index for index, other in enumerate(tokens) if other.start == token.start), 0)
    after = next((index for index in range(at + 1, len(tokens)) if tokens[index].has(*_NOUNS)), None)
    before = next((index for index in range(at - 1, -1, -1) if tokens[index].has(*_NOUNS)), None)
    if after is not None:
        while (
            after + 1 < len(tokens) and tokens[after + 1].has(*_NOUNS) and _adjoin(reading, tokens[after : after + 2])
        ):
            after += 1
        if after + 1 < len(tokens) and tokens[after + 1].form == "part" and _adjoin(reading, tokens[after : after + 2]):
            after += 1
        stretch = Stretch(token.start, tokens[after].end)
    else:
        stretch = Stretch(tokens[before].start if before is not None else token.start, token.end)
    alone = stretch == Stretch(token.start, token.end) and not token.has("metric")
    if alone and len(reading.text[whole.start : whole.end].split()) <= _FEW:
        return whole  # one word out of a few says little
    return stretch if stretch.end - stretch.start <= _LONGEST else Stretch(token.start, token.end)


def _adjoin(reading: Reading, pair: Sequence[Token]) -> bool:
    return reading.text[pair[0].end : pair[1].start].isspace()
