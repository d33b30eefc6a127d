"""Listen: what an answer says of people, of what changes for them, of numbers, and of who confirms them."""

import re
from typing import NamedTuple

from coach.chat.words import Words
from coach.conversation import Slot
from coach.language import Language, guess_language, locale_of
from coach.language.clauses import GRAMMAR, tidy
from coach.language.numbers import Quantity, find_quantities
from coach.reading import Reading, read

_CLAUSES = re.compile(r"(?<=[.;!?])\s+|\n+|;\s*|\s[–—]\s")
_NUMERIC = frozenset({Slot.BASELINE, Slot.TARGET})
_BREAK = re.compile(r",\s*(?:und\s+|and\s+)?")
_TURN = re.compile(r",\s*(?:und\s+|and\s+)?|\s+(?:aber|but)\s+")
_ARROW = re.compile(r"\s*(?:[-=]+>|→)\s*")
_WITH = re.compile(
    r"(?:am|an|auf|aus|bei|beim|im|in|mit|ohne|unter|vom|von|zu[mr]?|at|from|in|of|on|with|without)\b", re.IGNORECASE
)
_LONGEST_PEOPLE = 7
_SURELY = 2.5
_ENOUGH_WORDS = 5
_SHORTEST_WHOLE = 5
_SEVERAL = re.compile(r"(?:[^s\W]s|people|staff|men|women|children)$", re.IGNORECASE)
_PRONOUN = re.compile(r"\s*(?:sie|wir|ich|man|es|they|we|i|it|you)\b", re.IGNORECASE)
_PRONOUN_US = re.compile(
    r"\s*(?:(?:wir|ich|we|i)\b|(?:so|das|dies|it|that|this|there)(?:'s|\s+(?:ist|sehe|hat|war|sind|läuft|is|has|was|are))\b)",
    re.IGNORECASE,
)
_JOINED = re.compile(r",?\s*\b(?:und|and)$", re.IGNORECASE)
_OPEN_END = re.compile(
    r"\s(?:mit|in|an|auf|bei|ohne|aus|von|with|in|at|of|on|from|without|the|a|an|der|die|das|den|dem)$", re.IGNORECASE
)
_WHO = re.compile(r"\s*(?:who|that)\s", re.IGNORECASE)
_INVERTED = re.compile(r"\s*\S+\s+\S+\s+(?:wir|ich|man|ihr)\b", re.IGNORECASE)
_RELATIVE = re.compile(r"^\s*,?\s*(?:die|sie|they|who|that)\s+", re.IGNORECASE)
_UNIT_AFTER = re.compile(
    r"\s(?!auf\b|von\b|bis\b|statt\b|zu\b|to\b|from\b|and\b|und\b|oder\b|or\b|by\b|at\b|in\b|is\b|are\b|ist\b|sind\b|am\b|now\b|"
    r"today\b|then\b|heute\b|dann\b|wäre\b|would\b|so\b|instead\b|aktuell\b|jetzt\b|out\b|right\b|currently\b|of\b|the\b|if\b|maybe\b|"
    r"wenn\b|vielleicht\b|wären\b)(?P<unit>[^\W\d_]{2,})",
    re.IGNORECASE,
)
_BRACKETS = re.compile(r"\s*[(\[][^()\[\]]*[)\]]")


class Said(NamedTuple):
    """What was said, by slot. `whole`: the answer itself reads as a key result with its measure."""

    slots: dict[Slot, str]
    unknown: bool = False
    whole: str | None = None

    @property
    def anything(self) -> bool:
        """Whether it helps."""
        return bool(self.slots) or self.whole is not None


