"""English: inflection, numbers, and the words that tell the language."""

import re
from collections.abc import Sequence

from coach.language.locale import Form, Locale

_FUNCTION_WORDS = frozenset(
    [
        "the",
        "a",
        "an",
        "and",
        "or",
        "but",
        "not",
        "is",
        "are",
        "was",
        "were",
        "be",
        "been",
        "will",
        "would",
        "have",
        "has",
        "we",
        "our",
        "us",
        "you",
        "they",
        "their",
        "it",
        "its",
        "to",
        "of",
        "in",
        "on",
        "at",
        "for",
        "with",
        "without",
        "from",
        "by",
        "as",
        "than",
        "that",
        "this",
        "these",
        "those",
        "into",
        "per",
        "all",
        "every",
        "each",
        "no",
        "more",
        "less",
        "fewer",
        "least",
        "most",
        "who",
        "which",
        "when",
        "while",
        "after",
        "before",
        "until",
        "within",
        "between",
        "through",
        "about",
        "over",
        "under",
        "their",
        "least",
        "up",
        "out",
        "new",
        "how",
        "what",
        "can",
        "should",
    ]
)
_ENDINGS = re.compile(r"(?:tion|tions|ing|ness|ment|ments|ly|ity|ers|ship|ed|ies)$")


def _evidence(words: Sequence[str]) -> float:
    score = 0.0
    for word in words:
        if word in _FUNCTION_WORDS:
            score += 1
        elif _ENDINGS.search(word):
            score += 0.5
    return score


_VOWELS = "aeiou"


def _doubles(verb: str) -> bool:
    """Whether the last consonant is doubled before -ed and -ing: short verbs of the shape consonant-vowel-consonant."""
    return (
        len(verb) >= 3
        and verb[-1] not in _VOWELS + "wxy"
        and verb[-2] in _VOWELS
        and verb[-3] not in _VOWELS
        and sum(letter in _VOWELS for letter in verb) == 1
    )


def _verb_forms(entry: str, irregular: Sequence[str]) -> list[tuple[str, Form]]:
    verb, *particle = entry.split("_")
    tail = "".join("_" + part for part in particle)
    base = verb + verb[-1] if _doubles(verb) else verb
    if verb.endswith("e"):
        past, gerund = verb + "d", verb[:-1] + "ing"
    elif verb.endswith("y") and verb[-2:-1] not in tuple(_VOWELS):
        past, gerund = verb[:-1] + "ied", verb + "ing"
    else:
        past, gerund = base + "ed", base + "ing"
    if verb.endswith(("s", "sh", "ch", "x", "z")):
        third = verb + "es"
    elif verb.endswith("y") and verb[-2:-1] not in tuple(_VOWELS):
        third = verb[:-1] + "ies"
    else:
        third = verb + "s"
    forms: list[tuple[str, Form]] = [(verb + tail, "inf"), (third + tail, "fin"), (gerund + tail, "nom")]
    pasts = [form for form in irregular if not form.split("_")[0].endswith("ing")]
    forms += [(form, "part") for form in pasts] or [(past + tail, "part")]
    forms += [(form, "nom") for form in irregular if form.split("_")[0].endswith("ing")]
    return forms


def _stems(word: str) -> list[str]:
    found = [word]
    if word.endswith("ies"):
        found.append(word[:-3] + "y")
    if word.endswith("es"):
        found.append(word[:-2])
    if word.endswith("s") and not word.endswith("ss"):
        found.append(word[:-1])
    if word.endswith(("'s", "’s")):
        found.append(word[:-2])
    return found


_PLURALS = frozenset(["people", "staff", "children", "men", "women", "alumni", "craftsmen", "crew", "youth"])


def _is_plural_people(word: str) -> bool:
    return word.islower() and (word in _PLURALS or (word.endswith("s") and not word.endswith(("'s", "’s"))))


_NUMBER_WORDS = {
    word: float(value)
    for value, word in enumerate(
        [
            "_",
            "_",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
        ]
    )
    if word != "_"
} | {"twenty": 20.0, "thirty": 30.0, "forty": 40.0, "fifty": 50.0, "hundred": 100.0, "thousand": 1000.0, "dozen": 12.0}

