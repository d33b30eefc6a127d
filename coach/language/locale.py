"""What differs between languages, as one frozen record each language fills."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

Form = Literal["inf", "part", "fin", "nom"]


@dataclass(frozen=True, kw_only=True)
class Locale:
    """The particulars of one language.

    `verb_forms(entry)` derives every form of a lexicon entry ("ein|führen", ["eingeführt", …]);
    `stems(word)` lists the lexicon keys that an inflected noun or adjective may stand under;
    `is_plural_people(word)`: whether a word for people is a plural that fits after "der" / "of";
    `calendar`: months, weekdays and turns of the year; `persons`: words about whoever wrote a text, rather than about it;
    `hypothesis`: the form "we believe that … because …";
    `evidence(words)` scores how much a list of lower-case words speaks for the language.
    """

    code: str
    decimal_comma: bool
    number_words: Mapping[str, float]
    fraction: re.Pattern[str]
    multipliers: Mapping[str, float]
    change_from_to: re.Pattern[str]
    delta_before: re.Pattern[str]
    delta_after: re.Pattern[str]
    doubling: re.Pattern[str]
    baseline: re.Pattern[str]
    deadline: re.Pattern[str]
    purpose: re.Pattern[str]
    conjunction: re.Pattern[str]
    placeholder_values: Mapping[str, str]
    nouns_are_capitalised: bool
    verb_forms: Callable[[str, Sequence[str]], Sequence[tuple[str, Form]]]
    separable: Callable[[str], tuple[str, str] | None]
    stems: Callable[[str], Sequence[str]]
    compounds: bool
    evidence: Callable[[Sequence[str]], float]
    determiners: frozenset[str]
    sentence_auxiliaries: frozenset[str]
    is_plural_people: Callable[[str], bool]
    function_words: frozenset[str]
    recipients: frozenset[str]
    ordinal: re.Pattern[str]
    bound: re.Pattern[str]
    distributive: re.Pattern[str]
    comparison: re.Pattern[str]
    negations: frozenset[str]
    calendar: re.Pattern[str]
    persons: re.Pattern[str]
    hypothesis: re.Pattern[str]