def listen(text: str, words: Words, asked: Slot | None) -> Said:
    """Return what an answer says; `asked` decides what short words without a verb are."""
    unknown = words.has("unknown", tidy(text))
    text = _spoken(_ARROW.sub(" → ", text), words)
    bare = tidy(text)
    if not any(map(str.isalnum, bare)):
        return Said({}, unknown=True)
    if unknown and len(bare.split()) <= 9 and not says_number(bare, words):
        return Said({}, unknown=True)
    whole = _whole(bare, words)
    slots: dict[Slot, str] = {}
    clauses = [_clause(tidy(_spoken(clause, words)), words, asked) for clause in _CLAUSES.split(text)]
    for found in sorted(clauses, key=lambda found: -found.rank):
        for slot, said in found.slots.items():
            beside = found.rank < 0 or (asked in _NUMERIC and found.rank < 2)
            if slot != Slot.CHANGE or not beside:
                slots.setdefault(slot, said)
    if not slots and asked in _NUMERIC and not unknown:
        surely = (found.slots for found in clauses if found.rank > 0)
        slots = next((dict(told) for told in surely if told), {})
    if asked in _NUMERIC and len(clauses) > 1:
        both = numbers_in(_CLAUSES.sub(", ", text), words, asked)
        slots |= both if len(both) > 1 else {}
    return Said(slots, unknown and not slots, whole)


def _spoken(text: str, words: Words) -> str:
    """Return a text without "well, I think it's" before it."""
    for _ in range(3):
        shorter = words.patterns["lead_in"].sub("", text.strip())
        if shorter == text.strip():
            break
        text = shorter
    return text.strip()


def _whole(text: str, words: Words) -> str | None:
    if len(text.split()) < _SHORTEST_WHOLE or text.endswith("?"):
        return None
    reading = read(text, words.language)
    return text if "people-share" in reading.signals else None


class _Clause(NamedTuple):
    """What one clause says; `rank`: 2 names people and what they do, 1 is a predicate, 0 may be talk around it."""

    slots: dict[Slot, str]
    rank: int = 0


def _clause(clause: str, words: Words, asked: Slot | None) -> _Clause:
    found = _slots(clause, words, asked)
    both = Slot.PEOPLE in found and Slot.CHANGE in found
    does = Slot.CHANGE in found and GRAMMAR[words.language].predicate(found[Slot.CHANGE], False) is not None
    about_us = _PRONOUN_US.match(clause) is not None
    return _Clause(found, 2 if both else 1 if does and not about_us else 0 if not about_us else -1)


def _slots(clause: str, words: Words, asked: Slot | None) -> dict[Slot, str]:
    if not clause:
        return {}
    if words.has("unknown", clause):
        clause = ", ".join(part for part in _TURN.split(clause) if not words.has("unknown", part))
    found: dict[Slot, str] = {}
    numbers = numbers_in(clause, words, asked)
    witness = _witness(clause, words, asked)
    if witness:
        found[Slot.WITNESS] = witness
    if asked == Slot.WITNESS:
        return found or {Slot.WITNESS: clause}
    if asked in {Slot.GUARDRAIL, Slot.STRATEGY}:
        return {asked: clause}
    if numbers:
        found |= numbers
        beside = _without_numbers(clause, words, witness)
        told = _story(beside, words, asked=None)
        people_do = Slot.CHANGE in told and Slot.PEOPLE in told
        if asked in _NUMERIC or people_do or len(numbers) > 1 or _says_where(clause, words):
            return found | (told if people_do else {})
        if not tidy(re.sub(r"[^\W\d_]*\d\S*|[%€$]", "", clause)) or _only_share(clause, words):
            return found
        return {slot: said for slot, said in found.items() if slot == Slot.WITNESS} | _story(clause, words, asked)
    if asked in _NUMERIC and len(clause.split()) < 4:
        return found
    if witness and len(clause.split()) <= len(witness.split()) + 2:
        return found
    return _story(clause, words, asked) | found


def _says_where(clause: str, words: Words) -> bool:
    return words.has("baseline_mark", clause) or words.has("target_mark", clause)


def _only_share(clause: str, words: Words) -> bool:
    return any(not tidy(clause[:start] + clause[end:]) for start, end, _ in words.share_at(clause))


def says_number(text: str, words: Words) -> bool:
    """Whether a text holds a number, in digits or as a share in words."""
    return any(map(str.isdigit, text)) or any(True for _ in words.share_at(text))


def _story(clause: str, words: Words, asked: Slot | None) -> dict[Slot, str]:
    """Return people and what changes for them; what is told of how it is today, where nobody asked, changes nothing."""
    told = _told(clause, words, asked)
    if asked == Slot.CHANGE or not words.has("about_now", told.get(Slot.CHANGE, "")):
        return told
    if Slot.PEOPLE in told:
        return {Slot.PEOPLE: told[Slot.PEOPLE]}
    first, comma, _ = clause.partition(",")
    people = _told(first, words, Slot.PEOPLE) if comma else {}
    return {Slot.PEOPLE: people[Slot.PEOPLE]} if Slot.PEOPLE in people else told


