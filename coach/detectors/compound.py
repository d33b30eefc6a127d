"""Kind `compound`: two results, conditions or goals joined in one sentence."""

from collections.abc import Iterable

from coach.detectors.subject import DraftSubject, Hit, KeyResultSubject, Parameters, TextDetector
from coach.reading import Reading, Stretch, Token
from coach.review import Level

_DEEDS = ("make", "do", "raise", "lower", "wish", "keep", "reach", "behave")
_NOUNS = ("thing", "metric", "notion", "event", "meeting", "people")
_BESIDE = 12


class CompoundParameters(Parameters):
    """No parameters."""


class CompoundDetector(TextDetector):
    """Fires where a conjunction joins two deeds, two states, two measured results or two things.

    A chain of verbs on one object ("design, print and mail the report") and a list inside one noun
    phrase ("in Bern and Basel") are one result.
    """

    def __init__(self, level: Level, _parameters: CompoundParameters) -> None:
        super().__init__(level)

    def hits(self, reading: Reading, _key_result: KeyResultSubject | None, _draft: DraftSubject) -> Iterable[Hit]:
        """Return one hit on the conjunction and what it joins."""
        for place in reading.signals.get("conjunction", ()):
            left = [token for token in reading.main if token.end <= place.start]
            right = [token for token in reading.main if token.start >= place.end]
            weak = reading.text[place.start] in ",;"
            if left and right and (_weakly_joined(left, right) if weak else _joined(left, right, reading)):
                yield Hit(Stretch(left[-1].start, right[0].end), confidence=0.8)
                return


def _joined(left: list[Token], right: list[Token], reading: Reading) -> bool:
    """Whether a word like "and" joins two results."""
    return (
        _two_states(left, right, reading)
        or _two_deeds(left, right)
        or _two_measured(left, right, reading)
        or _two_things(left[-1], right)
    )


def _weakly_joined(left: list[Token], right: list[Token]) -> bool:
    """Whether a comma or semicolon joins two deeds; mostly it only parts a clause or a list."""
    if _ends_done(left[-1]) and _ends_done(right[-1]) and len(right) > 1:
        return not any(_is_deed(token) for token in right[:-1])
    same = _is_deed(left[0]) and _is_deed(right[0]) and left[0].form == right[0].form and left[0].form in {"inf", "nom"}
    return same and any(not _is_deed(token) for token in left[1:])


def _two_states(left: list[Token], right: list[Token], reading: Reading) -> bool:
    auxiliaries = reading.locale.sentence_auxiliaries
    if all(any(token.text.lower() in auxiliaries for token in side) for side in (left, right)):
        return True
    return right[0].has("us") and any(_is_deed(token) for token in left) and len(right) > 2


def _two_deeds(left: list[Token], right: list[Token]) -> bool:
    if _ends_done(left[-1]) and any(_ends_done(token) for token in right[1:]):
        return True
    if left[0].form == "nom" and right[0].form == "nom" and len(left) > 1:
        return True
    if left[-1].form == "inf" and right[-1].form == "inf" and len(right) > 1 and right[0].form != "inf":
        return True
    starts = _is_deed(right[0]) and right[0].form in {"inf", "nom", "fin"}
    verbs = [index for index, token in enumerate(left) if _is_deed(token)]
    return starts and bool(verbs) and any(not _is_deed(token) for token in left[verbs[0] + 1 :])


def _is_deed(token: Token) -> bool:
    return token.form is not None and token.has(*_DEEDS)


def _ends_done(token: Token) -> bool:
    return token.form == "part" or (token.has("done") and token.text[:1].islower())


def _two_measured(left: list[Token], right: list[Token], reading: Reading) -> bool:
    """Whether both sides have a number, and the right one its own metric or deed right at its start."""
    if not (_measures(left, reading) and _measures(right, reading)):
        return False
    return any(token.has("metric", "notion") for token in right[:2]) or _is_deed(right[0])


def _measures(tokens: list[Token], reading: Reading) -> bool:
    start, end = tokens[0].start - _BESIDE, tokens[-1].end + _BESIDE
    return any(q.measures and q.start >= start and q.end <= end for q in reading.quantities)


def _two_things(left: Token, right: list[Token]) -> bool:
    """Whether two joined nouns are two results rather than one list of like things."""
    noun = next((token for token in right[:3] if token.has(*_NOUNS)), None)
    if noun is None or not left.has(*_NOUNS) or (_is_deed(left) and left.form == "inf"):
        return False
    groups = ({"thing", "event"}, {"metric", "notion"})
    return any(left.tags & group and noun.tags & group for group in groups)
