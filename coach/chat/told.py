"""Told: people and what changes for them, in a clause without numbers."""

import re

from coach.chat.words import Words
from coach.conversation import Slot
from coach.language.clauses import GRAMMAR, tidy
from coach.reading import Reading, read

_WITH = re.compile(
    r"(?:am|an|auf|aus|bei|beim|im|in|mit|ohne|unter|vom|von|zu[mr]?|at|from|in|of|on|with|without)\b", re.IGNORECASE
)
_LONGEST_PEOPLE = 7
_SEVERAL = re.compile(r"(?:[^s\W]s|people|staff|men|women|children)$", re.IGNORECASE)
_PRONOUN = re.compile(r"\s*(?:sie|wir|ich|man|es|they|we|i|it|you)\b", re.IGNORECASE)
_JOINED = re.compile(r",?\s*\b(?:und|and)$", re.IGNORECASE)
_OPEN_END = re.compile(
    r"\s(?:mit|in|an|auf|bei|ohne|aus|von|with|in|at|of|on|from|without|the|a|an|der|die|das|den|dem)$", re.IGNORECASE
)
_WHO = re.compile(r"\s*(?:who|that)\s", re.IGNORECASE)
_INVERTED = re.compile(r"\s*\S+\s+\S+\s+(?:wir|ich|man|ihr)\b", re.IGNORECASE)
_RELATIVE = re.compile(r"^\s*,?\s*(?:die|sie|they|who|that)\s+", re.IGNORECASE)


def story(clause: str, words: Words, asked: Slot | None) -> dict[Slot, str]:
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
