"""Values: starting and goal value in what was said, in digits or as a share in words."""

import re
from collections.abc import Mapping, Sequence

from coach.chat.words import Words
from coach.conversation import Slot
from coach.language import locale_of
from coach.language.clauses import GRAMMAR, tidy
from coach.language.numbers import Quantity, find_quantities

_NUMERIC = frozenset({Slot.BASELINE, Slot.TARGET})
_BREAK = re.compile(r",\s*(?:und\s+|and\s+)?")
_UNIT_AFTER = re.compile(
    r"\s(?!auf\b|von\b|bis\b|statt\b|zu\b|to\b|from\b|and\b|und\b|oder\b|or\b|by\b|at\b|in\b|is\b|are\b|ist\b|sind\b|am\b|now\b|"
    r"today\b|then\b|heute\b|dann\b|wäre\b|would\b|so\b|instead\b|aktuell\b|jetzt\b|out\b|right\b|currently\b|of\b|the\b|if\b|maybe\b|"
    r"wenn\b|vielleicht\b|wären\b)(?P<unit>[^\W\d_]{2,})",
    re.IGNORECASE,
)
_UNIT_BEFORE = re.compile(
    r"\b(?P<unit>week|day|month|sprint|year|level|step|woche|tag|monat|sprint|jahr|stufe|kw)\s*$", re.IGNORECASE
)
_RATE = re.compile(
    r"\s*(?P<rate>(?:a|an|per|each|pro|im|je|am)\s+"
    r"(?:hour|day|week|month|quarter|year|stunde|tag|woche|monat|quartal|jahr))\b",
    re.IGNORECASE,
)
_BY_THE_END = re.compile(r"\s+am\s+(?:ende|schluss|jahresende|quartalsende)\b", re.IGNORECASE)
_STANDS = re.compile(
    r"(?:soll\w*|should|will|wäre\w*|wird|werden|would|dann|then|heute?|today|aktuell|now|ist|sind|is|are|was|were|it'?s|und|and)\b",
    re.IGNORECASE,
)
_BOUND = re.compile(
    r"\b(?:within|in|in under|under|after|at most|innerhalb von|innerhalb|binnen|unter|nach|höchstens|nur|only)\s*$",
    re.IGNORECASE,
)
_UNITS = r"(?:week|day|month|sprint|year|level|step|woche|tag|monat|jahr|stufe|kw)s?"
_BEFORE = "in|from|to|within|at|by|on|after|von|auf|ab|bis|zu|nach|statt|binnen|nur|only|about|so|etwa|around"
_BETWEEN = (
    "and not|und nicht|not|nicht|mehr|erst|instead of|rather than|statt|anstatt|to|auf|in|nach|after|at|from|von|the"
)
_PHRASE = re.compile(
    rf"\s*(?:\b(?:{_BEFORE}|{_UNITS})\s+)*§(?:\s*,?\s*(?:\b(?:{_BETWEEN}|{_UNITS})\s+|→\s*)+§)?", re.IGNORECASE
)
_BRACKETS = re.compile(r"\s*[(\[][^()\[\]]*[)\]]")


def says_number(text: str, words: Words) -> bool:
    """Whether a text holds a number, in digits or as a share in words."""
    return any(map(str.isdigit, text)) or any(True for _ in words.share_at(text))


