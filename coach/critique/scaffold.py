"""Rewrites from rules: a draft's subject set into an outcome scaffold of the transformation library."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from coach.catalog import Catalog, Transformation
from coach.detectors import KeyResultSubject
from coach.language import Language, in_spelling_of
from coach.reading import Reading, Stretch, Token
from coach.reading.lexicon import fold
from coach.review import Kind

_PLACEHOLDER = re.compile(r"\[[^\W\d_][^\]\[]{0,40}\?\]")
_FINAL_BRACKET = re.compile(r"\)\s*$")
_UNIT = re.compile(r"\s?[A-Z]{2,5}\b")
_MODIFIERS = 4
_LONGEST_SUBJECT = 80
_SHORTEST_NOUN = 3


class Match(NamedTuple):
    """A transformation that fits, and the noun of the draft that it takes up; neither for a general scaffold.

    `unnamed`: the wording where the draft names nobody; without it `people` stands in.
    """

    scaffold: str
    people: str | None
    entry: Transformation | None = None
    noun: Stretch | None = None
    unnamed: str | None = None


class Head(NamedTuple):
    """A trigger noun of the library, by language."""

    words: tuple[str, ...]
    entry: Transformation


class Library:
    """The transformations, found by the nouns of a draft."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._heads: dict[Language, dict[str, list[Head]]] = {}

    def match(self, reading: Reading, kind: Kind, language: Language) -> Match | None:
        """Return the transformation whose trigger stands in the draft, fits the kind, and is longest."""
        best: tuple[tuple[int, int, int], Match] | None = None
        for index, token in enumerate(reading.tokens):
            for words, entry in self._heads_at(reading.tokens, index, language):
                if kind not in entry.kinds or _modifies_next(reading, index + len(words) - 1):
                    continue
                start = reading.tokens[index].start
                end = reading.tokens[index + len(words) - 1].end
                in_main = token in reading.main
                rank = (int(in_main), sum(map(len, words)), -index)
                if best is None or rank > best[0]:
                    text = entry.in_language(language)
                    best = (rank, Match(text.scaffold, text.people, entry, Stretch(start, end)))
        if best is not None:
            return best[1]
        if (general := self._catalog.scaffolds.general.get(kind)) is None:
            return None
        made = general[language]
        return Match(made.scaffold, made.people, unnamed=made.unnamed)

    def _heads_at(self, tokens: Sequence[Token], index: int, language: Language) -> list[Head]:
        heads = self._index(language)
        word = fold(tokens[index].text)
        found = []
        for head in heads.get(word, ()):
            window = tuple(fold(token.text) for token in tokens[index : index + len(head.words)])
            if window == head.words:
                found.append(head)
        for tail in _tails(word):
            found += [head for head in heads.get(tail, ()) if len(head.words) == 1]
        return found

    def _index(self, language: Language) -> dict[str, list[Head]]:
        if language not in self._heads:
            index: dict[str, list[Head]] = {}
            for entry in self._catalog.transformations:
                for noun in entry.in_language(language).heads:
                    words = tuple(fold(noun).split())
                    index.setdefault(words[0], []).append(Head(words, entry))
            self._heads[language] = index
        return self._heads[language]


def _modifies_next(reading: Reading, index: int) -> bool:
    """Whether an English noun only describes the next one: the "onboarding" of an onboarding handbook."""
    if reading.locale.nouns_are_capitalised or index + 1 >= len(reading.tokens):
        return False
    token, following = reading.tokens[index : index + 2]
    joined = reading.text[token.end : following.start] == " "
    return joined and following.form not in {"part", "fin"} and following.has("thing", "event", "meeting", "metric")


def _tails(word: str) -> list[str]:
    """Return what a compound may end in: "kundenportal" → "enportal", …, "portal", "ortal" …"""
    tails = [part for part in re.split(r"[-‑]", word)[1:] if part]
    return tails + [word[cut:] for cut in range(3, len(word) - 3)]


def scaffold(match: Match, subject: KeyResultSubject, objective: Reading) -> str | None:
    """Return the scaffold with the draft's subject, people, metric values and date in it.

    People are those of the key result; a general scaffold asks the objective next. None where the draft names no
    subject that a sentence could keep.
    """
    reading = subject.reading
    topic = subject_of(match, reading)
    if topic is None:
        return None
    people = _people(reading) or (_people(objective) if match.entry is None else None)
    if people is None and match.unnamed is not None:
        text = match.unnamed
    else:
        text = match.scaffold.replace("{people}", people or match.people or "")
    text = text.replace("{subject}", topic)
    kept = _kept(text, subject)
    if kept:
        text = _FINAL_BRACKET.sub("", text) + f"; {kept})" if _FINAL_BRACKET.search(text) else f"{text} ({kept})"
    return in_spelling_of(reading.normal.raw, text[0].upper() + text[1:])