def _told(clause: str, words: Words, asked: Slot | None) -> dict[Slot, str]:
    """Return people and what changes for them, in a clause without numbers."""
    clause = tidy(clause)
    if not any(map(str.isalpha, clause)):
        return {}
    grammar = GRAMMAR[words.language]
    subordinate = re.match(r"^(?:dass|damit|that|so that|wenn|if)\s+", clause, re.IGNORECASE)
    inner = clause[subordinate.end() :] if subordinate else clause
    reading = read(inner, words.language)
    end = None if _begins_with_verb(inner, words) else _people_end(reading)
    if end is not None:
        people, rest = inner[:end], inner[end:]
        if not tidy(rest):
            return {Slot.PEOPLE: tidy(people)}
        for cut, surely in [(cut, surely) for surely in (True, False) for cut in _cuts(rest)]:
            if not surely and cut != _cuts(rest)[0]:
                continue
            if surely and not subordinate and not _begins_with_verb(tidy(_RELATIVE.sub("", rest[cut:])), words):
                continue
            lead, tail = tidy(people + rest[:cut]), tidy(_RELATIVE.sub("", rest[cut:]))
            lead = tidy(_JOINED.sub("", lead))
            if _OPEN_END.search(lead):
                continue
            if _WHO.match(rest[cut:]):
                return {Slot.PEOPLE: f"{lead} {tidy(rest[cut:])}"}
            verbs_last = bool(subordinate) or rest[cut:].lstrip() != _RELATIVE.sub("", rest[cut:]).lstrip()
            predicate = grammar.predicate(
                f"dass {tail}" if subordinate and words.language == "de" else tail, not surely
            )
            if predicate is None or len(lead.split()) > _LONGEST_PEOPLE:
                continue
            if verbs_last and not subordinate and not tail.startswith(predicate.split()[0]):
                which = tidy(rest[cut:])  # a relative clause says who they are, not what changes for them
                return {Slot.PEOPLE: f"{lead}, {which}" if _RELATIVE.match(which) else lead}
            return {Slot.PEOPLE: lead, Slot.CHANGE: f"{grammar.they} {predicate}"}
        short = len(clause.split()) <= _LONGEST_PEOPLE and not subordinate and _WITH.match(rest.strip())
        if short or (asked == Slot.PEOPLE and len(clause.split()) <= _LONGEST_PEOPLE + 3):
            return {Slot.PEOPLE: clause}
        return {Slot.CHANGE: clause}
    if words.is_all("people", inner):
        return {Slot.PEOPLE: inner}
    if not subordinate and (told := _subject_and_predicate(inner, words)):
        return told
    ours = _PRONOUN.match(clause) is not None
    if (
        asked == Slot.PEOPLE
        and not ours
        and not words.is_all("state", clause)
        and len(clause.split()) <= _LONGEST_PEOPLE
        and grammar.predicate(clause, False) is None
    ):
        return {Slot.PEOPLE: clause}
    return {Slot.CHANGE: clause}


def _subject_and_predicate(clause: str, words: Words) -> dict[Slot, str] | None:
    """Return a clause about several of a kind that no lexicon knows: "Shippers know …", "Verlader kennen …"."""
    grammar = GRAMMAR[words.language]
    if _PRONOUN.match(clause) or _begins_with_verb(clause, words) or _INVERTED.match(clause):
        return None
    for cut in (match.start() for match in list(re.finditer(r"(?<=\s)\S+", clause))[:4]):
        lead, tail = tidy(clause[:cut]), clause[cut:]
        if _begins_with_verb(tail, words) and len(tail.split()) > 1:
            several = (
                _SEVERAL.search(lead) is not None if words.language == "en" else grammar.people_of(lead) is not None
            )
            return {Slot.PEOPLE: lead, Slot.CHANGE: f"{grammar.they} {tidy(tail)}"} if several else None
    return None