def numbers_in(clause: str, words: Words, asked: Slot | None) -> dict[Slot, str]:
    """Return starting and goal value as said; a bare number is a percentage where a share was asked for."""
    quantities = _quantities(clause, words)
    shares = [Quantity(start, end, share, 0, "ratio") for start, end, share in words.share_at(clause)]
    quantities = [q for q in quantities if not any(s.start < q.end and q.start < s.end for s in shares)]
    quantities = sorted([*quantities, *shares])
    by_the_way = asked not in _NUMERIC and len(quantities) == 1 and quantities[0].unit != "percent"
    by_the_way = by_the_way and not only_share(clause, words) and not _only_number(clause, quantities[0])
    if not quantities or by_the_way:
        return {}
    if named := _named_values(clause, quantities, words):
        return named
    percent = any(q.unit in {"percent", "ratio"} for q in quantities)
    with_unit = any(not re.fullmatch(r"[\d.,]+", q.text.strip()) for q in quantities) or _unit_after(
        clause, quantities[-1]
    )
    share = percent or (asked in _NUMERIC and not with_unit)
    values = _alike([_value(q, clause, words, percent=share) for q in quantities[:2]])
    values = _of_as_many(values, quantities, clause, words)
    if match := words.patterns["range"].search(clause):
        pair = [v for q, v in zip(quantities, values, strict=False) if match.start() <= q.start <= match.end("b")]
        if len(pair) >= 2:
            return {Slot.BASELINE: pair[0], Slot.TARGET: pair[1]}
    if len(values) == 1:
        before = clause[: quantities[0].start]
        today = words.has("baseline_mark", clause) and not words.has("target_mark", before)
        slot = Slot.BASELINE if today else Slot.TARGET
        return {slot: values[0]}
    later = _second_is_today(clause, quantities[0], quantities[1], words)
    return {Slot.BASELINE: values[int(later)], Slot.TARGET: values[1 - int(later)]}


def _named_values(clause: str, quantities: list[Quantity], words: Words) -> dict[Slot, str]:
    """Return values that are counted by name, "from week 6 to week 2"; nothing where the first is not."""
    first = _UNIT_BEFORE.search(clause[: quantities[0].start])
    if first is None or quantities[0].unit == "percent":
        return {}
    values = [f"{first['unit']} {quantity.text.strip()}" for quantity in quantities[:2]]
    if len(values) == 1:
        today = words.has("baseline_mark", clause[: first.start()])
        return {Slot.BASELINE if today else Slot.TARGET: values[0]}
    down = words.patterns["from_to"].search(clause)
    later = down is None and _second_is_today(clause, quantities[0], quantities[1], words)
    if down is not None:
        return {Slot.BASELINE: values[0], Slot.TARGET: values[1]}
    return {Slot.BASELINE: values[int(later)], Slot.TARGET: values[1 - int(later)]}


def told_by_the_way(clause: str, words: Words) -> bool:
    """Whether the only number of a clause is part of what people do: "get an answer within 2 days"."""
    quantities = _quantities(clause, words)
    return (
        len(quantities) == 1
        and quantities[0].unit not in {"percent", "ratio"}
        and _BOUND.search(clause[: quantities[0].start]) is not None
    )


def _second_is_today(clause: str, first: Quantity, second: Quantity, words: Words) -> bool:
    """Whether the second of two numbers is the starting value: "70 instead of 40", "70 by the end, 40 today"."""
    before, between, after = clause[: first.start], clause[first.end : second.start], clause[second.end :]
    if words.patterns["not_so"].match(between):
        return True
    near, comma, far = re.sub(r"\s(?:and|und)\s", ", ", between, count=1).partition(",")
    if comma:
        own = words.has("baseline_mark", before + near), words.has("baseline_mark", far + after)
        if own[0] != own[1]:
            return own[1]
        return words.has("target_mark", before + near) and not words.has("target_mark", far + after)
    if words.has("baseline_mark", before):
        return False
    return words.has("baseline_mark", between) or words.has("target_mark", before)


def _unit_after(clause: str, quantity: Quantity) -> bool:
    return _UNIT_AFTER.match(clause[quantity.end :]) is not None


def _quantities(clause: str, words: Words) -> list[Quantity]:
    """Return the numbers of a clause that count something; "60 am Ende" is no hour."""
    found = find_quantities(clause, locale_of(words.language))
    hours = [q for q in found if q.unit == "date" and q.text.isdigit() and _BY_THE_END.match(clause[q.end :])]
    counted = [
        q._replace(unit="count", value=float(q.text)) if q in hours else q for q in found if q in hours or _counts(q)
    ]
    if not any(q.unit == "percent" for q in counted):
        return counted
    return [q for q in counted if q.unit == "percent" or not _BOUND.search(clause[: q.start])]


def _counts(quantity: Quantity) -> bool:
    return quantity.unit not in {"placeholder", "date", "ordinal"} and (
        quantity.value is not None or quantity.unit == "ratio"
    )