_N = r"(?:\d|\[)"
_THEN = (
    r"\d|once\b|one\b|two\b|three\b|half\b|ever\b|usual|planned|expected|required|needed|necessary|we\b|us\b|they expect|just\b|"
    r"last|previous|past|prior|this (?:year|quarter|month|week)|today|now\b|before|yesterday|year|quarter|month|week|day\b|hour|"
    r"spring|summer|autumn|fall\b|winter|start|beginning|end\b|Q[1-4]|"
    r"January|February|March|April|May\b|June|July|August|September|October|November|December"
)
_DATE = (
    r"(?:end|mid|early|late|start|Q[1-4]|H[12]|FY|Jan(?:uary)?|Feb(?:ruary)?|March|Mar|April|Apr|May|June|July|Aug(?:ust)?|"
    r"Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?|Christmas|Easter|summer|autumn|fall|winter|spring|"
    r"year[- ]end|quarter[- ]end|month[- ]end|the end|20\d\d|\d{1,2}(?:st|nd|rd|th)?\s(?:of\s)?[A-Z]|this quarter|next)"
)

LOCALE = Locale(
    code="en",
    decimal_comma=False,
    number_words=_NUMBER_WORDS,
    fraction=re.compile(
        r"\b(?:(?:a|one|two)[ -]thirds?|half(?: of)?|(?:a|one|three)[ -]quarters?(?= of)|(?:a|one|two|three|four)[ -]fifths?|"
        r"one in (?:two|three|four|five|ten|\d+)|most of"
        r"|every (?:second|other|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|twentieth|hundredth)"
        r"|(?:\d+|two|three|four|five|six|seven|eight|nine)\s+(?:out of|of|in)\s+(?:\d+|three|four|five|six|eight|ten|twelve|twenty)\b)",
        re.IGNORECASE,
    ),
    multipliers={
        "k": 1e3,
        "m": 1e6,
        "mm": 1e6,
        "bn": 1e9,
        "b": 1e9,
        "thousand": 1e3,
        "million": 1e6,
        "billion": 1e9,
        "mn": 1e6,
        "mio": 1e6,
    },
    change_from_to=re.compile(
        rf"\bfrom\s+(?:\S{{1,40}}\s+){{0,4}}?\S{{0,24}}{_N}[^.;]{{0,60}}?\s(?:to|down to|up to)\s+(?:\S{{1,40}}\s+){{0,4}}?\S{{0,24}}{_N}"
        rf"|{_N}\S{{0,24}}(?:\s\S{{1,40}}){{0,3}}?\s?(?:→|->|=>|➔|⟶|➝|»|–>)\s?(?:\S{{1,40}}\s+){{0,2}}?\S{{0,24}}{_N}"
        rf"|\bto\s+(?:\S{{1,40}}\s+){{0,3}}?\S{{0,24}}{_N}[^;]{{0,40}}?\b(?:from|up from|down from)\s+(?:\S{{1,40}}\s+){{0,3}}?\S{{0,24}}{_N}"
        rf"|\b(?:instead of|not)\s+(?:\S{{1,40}}\s+){{0,3}}?\S{{0,24}}{_N}[^.;]{{0,60}}?\s(?:but|only)\s+(?:\S{{1,40}}\s+){{0,3}}?\S{{0,24}}{_N}"
        rf"|{_N}\S{{0,24}}(?:\s[^\s,]{{1,40}}){{0,2}}?,?\s(?:and not|not|instead(?: of)?|rather than)\s+(?!more|less|fewer|only|later|earlier|above|over|below|under)(?:\S{{1,40}}\s+){{0,2}}?\S{{0,24}}{_N}",
        re.IGNORECASE,
    ),
    delta_before=re.compile(
        r"(?:\bby\s+(?:\w+\s+){0,2}?|\b(?:up|down)\s+(?:by\s+)?|(?<![\w\d])[+±]\s?)$", re.IGNORECASE
    ),
    delta_after=re.compile(
        r"^\s*(?:%|percent(?:age points)?|per cent|pp|points?|x)?\s*(?:of\s)?(?:more|less|fewer|higher|lower|faster|shorter|longer|better|"
        r"growth|increase|reduction|decrease|improvement|uplift|drop|rise|gain|savings?|cheaper|quicker|yoy|mom|qoq)\b",
        re.IGNORECASE,
    ),
    doubling=re.compile(r"\b(?:doubl\w+|tripl\w+|quadrupl\w+|halv\w+|cut in half|twice as|half as)\b", re.IGNORECASE),
    baseline=re.compile(
        r"\b(?:today|currently|current|baseline|previously|now|last (?:year|quarter|month|spring|summer|autumn|winter|week)|up from|down from|"
        r"compared (?:to|with)|vs|versus|instead of|so far|prior[- ]year|was|were|starting (?:point|at|from)|at present|as of|year[- ]on[- ]year|"
        r"yoy|rather than|against|this year|before\b(?!\s+\w+ing)|used to|at the (?:start|moment)|than (?:today|last|before|in|at|the))\b",
        re.IGNORECASE,
    ),
    deadline=re.compile(
        rf"\b(?:by|before|until|till|no later than|in|at|during|per)\s+(?:the\s+)?{_DATE}(?:[ -]?(?:of\s+)?(?:the\s)?(?:\d+(?:st|nd|rd|th)?|Q[1-4]|[A-Z]\w+|20\d\d|quarter|year|month)){{0,3}}",
    ),
    purpose=re.compile(
        r"\b(?:in order to|so as to|so that|by means of|thanks to)\b|\b(?:(?:by|through|via)\s+(?:\w+ly\s+)?(?:\w{3,}ing\b|(?:an?|new|better|more|improved|consistent|targeted|digital)\s+\w+)|using\s+\w+)|\bto\s+(?:help|enable|ensure|allow|make)\b(?<=\w\s\w)",
        re.IGNORECASE,
    ),
    conjunction=re.compile(r"\b(?:and|plus|as well as|while)\b|&|\s\+\s|;|\s/\s|,(?=\s)", re.IGNORECASE),
    placeholder_values={
        "share": "70%",
        "number": "30",
        "baseline": "40%",
        "target": "70%",
        "period": "week",
        "duration": "3 days",
    },
    nouns_are_capitalised=False,
    verb_forms=_verb_forms,
    separable=lambda _entry: None,
    stems=_stems,
    compounds=False,
    evidence=_evidence,
    determiners=frozenset(
        [
            "the",
            "a",
            "an",
            "our",
            "all",
            "each",
            "every",
            "new",
            "first",
            "any",
            "this",
            "that",
            "these",
            "those",
            "its",
            "their",
            "at",
            "least",
            "more",
            "two",
            "three",
            "some",
            "another",
            "both",
        ]
    ),
    is_plural_people=_is_plural_people,
    function_words=_FUNCTION_WORDS,
    recipients=frozenset(
        [
            "to",
            "for",
            "with",
            "across",
            "in",
            "of",
            "from",
            "among",
            "at",
            "on",
            "by",
            "between",
            "through",
            "into",
            "is",
            "are",
            "without",
        ]
    ),
    negations=frozenset(["no", "none", "never"]),
    ordinal=re.compile(r"(?!)"),
    bound=re.compile(r"\bno (?:more|less|fewer|later|earlier|longer|higher|lower) than (?!once\b)", re.IGNORECASE),
    comparison=re.compile(
        r"(?<!\bno )\b(?:more|fewer|less|(?!(?:o|whe|ra|la|ei|nei)ther\b)\w{2,}er)\b[^.;()]{3,80}?\bthan\b"
        rf"(?!\s+(?:(?:in|at|during|before|for)\s+)?(?:the\s+|an?\s+)?(?:{_THEN}))"
        r"|\b(?:outnumber|outweigh|exceed)(?:s|ed|ing)?\b(?!\s+(?:\S+\s+)?(?:\d|expectation|budget|target|goal|plan))",
        re.IGNORECASE,
    ),
    distributive=re.compile(r"each|every|all", re.IGNORECASE),
    sentence_auxiliaries=frozenset(
        ["is", "are", "was", "were", "be", "been", "will", "has", "have", "can", "gets", "get", "got", "being"]
    ),
    calendar=re.compile(
        r"\b(?:January|February|March|April|May|June|July|August|September|October|November|December|Monday|Tuesday|Wednesday"
        r"|Thursday|Friday|Saturday|Sunday|year[- ]end|Christmas|Easter|summer break)\b"
    ),
    persons=re.compile(
        r"\b(?:authors?|writers?|lazy|incompetent|stupid|careless|sloppy|negligent|underperform\w*|overwhelmed|clueless|idiots?"
        r"|you|your|yours|fire (?:him|her|them)|bonus(?:es)?|salary|salaries|warning letter|dismissal)\b",
        re.IGNORECASE,
    ),
    hypothesis=re.compile(r"\AWe believe\b.{5,}\b(?:because|since|as)\b.{3,}\Z", re.IGNORECASE | re.DOTALL),
)