def _begins_with_verb(text: str, words: Words) -> bool:
    predicate = GRAMMAR[words.language].predicate(text, False)
    return predicate is not None and text.lower().startswith(predicate.split()[0].lower())


def _people_end(reading: Reading) -> int | None:
    """Return where the people end that a clause begins with; a few words may stand before them."""
    plural = reading.locale.is_plural_people
    if _PRONOUN.match(reading.text):
        return None
    for index, token in enumerate(reading.tokens[:5]):
        if token.has("people") and (plural(token.text) or index <= 1 or reading.locale.code == "en"):
            return token.end
        if token.form == "fin" and not token.text[:1].isupper():
            return None
    return None


def _cuts(rest: str) -> list[int]:
    """Return where what people do may begin in the words behind them: at each of the first words."""
    starts = [match.start() for match in re.finditer(r"\S+", rest)][:6]
    relative = re.search(r",\s*(?=(?:die|sie|they|who|that)\s)", rest)
    return [relative.end(), *starts] if relative and relative.start() < 40 else starts


def _witness(clause: str, words: Words, asked: Slot | None) -> str | None:
    match = words.patterns["witness_mark"].search(clause)
    if match is None:
        return None
    return tidy(match["what"]) if asked == Slot.WITNESS or match["by"] else None


def numbers_in(clause: str, words: Words, asked: Slot | None) -> dict[Slot, str]:
    """Return starting and goal value as said; a bare number is a percentage where a share was asked for."""
    quantities = [q for q in find_quantities(clause, locale_of(words.language)) if _counts(q)]
    shares = [Quantity(start, end, share, 0, "ratio") for start, end, share in words.share_at(clause)]
    quantities = [q for q in quantities if not any(s.start < q.end and q.start < s.end for s in shares)]
    quantities = sorted([*quantities, *shares])
    told_by_the_way = asked not in _NUMERIC and len(quantities) == 1 and quantities[0].unit != "percent"
    told_by_the_way = told_by_the_way and not _only_share(clause, words)
    if not quantities or told_by_the_way:
        return {}
    percent = any(q.unit in {"percent", "ratio"} for q in quantities)
    with_unit = any(not re.fullmatch(r"[\d.,]+", q.text.strip()) for q in quantities) or _unit_after(
        clause, quantities[-1]
    )
    share = percent or (asked in _NUMERIC and not with_unit)
    values = _alike([_value(q, clause, words, percent=share) for q in quantities[:2]])
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


def _second_is_today(clause: str, first: Quantity, second: Quantity, words: Words) -> bool:
    """Whether the second of two numbers is the starting value: "70 instead of 40", "70 by the end, 40 today"."""
    before, between, after = clause[: first.start], clause[first.end : second.start], clause[second.end :]
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


def _counts(quantity: Quantity) -> bool:
    return quantity.unit not in {"placeholder", "date", "ordinal"} and quantity.value is not None


def _value(quantity: Quantity, clause: str, words: Words, *, percent: bool) -> str:
    """Return a value as it was said, with the unit that the other one has."""
    text = quantity.text.strip().lstrip("+")
    number = re.match(r"[\d.,]*\d", text)
    if quantity.unit == "ratio":
        return text
    if quantity.unit == "percent" and number:
        return words.say("compose.percent", n=number[0])
    unit = _UNIT_AFTER.match(clause[quantity.end :])
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
    return values


def _without_numbers(clause: str, words: Words, witness: str | None) -> str:
    """Return what a clause says beside its numbers."""
    rest = _BRACKETS.sub("", clause)
    for quantity in reversed(find_quantities(rest, locale_of(words.language))):
        rest = rest[: quantity.start] + "§" + rest[quantity.end :]
    kept = [part for part in _BREAK.split(rest) if "§" not in part]
    return ", ".join(part for part in kept if not witness or witness not in part)


def language_of(text: str, default: Language) -> Language:
    """Return the language that a message is surely written in, else the default."""
    guess = guess_language(text, default=default)
    words = [word.lower() for word in re.findall(r"[^\W\d_]+", text)]
    if not guess.certain or len(words) < _ENOUGH_WORDS:
        return default
    lead = locale_of(guess.language).evidence(words) - locale_of(default).evidence(words)
    return guess.language if lead >= _SURELY else default
