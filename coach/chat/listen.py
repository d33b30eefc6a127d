"""Listen: what an answer says of people, of what changes for them, of numbers, and of who confirms them."""

import re
from typing import NamedTuple

from coach.chat.told import story
from coach.chat.values import numbers_in, only_share, says_number, told_by_the_way, without_numbers
from coach.chat.words import Words
from coach.conversation import Slot
from coach.language.clauses import GRAMMAR, tidy
from coach.reading import read

_CLAUSES = re.compile(
    r"(?<=[.;!?])\s+|\n+|;\s*|\s[–—]\s|,\s*(?=(?:ehrlich|honestly|frankly|to be honest)\b)", re.IGNORECASE
)
_NUMERIC = frozenset({Slot.BASELINE, Slot.TARGET})
_TURN = re.compile(r",\s*(?:und\s+|and\s+)?|\s+(?:aber|but)\s+")
_ASIDE = re.compile(r",\s*|\s+(?:aber|but|and honestly|und ehrlich gesagt)\s+", re.IGNORECASE)
_ARROW = re.compile(r"\s*(?:[-=]+>|→)\s*")
_SHORTEST_WHOLE = 5
_PRONOUN_US = re.compile(
    r"\s*(?:(?:wir|ich|we|i)\b|(?:so|das|dies|it|that|this|there)(?:'s|(?<=it|at)s\b|\s+(?:ist|sehe|hat|war|sind|läuft|is|has|was|are))\b)",
    re.IGNORECASE,
)


class Said(NamedTuple):
    """What was said, by slot. `whole`: the answer itself reads as a key result with its measure; `complaint`: part of
    it is a complaint about the talk or the method, which is no part of the rest."""

    slots: dict[Slot, str]
    unknown: bool = False
    whole: str | None = None
    complaint: bool = False

    @property
    def anything(self) -> bool:
        """Whether it helps."""
        return bool(self.slots) or self.whole is not None


def listen(text: str, words: Words, asked: Slot | None) -> Said:
    """Return what an answer says; `asked` decides what short words without a verb are."""
    if words.has("complains", text):
        kept = _uncomplaining(text, words)
        rest = listen(kept, words, asked) if any(map(str.isalnum, kept)) else Said({}, unknown=True)
        return rest._replace(complaint=True)
    if (contrast := words.patterns["contrast"].match(text.strip())) is not None:
        if any(token.has("people") for token in read(contrast["left"], words.language).tokens):
            return Said({Slot.PEOPLE: _written(tidy(contrast["right"]), words)})
        text = contrast["right"]
    text = words.mended(words.patterns["adds"].sub("", text.strip()))
    text = _ARROW.sub(" → ", words.patterns["filler"].sub("", words.patterns["not_sure"].sub("", text)))
    unknown = words.has("unknown", tidy(text))
    text = _spoken(text, words)
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
    for slot in {Slot.PEOPLE, Slot.WITNESS} & set(slots):
        slots[slot] = _written(slots[slot], words)
    return Said(slots, unknown and not slots, whole)


def _uncomplaining(text: str, words: Words) -> str:
    """Return a text without the clauses that complain."""
    kept: list[str] = []
    for clause in _CLAUSES.split(text):
        parts = [part for part in _ASIDE.split(clause) if not words.has("complains", tidy(part))]
        kept += [", ".join(parts)] if any(any(map(str.isalnum, part)) for part in parts) else []
    return ". ".join(kept)


