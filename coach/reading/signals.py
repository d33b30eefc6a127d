"""Named signals of a text: the vocabulary of `when`, `lacks` and `unless` in pattern.yaml.

Lexicon tags are signals of their own name (people, metric, weasel …). Beyond them:
measure · percent · placeholder · delta · pair · baseline · target · people-share · change ·
derivable · comparison · absolute-target · some-of-all · deadline · date · purpose · conjunction
"""

import re
from collections import defaultdict
from collections.abc import Mapping

from coach.language.numbers import Quantity
from coach.reading.reader import Reading, Stretch, Token

DERIVED = frozenset({
    "measure", "percent", "money", "duration", "points", "placeholder", "delta", "pair", "baseline", "target",
    "people-share", "change", "derivable", "comparison", "absolute-target", "some-of-all", "deadline", "date",
    "purpose", "conjunction",
})  # fmt: skip
_NEAR = 14
_REACH = 60
_CLOSE = re.compile(r"[^.;)\n]*")


def find_signals(reading: Reading) -> Mapping[str, tuple[Stretch, ...]]:
    """Return every signal with the stretches it rests on, in text order."""
    found: dict[str, list[Stretch]] = defaultdict(list)
    for token in reading.tokens:
        for tag in token.tags:
            found[tag].append(Stretch(token.start, token.end))
        if token.has("raise", "lower"):
            found["change"].append(Stretch(token.start, token.end))
    for name in ("baseline", "deadline", "purpose", "conjunction"):
        _add_pattern(found, name, getattr(reading.locale, name), reading.text)
    for match in reading.locale.comparison.finditer(reading.text):
        for name in ("comparison", "target"):  # "more parents write than call": one is the goal of the other
            found[name].append(Stretch(*match.span()))
    for match in reading.locale.doubling.finditer(reading.text):
        for name in ("delta", "change", "target"):
            found[name].append(Stretch(*match.span()))
    pairs = [match.span() for match in reading.locale.change_from_to.finditer(reading.text)]
    pairs = [pair for pair in pairs if sum(q.measures or q.unit == "placeholder" for q in _within(reading, *pair)) >= 2]
    pairs = [(start, max(end, *(q.end for q in _within(reading, start, end)))) for start, end in pairs]
    found["pair"] += [Stretch(*pair) for pair in pairs]
    _add_quantities(found, reading, pairs)
    _add_absolute_target(found, reading)
    deltas = set(found["delta"])
    if deltas and set(found["target"]) - deltas and found["change"]:
        found["derivable"] = sorted(deltas)  # "by 0.8 to 5.2 days": the start can be worked out
    return {name: tuple(sorted(places)) for name, places in found.items() if places}


def _add_pattern(found: dict[str, list[Stretch]], name: str, pattern: re.Pattern[str], text: str) -> None:
    if name == "baseline":
        found.pop(name, None)
    found[name] += [Stretch(*match.span()) for match in pattern.finditer(text)]


def _within(reading: Reading, start: int, end: int) -> list[Quantity]:
    return [quantity for quantity in reading.quantities if quantity.start < end and quantity.end > start]


def _add_quantities(found: dict[str, list[Stretch]], reading: Reading, pairs: list[tuple[int, int]]) -> None:
    baseline_marks = found.get("baseline", [])
    baseline_numbers: list[Stretch] = []
    for quantity in reading.quantities:
        place = Stretch(quantity.start, quantity.end)
        if quantity.unit == "placeholder":
            found["placeholder"].append(place)
        if not quantity.measures:
            if quantity.unit == "date":
                found["date"].append(place)
            continue
        found["measure"].append(place)
        if quantity.unit in {"percent", "money", "duration", "points"}:
            found[quantity.unit].append(place)
        if any(start <= quantity.start < end for start, end in pairs):
            found["target"].append(place)
        elif _is_delta(quantity, reading):
            found["delta"].append(place)
            found["target"].append(place)
        elif _stated_as_today(quantity, baseline_marks, reading.text):
            baseline_numbers.append(place)
        else:
            found["target"].append(place)
        if _counts_people(quantity, reading):
            found["people-share"].append(place)
    if baseline_marks and not baseline_numbers and not pairs:
        # a comparator in words ("than last year", "gegenüber Vorjahr") is a baseline that can be looked up
        baseline_numbers = list(baseline_marks)
    found["baseline"] = baseline_numbers + [Stretch(*pair) for pair in pairs]