def placeholders_in(text: str) -> tuple[str, ...]:
    """Return the visible placeholders of a text, in order, each once."""
    return tuple(dict.fromkeys(_PLACEHOLDER.findall(text)))


def subject_of(match: Match, reading: Reading) -> str | None:
    """Return the draft's own words for what a scaffold is about; None where it names nothing."""
    if match.noun is None:
        return _quoted_subject(reading)
    noun = reading.text[match.noun.start : match.noun.end]
    if reading.locale.nouns_are_capitalised:
        return noun[0].upper() + noun[1:]
    return _noun_phrase(reading, match.noun)


def _noun_phrase(reading: Reading, noun: Stretch) -> str:
    """Return an English noun with the words before it that belong to it, and an article."""
    tokens = [token for token in reading.tokens if token.end <= noun.start]
    start = noun.start
    for taken, token in enumerate(reversed(tokens)):
        gap = reading.text[token.end : start]
        ordering = token.start == 0 and token.form == "inf"  # "Launch app": what is done to it
        named = token.has("thing", "event", "meeting", "metric", "notion") and not ordering
        verbal = token.form is not None and not named
        if taken == _MODIFIERS or gap.strip() or (verbal and token.form != "part") or _is_function_word(token, reading):
            break
        start = token.start
    phrase = reading.text[start : noun.end]
    first = phrase.split()[0]
    if not first.isupper() and first[1:] == first[1:].lower():
        phrase = first[0].lower() + phrase[1:]
    article = "" if phrase.split()[0] in {"our", "their", "your", "this"} else "the "
    return article + phrase


def _is_function_word(token: Token, reading: Reading) -> bool:
    word = token.text.lower()
    return word in reading.locale.determiners - {"new", "first", "our"} or len(word) <= 2 or word in {
        "for", "and", "with", "from", "per", "via", "into", "all", "has", "have", "will", "than", "over",
    }  # fmt: skip


def _quoted_subject(reading: Reading) -> str | None:
    """Return the draft's own topic as a quotation, or None where no thing is named.

    The first noun that the lexicon knows, else the first run of words that are no verb.
    """
    tokens = [token for token in reading.main if not (token.has("people") and _is_group(token, reading))]
    if reading.text.rstrip().endswith("?") and len(tokens) > 1:
        tokens = tokens[1:]  # a question starts with its verb
    nouns = [token for token in tokens if token.has("thing", "event", "meeting", "metric", "notion")]
    if nouns and reading.locale.nouns_are_capitalised:
        return nouns[0].text
    if nouns:
        return _noun_phrase(reading, Stretch(nouns[0].start, nouns[0].end)).removeprefix("the ")
    run: list[Token] = []
    for token in tokens:
        if len(token.text) < _SHORTEST_NOUN:
            continue
        joined = not run or reading.text[run[-1].end : token.start].isspace()
        if (
            token.form is not None
            or token.has("people")
            or token.has("weasel", "rhythm", "us", "done")
            or _is_stop(token, reading)
            or not joined
        ):
            if run:
                break
            continue
        run.append(token)
    named = [token for token in run if not reading.locale.nouns_are_capitalised or token.text[:1].isupper()]
    return reading.text[run[0].start : named[-1].end][:_LONGEST_SUBJECT] if named else None


def _is_stop(token: Token, reading: Reading) -> bool:
    word = token.text.lower()
    locale = reading.locale
    return word in locale.function_words or word in locale.determiners or word in locale.number_words


def _is_group(token: Token, reading: Reading) -> bool:
    return reading.locale.is_plural_people(token.text)


def _people(reading: Reading) -> str | None:
    """Return the people that the draft names, where their form fits the scaffold's slot."""
    for token in reading.tokens:
        if token.has("people") and reading.locale.is_plural_people(token.text):
            return token.text
    return None


def _kept(text: str, subject: KeyResultSubject) -> str:
    """Return what the scaffold must not lose: a metric's values (with its name, if not there yet), a date."""
    reading = subject.reading
    parts = []
    if subject.verdict.likeliest == Kind.KPI and (
        values := reading.signals.get("pair") or reading.signals.get("target")
    ):
        noun = next((token.text for token in reading.words("metric")), "")
        unit = _UNIT.match(reading.text, values[0].end)
        measured = reading.text[values[0].start : unit.end() if unit else values[0].end].strip(" ().,;")
        parts.append(measured if noun.lower() in text.lower() else f"{noun} {measured}".strip())
    deadline = reading.signals.get("deadline")
    if deadline and not reading.text[deadline[0].end : deadline[0].end + 1].isalnum():
        parts.append(reading.text[deadline[0].start : deadline[0].end].strip(" ().,;"))
    return ", ".join(dict.fromkeys(parts))