def _written(people: str, words: Words) -> str:
    """Return people as the language writes them, where they were typed in small letters."""
    reading = read(people, words.language)
    if not reading.locale.nouns_are_capitalised:
        return people
    *_, last = reading.tokens or (None,)
    for token in reading.tokens:
        named = token is last and words.is_all("people", people)
        if (token.has("people") or named) and token.text.islower():
            people = people[: token.start] + token.text[:1].upper() + token.text[1:] + people[token.end :]
    return people


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
        clause = ", ".join(kept for part in _TURN.split(clause) if (kept := _known_part(part, words)))
    found: dict[Slot, str] = {}
    if (named := _who_confirms(clause, words)) is not None:
        rest, who = named
        return _slots(rest, words, asked) | {Slot.WITNESS: who}
    numbers = numbers_in(clause, words, asked)
    witness = _witness(clause, words, asked)
    if numbers and (asks := _who_asks(clause, words)) is not None:
        witness = asks
    if not numbers and asked != Slot.CHANGE and words.has("confirms", clause):
        return {Slot.WITNESS: witness or clause}
    if witness and not numbers and words.has("says_so", clause):
        return {Slot.WITNESS: witness}
    if witness:
        found[Slot.WITNESS] = witness
    if asked == Slot.WITNESS:
        told_values = numbers if numbers and not any(map(str.isalpha, without_numbers(clause, words, None))) else None
        return found or told_values or {Slot.WITNESS: clause}
    if asked in {Slot.GUARDRAIL, Slot.STRATEGY}:
        return {asked: clause}
    if numbers:
        found |= numbers
        beside = without_numbers(clause, words, witness)
        told = story(beside, words, asked=None)
        people_do = Slot.CHANGE in told and Slot.PEOPLE in told
        if people_do and told_by_the_way(clause, words):
            return {slot: said for slot, said in found.items() if slot == Slot.WITNESS} | story(clause, words, asked)
        if asked in _NUMERIC or people_do or len(numbers) > 1 or _says_where(clause, words):
            return found | (told if people_do else _surely(told, words))
        if not tidy(re.sub(r"[^\W\d_]*\d\S*|[%€$]", "", clause)) or only_share(clause, words):
            return found
        return {slot: said for slot, said in found.items() if slot == Slot.WITNESS} | story(clause, words, asked)
    if asked in _NUMERIC and len(clause.split()) < 4:
        told = story(clause, words, asked=None)
        return found | (told if set(told) == {Slot.PEOPLE} else {})
    if witness and len(clause.split()) <= len(witness.split()) + 2:
        return found
    return story(clause, words, asked) | found


def _who_confirms(clause: str, words: Words) -> tuple[str, str] | None:
    """Return a clause without who confirms it at its end, and that as a sentence: "60 %, HR asks after four weeks"."""
    match = words.patterns["confirmed_by"].search(clause)
    if match is None:
        return None
    asks = re.match(r"(?:be)?frag|ask|survey", match["does"], re.IGNORECASE) is not None
    whom = words.say("compose.whom" if asks else "compose.what")
    told = words.say("compose.confirmed_by", who=match["who"], does=match["does"], whom=whom, how=match["how"].rstrip())
    return clause[: match.start()], told


def _surely(told: dict[Slot, str], words: Words) -> dict[Slot, str]:
    """Return what is told beside numbers where it is only people, or only what "they" do."""
    if set(told) == {Slot.PEOPLE}:
        return told if words.is_all("people", told[Slot.PEOPLE]) or _names_people(told[Slot.PEOPLE], words) else {}
    grammar = GRAMMAR[words.language]
    change = told.get(Slot.CHANGE, "")
    theirs = change.lower().startswith(f"{grammar.they} ") and grammar.predicate(change, False) is not None
    return {Slot.CHANGE: change} if theirs else {}


def _names_people(text: str, words: Words) -> bool:
    return any(token.has("people") for token in read(text, words.language).tokens)


def _known_part(part: str, words: Words) -> str:
    """Return a part of a clause; of one that says "no idea" what it says of numbers beside that."""
    if not words.has("unknown", part):
        return part
    return tidy(words.patterns["unknown"].sub("", part)) if says_number(part, words) else ""


def _who_asks(clause: str, words: Words) -> str | None:
    """Return the part of a clause with numbers that says who asks or counts."""
    parts = _TURN.split(clause)
    return next(
        (tidy(part) for part in parts if words.has("asks_them", part) and not says_number(part, words)),
        None,
    )


def _says_where(clause: str, words: Words) -> bool:
    return words.has("baseline_mark", clause) or words.has("target_mark", clause)


def _witness(clause: str, words: Words, asked: Slot | None) -> str | None:
    match = words.patterns["witness_mark"].search(clause)
    if match is None:
        return None
    return tidy(match["what"]) if asked == Slot.WITNESS or match["by"] else None