def _add_absolute_target(found: dict[str, list[Stretch]], reading: Reading) -> None:
    """Note "all", "never", "100 %" where they are what is aimed at: no rhythm, no list of recipients, no fraction, no
    bound ("every third", "no more than 20"), nothing said of those that were counted before ("130 of 200 bring every
    letter", "60 issues, each with a mentor")."""
    main = reading.main
    counted = [range(quantity.start, quantity.end) for quantity in reading.quantities if quantity.unit == "ratio"]
    for index, token in enumerate(main):
        if not token.has("absolute"):
            continue
        following = main[index + 1 : index + 3]
        rhythm = any(other.has("time_word", "rhythm") for other in following) or (
            following and reading.text[token.end : following[0].start].strip().isdigit()
        )
        before = main[index - 1].text.lower() if index else ""
        part_of = not reading.text[: token.start].rstrip().endswith("%")
        buried = index > 0 and token.text.lower() in reading.locale.negations
        bound = reading.locale.bound.match(reading.text, token.start) is not None
        fraction = bound or any(token.start in place for place in counted)
        after_count = any(_counts_some(each, token, reading) for each in reading.quantities)
        aim = part_of and not (rhythm or buried or fraction or after_count)
        aimed = aim and before not in reading.locale.recipients
        found["absolute-target" if aimed else "some-of-all"].append(Stretch(token.start, token.end))
    for quantity in reading.quantities:
        inside = any(start <= quantity.start < end for start, end in found.get("pair", ()))
        if quantity.unit == "percent" and quantity.value in {0.0, 100.0} and not inside:
            found["absolute-target"].append(Stretch(quantity.start, quantity.end))
    if found["absolute-target"]:
        found.pop("some-of-all", None)


def _counts_some(quantity: Quantity, word: Token, reading: Reading) -> bool:
    """Whether a number before the word says of how many it is said: a share of them, or a count of each, every, all."""
    if quantity.end > word.start or reading.text[: quantity.start][-1:].isalpha():
        return False
    if quantity.unit == "percent":
        return quantity.value is None or 0 < quantity.value < 100
    if quantity.unit == "ratio":
        return True
    return quantity.unit == "count" and reading.locale.distributive.match(word.text) is not None


def _is_delta(quantity: Quantity, reading: Reading) -> bool:
    before = reading.text[max(0, quantity.start - _REACH) : quantity.start]
    if quantity.text[:1] in "+±" or reading.locale.delta_before.search(before):
        return True
    return reading.locale.delta_after.match(reading.text[quantity.end :]) is not None


def _stated_as_today(quantity: Quantity, marks: list[Stretch], text: str) -> bool:
    """Whether a word like "today" stands before the number in the same breath, or right behind it."""
    for mark in marks:
        if mark.end <= quantity.start and len(text[mark.end : quantity.start]) <= _REACH:
            between = text[mark.end : quantity.start]
            if _CLOSE.fullmatch(between) and not re.search(r"\d", between):
                return True
        if 0 <= mark.start - quantity.end <= _NEAR and "(" in text[max(0, quantity.start - 30) : quantity.start]:
            return True
    return False


def _counts_people(quantity: Quantity, reading: Reading) -> bool:
    """Whether the number counts people or a share of them: "80 % of new tenants", "120 teams"."""
    tail = reading.text[quantity.end : quantity.end + _REACH]
    tail = re.split(r"[,;:()–]|\s-\s", tail)[0]
    end = quantity.end + len(tail)
    following = [token for token in reading.tokens if quantity.end <= token.start < end][:6]
    for token in following:
        if token.has("people"):
            return True
        if token.has("metric", "behave", "make", "do", "time_word") and not token.text[:1].isupper():
            return False
    return False