def _value(quantity: Quantity, clause: str, words: Words, *, percent: bool) -> str:
    """Return a value as it was said, with the unit that the other one has."""
    text = quantity.text.strip().lstrip("+")
    number = re.match(r"[\d.,]*\d", text)
    if quantity.unit == "ratio":
        return text
    if quantity.unit == "percent" and number:
        return words.say("compose.percent", n=number[0])
    unit = _UNIT_AFTER.match(clause[quantity.end :])
    if (rate := _RATE.match(clause[quantity.end :])) is not None and not percent:
        return f"{text} {rate['rate']}"
    if percent and number and len(number[0]) == len(text) and float(number[0].replace(",", ".").rstrip(".")) <= 100:
        return words.say("compose.percent", n=number[0])
    if number and len(number[0]) == len(text) and unit:
        return f"{text} {unit['unit']}"
    return text


def _alike(values: list[str]) -> list[str]:
    """Return values with the unit that only the last of them was said with: "from 5 to 2 days"."""
    units = [re.sub(r"^[\d.,]+\s*", "", value) for value in values]
    if len(values) == 2 and units[1] and not units[0]:
        return [f"{values[0]} {units[1]}", values[1]]
    if len(values) == 2 and units[0] and not units[1] and not units[0].startswith("%"):
        return [values[0], f"{values[1]} {units[0]}"]
    return values


def _of_as_many(values: list[str], quantities: Sequence[Quantity], clause: str, words: Words) -> list[str]:
    """Return values with a bare number read as the share said before it: "8 of 10, now 5" means 5 of 10."""
    if len(values) != 2 or quantities[0].unit != "ratio" or not quantities[1].text.strip().isdigit():
        return values
    many = re.search(r"\b(?:von|of|in)\s+(\d+)$", clause[: quantities[0].end])
    number = quantities[1].text.strip()
    if many is None or int(number) > int(many[1]):
        return values
    said = words.say("compose.of_many", n=number, many=many[1])
    return [values[0], next((share for start, end, share in words.share_at(said) if end - start == len(said)), said)]


def in_known_unit(values: Mapping[Slot, str], known: Mapping[Slot, str], text: str) -> dict[Slot, str]:
    """Return values with a bare number in the unit of the one that is known: "15" beside "45 min" is "15 min"."""
    found = dict(values)
    bare = re.sub(r"\D", "", text)
    for slot, other in ((Slot.TARGET, Slot.BASELINE), (Slot.BASELINE, Slot.TARGET)):
        unit = re.fullmatch(r"[\d.,]+\s*(?P<unit>[^\W\d_].*)", known.get(other, ""))
        if (
            unit
            and other not in values
            and bare
            and re.fullmatch(rf"{bare}\s?%", values.get(slot, ""))
            and "%" not in text
        ):
            found[slot] = f"{bare} {unit['unit']}"
    return found


def without_numbers(clause: str, words: Words, witness: str | None) -> str:
    """Return what a clause says beside its numbers."""
    rest = _BRACKETS.sub("", clause)
    kept = _quantities(rest, words)
    for quantity in reversed(find_quantities(rest, locale_of(words.language))):
        if _counts(quantity) and not any(quantity.start == each.start for each in kept):
            continue  # a bound, part of what people do
        rest = rest[: quantity.start] + "§" + rest[quantity.end :]
    parts = [part for each in _BREAK.split(rest) if (part := _beside(each.strip(), rest, words))]
    return ", ".join(part for part in parts if not witness or witness not in part)


def _only_number(clause: str, quantity: Quantity) -> bool:
    return not tidy(clause[: quantity.start] + clause[quantity.end :])


def only_share(clause: str, words: Words) -> bool:
    return any(not tidy(clause[:start] + clause[end:]) for start, end, _ in words.share_at(clause))


def _beside(part: str, clause: str, words: Words) -> str:
    """Return a part of a clause without its numbers, "§"; nothing where they carry it, as in "§ of them come"."""
    if "§" not in part:
        return part
    left = _PHRASE.sub("", part)
    if part.startswith("§"):
        left = tidy(part[1:])
        predicate = GRAMMAR[words.language].predicate(left, False)
        return (
            f"{GRAMMAR[words.language].they} {left}"
            if "§" not in left and predicate and left.split()[0] in predicate.split()[0]
            else ""
        )
    if _STANDS.match(left.strip()):
        return ""
    return left.strip() if clause.count("§") == 2 and not part.strip().startswith("§") and "§" not in left else ""
