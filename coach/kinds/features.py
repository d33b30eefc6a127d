"""Named features of a key result: what the classifier weighs, and what it shows as its reasons."""

from collections.abc import Mapping
from itertools import pairwise
from typing import NamedTuple

from coach.reading import Reading, Stretch, Token
from coach.reading.lexicon import fold

_SIGNALS = (
    "people", "us", "thing", "event", "meeting", "metric", "notion", "weasel", "absolute", "evidence", "rhythm",
    "make", "do", "raise", "lower", "wish", "keep", "reach", "behave", "done",
    "measure", "percent", "money", "duration", "points", "delta", "pair", "baseline", "target", "people-share",
    "placeholder", "comparison", "purpose", "conjunction", "deadline", "date",
)  # fmt: skip
_VERBAL = frozenset({"make", "do", "raise", "lower", "wish", "keep", "reach", "behave", "done"})
_NOMINAL = ("people", "thing", "event", "meeting", "metric", "notion")
_SHORT, _LONG = 4, 14


class Feature(NamedTuple):
    """A feature's value and the words it rests on, if any."""

    value: float
    place: Stretch | None = None


def features_of(reading: Reading) -> Mapping[str, Feature]:
    """Return the features of a reading by name."""
    found: dict[str, Feature] = {}
    for name in _SIGNALS:
        if places := reading.signals.get(name):
            found[f"has {name}"] = Feature(1.0, places[0])
    main = reading.main
    _add_head(found, reading)
    _add_positions(found, main)
    _add_counts(found, reading)
    _add_shape(found, reading)
    for index, token in enumerate(main):
        word = fold(token.text)
        found.setdefault(f"word {word}", Feature(1.0, Stretch(token.start, token.end)))
        if index == 0:
            found["first word " + word] = Feature(1.0, Stretch(token.start, token.end))
    return found


def _add_head(found: dict[str, Feature], reading: Reading) -> None:
    head = reading.head
    place = Stretch(head.token.start, head.token.end) if head.token else None
    measured = "with number" if reading.has("measure") else "without number"
    found[f"head {head.tag}"] = Feature(1.0, place)
    found[f"head form {head.form}"] = Feature(1.0, place)
    found[f"head {head.tag} as {head.form}"] = Feature(1.0, place)
    found[f"head {head.tag} {measured}"] = Feature(1.0, place)
    if head.token:
        before = [token for token in reading.main if token.end <= head.token.start]
        after = [token for token in reading.main if token.start >= head.token.end]
        for side, tokens in (("before head", before), ("after head", after)):
            for tag in _NOMINAL:
                hit = next((token for token in tokens if tag in token.tags), None)
                if hit:
                    found[f"{tag} {side}"] = Feature(1.0, Stretch(hit.start, hit.end))
                    found[f"{tag} {side} {head.tag}"] = Feature(1.0, Stretch(hit.start, hit.end))


def _tag(token: Token) -> str:
    return next((tag for tag in (*_NOMINAL, *sorted(_VERBAL), "weasel", "us") if tag in token.tags), "other")


def _add_positions(found: dict[str, Feature], main: tuple[Token, ...]) -> None:
    if not main:
        return
    for name, token in (("first", main[0]), ("last", main[-1])):
        found[f"{name} {_tag(token)} {token.form or 'word'}"] = Feature(1.0, Stretch(token.start, token.end))
    known = [_tag(token) for token in main if token.tags]
    for left, right in pairwise(known):
        found.setdefault(f"{left} then {right}", Feature(1.0))
    nominal = next((token for token in main if token.has(*_NOMINAL)), None)
    if nominal:
        found[f"first noun {_tag(nominal)}"] = Feature(1.0, Stretch(nominal.start, nominal.end))


def _add_counts(found: dict[str, Feature], reading: Reading) -> None:
    """Say what each number counts: the tag of the first known word behind it."""
    main_end = max((token.end for token in reading.main), default=0)
    for quantity in reading.quantities:
        if not quantity.measures or quantity.start > main_end:
            continue
        place = Stretch(quantity.start, quantity.end)
        following = [token for token in reading.main if quantity.end <= token.start <= quantity.end + 50]
        counted = next((_tag(token) for token in following if _tag(token) != "other"), "nothing")
        unit = "share" if quantity.unit in {"percent", "ratio"} else quantity.unit
        found.setdefault(f"{unit} of {counted}", Feature(1.0, place))
        before = [token for token in reading.main if token.end <= quantity.start]
        if before:
            found.setdefault(f"{_tag(before[-1])} before {unit}", Feature(1.0, place))
        else:
            found.setdefault(f"starts with {unit}", Feature(1.0, place))


def _add_shape(found: dict[str, Feature], reading: Reading) -> None:
    words = len(reading.tokens)
    if words <= _SHORT:
        found["short"] = Feature(1.0)
    if words >= _LONG:
        found["long"] = Feature(1.0)
    has_verb = any(token.has(*_VERBAL) for token in reading.main)
    found["a verb" if has_verb else "no verb"] = Feature(1.0)
    if reading.has("measure"):
        found["people and number" if reading.has("people") else "number without people"] = Feature(1.0)
    elif reading.has("people"):
        found["people without number"] = Feature(1.0)
    found["always"] = Feature(1.0)
