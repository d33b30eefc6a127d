"""Kind `compound`: two results, conditions or goals joined in one sentence."""

import re
from collections.abc import Iterable

from coach.detectors.subject import DraftSubject, Hit, KeyResultSubject, Parameters, TextDetector
from coach.reading import Reading, Stretch, Token
from coach.review import Level

_VERBAL = ("make", "do", "raise", "lower", "wish", "keep", "reach", "behave", "done")
_OBJECTS = ("thing", "metric", "notion", "event", "meeting", "people")
_SENTENCE_END = re.compile(r"[.;!?]\s+(?=\S)")


class CompoundParameters(Parameters):
    """Fires on two deeds, two measured results, or (with `objects`) two different things joined."""

    objects: bool = True


class CompoundDetector(TextDetector):
    """Fires where a conjunction joins two results."""

    def __init__(self, level: Level, parameters: CompoundParameters) -> None:
        super().__init__(level)
        self._objects = parameters.objects

    def hits(self, reading: Reading, _key_result: KeyResultSubject | None, _draft: DraftSubject) -> Iterable[Hit]:
        """Return one hit on the conjunction and what it joins."""
        tokens = reading.main
        for place in reading.signals.get("conjunction", ()):
            left = [token for token in tokens if token.end <= place.start]
            right = [token for token in tokens if token.start >= place.end]
            if left and right and self._joins(left, right, reading):
                yield Hit(Stretch(left[-1].start, right[0].end), confidence=0.8)
                return

    def _joins(self, left: list[Token], right: list[Token], reading: Reading) -> bool:
        if _measures(left, reading) and _measures(right, reading):
            return _has_own_subject(right)
        left_verbs = [token for token in left if token.has(*_VERBAL)]
        right_verbs = [token for token in right if token.has(*_VERBAL)]
        left_objects = [token for token in left if token.has(*_OBJECTS)]
        right_objects = [token for token in right if token.has(*_OBJECTS)]
        two_deeds = bool(left_verbs and right_verbs and left_objects and right_objects)
        if two_deeds and left_verbs[-1].text.lower() != right_verbs[0].text.lower():
            return True
        adjacent = bool(left_objects and right_objects) and left_objects[-1] is left[-1]
        return self._objects and adjacent and _different(left_objects[-1], right_objects[0])


def _measures(tokens: list[Token], reading: Reading) -> bool:
    start, end = tokens[0].start, tokens[-1].end
    return any(
        quantity.measures and quantity.start >= start - 12 and quantity.end <= end + 12 and quantity.unit != "ratio"
        for quantity in reading.quantities
    )


def _has_own_subject(tokens: list[Token]) -> bool:
    return any(token.has(*_OBJECTS, *_VERBAL) for token in tokens)


def _different(left: Token, right: Token) -> bool:
    """Whether two joined nouns are two results rather than one list of like things."""
    kinds = {"thing", "event"}
    return bool(left.tags & kinds and right.tags & kinds) or bool(
        left.tags & {"metric", "notion"} and right.tags & {"metric", "notion"}
    )
