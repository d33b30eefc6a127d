"""From a text to its Reading."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from coach.language import Language, locale_of
from coach.language.locale import Form, Locale
from coach.language.numbers import Quantity, find_quantities
from coach.reading.lexicon import Lexicon, open_lexicon
from coach.reading.normal import Normal, normalise
from coach.review import Span

_WORD = re.compile(
    r"[^\W\d_]\w*(?:(?:[:*_]|/-?)(?:innen|in|[rnes])\b)?(?:[-‑][^\W_][\w]*(?:[:*](?:innen|in)\b)?)*(?:['’](?:s|t|re|ll|ve)\b)?",
    re.UNICODE,
)
_GENDERED = re.compile(r"[^\W\d_]{3,}(?:[:*_]|/-?)(?:innen|in|r|n)\b|\b[^\W\d_]+[a-zäöüß]Innen\b", re.UNICODE)
_LABEL = re.compile(
    r"^\s*(?:[-*•–·▪]\s+|(?:KR|O|Key Result|Objective|Ziel)\s?\d*(?:\.\d+)?\s?[:.)–-]\s*|\d+[.)]\s+|\[[ xX]?\]\s+)+"
)
_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]{4,}\]")
_VERBAL = ("make", "do", "raise", "lower", "wish", "keep", "reach", "behave")


class Stretch(NamedTuple):
    """A part of the plain text, `text[start:end]`."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Token:
    """A word with its place in the plain text and what the lexicon knows of it."""

    start: int
    end: int
    text: str
    tags: frozenset[str]
    form: Form | None

    def has(self, *tags: str) -> bool:
        """Whether any of the tags applies."""
        return not self.tags.isdisjoint(tags)


class Head(NamedTuple):
    """The word that says what is done or stated, how it is used, and which tag counts."""

    token: Token | None
    tag: str
    form: str


@dataclass(frozen=True)
class Reading:
    """A text as the detectors see it. Offsets are those of the plain text; `span` leads back."""

    normal: Normal
    language: Language
    tokens: tuple[Token, ...]
    quantities: tuple[Quantity, ...]
    locale: Locale
    body: Stretch

    @property
    def text(self) -> str:
        """The plain text."""
        return self.normal.text

    def said(self) -> str:
        """Return what the text says without label, bullet, blanks around it and full stop; it starts with a capital."""
        said = self.text[self.body.start : self.body.end].strip().rstrip(".").rstrip() or self.text
        return said[:1].upper() + said[1:]

    def span(self, start: int, end: int) -> Span:
        """Return the span of the text as sent that a stretch of the plain text stands for."""
        raw_start, raw_end = self.normal.raw_span(start, end)
        return Span(start=raw_start, end=raw_end, text=self.normal.raw[raw_start:raw_end])

    @cached_property
    def main(self) -> tuple[Token, ...]:
        """The tokens outside brackets and before a purpose clause or a dash comment."""
        end = self.body.end
        for match in self.locale.purpose.finditer(self.text):
            if match.start() > self.body.start + 8:
                end = min(end, match.start())
                break
        brackets = [match.span() for match in _BRACKETS.finditer(self.text)]
        inside = [
            token
            for token in self.tokens
            if self.body.start <= token.start < end and not any(start <= token.start < stop for start, stop in brackets)
        ]
        return tuple(inside)

    @cached_property
    def head(self) -> Head:
        """The head of the main clause."""
        return _find_head(self)

    @cached_property
    def signals(self) -> Mapping[str, tuple[Stretch, ...]]:
        """Everything noticed, by name: the vocabulary that pattern.yaml files use."""
        from coach.reading.signals import find_signals  # noqa: PLC0415 - signals builds on Reading

        return find_signals(self)

    def has(self, *names: str) -> bool:
        """Whether any of these signals is there."""
        return any(name in self.signals for name in names)

    def words(self, *tags: str) -> tuple[Token, ...]:
        """Return the tokens that carry any of the tags."""
        return tuple(token for token in self.tokens if token.has(*tags))


def read(raw: str, language: Language) -> Reading:
    """Read a text in a language."""
    normal = normalise(raw)
    locale = locale_of(language)
    lexicon = open_lexicon(language)
    quantities = tuple(find_quantities(normal.text, locale))
    label = _LABEL.match(normal.text)
    body = Stretch(label.end() if label else 0, len(normal.text))
    tokens = tuple(_tokens(normal.text, lexicon, locale))
    return Reading(normal, language, tokens, quantities, locale, body)


def _tokens(text: str, lexicon: Lexicon, locale: Locale) -> Iterator[Token]:
    words = list(_WORD.finditer(text))
    known = [lexicon.look_up(match[0]) for match in words]
    tags: list[set[str]] = [set(word.tags) if word else set() for word in known]
    forms: list[Form | None] = [word.form if word else None for word in known]
    _mark_phrases(words, lexicon, tags, forms)
    _mark_separated(words, lexicon, tags, forms, text)
    for index, match in enumerate(words):
        gendered = _GENDERED.match(match[0])
        if gendered and (gendered.end() == len(match[0]) or "-" not in match[0]) and "absolute" not in tags[index]:
            tags[index] = {"people"}
        yield Token(match.start(), match.end(), match[0], frozenset(tags[index]), forms[index])


def _mark_phrases(words: list[re.Match[str]], lexicon: Lexicon, tags: list[set[str]], forms: list[Form | None]) -> None:
    folded = [match[0].lower().replace("ß", "ss") for match in words]
    for index, word in enumerate(folded):
        for parts, meaning in lexicon.phrases_from(word):
            if tuple(folded[index : index + len(parts)]) == parts:
                for offset in range(len(parts)):
                    edge = offset in {0, len(parts) - 1}
                    tags[index + offset] = set(meaning.tags) if edge else set()
                    forms[index + offset] = meaning.form if edge else None


def _mark_separated(
    words: list[re.Match[str]], lexicon: Lexicon, tags: list[set[str]], forms: list[Form | None], text: str
) -> None:
    """Join "führen … ein" to the verb einführen: the prefix stands at the end of its clause."""
    for index, match in enumerate(words):
        candidates = lexicon.separated(match[0])
        if not candidates or (match[0][:1].isupper() and index > 0):
            continue
        for later in range(index + 1, len(words)):
            between = text[words[later - 1].end() : words[later].start()]
            if later > index + 1 and re.search(r"[.;:!?]", between):
                break
            ends_clause = later + 1 == len(words) or re.match(r"\s*[,.;:!?()]", text[words[later].end() :])
            after = words[later + 1][0].lower() if later + 1 < len(words) else ""
            hit = next((tag for prefix, tag in candidates if words[later][0].lower() == prefix), None)
            if hit and (ends_clause or after in {"und", "oder", "bis", "um"}):
                tags[index], forms[index], tags[later] = {hit}, "fin", set()
                break


def _verb_tag(token: Token) -> str | None:
    return next((tag for tag in _VERBAL if tag in token.tags), None)


def _find_head(reading: Reading) -> Head:
    tokens = reading.main
    if not tokens:
        return Head(None, "none", "none")
    finder = _head_de if reading.locale.nouns_are_capitalised else _head_en
    return finder(tokens, reading) or _noun_head(tokens)


def _noun_head(tokens: tuple[Token, ...]) -> Head:
    for token in tokens:
        for tag in ("metric", "people", "thing", "event", "meeting", "notion"):
            if tag in token.tags:
                return Head(token, tag, "noun")
    return Head(tokens[0], "none", "noun")


def _head_en(tokens: tuple[Token, ...], reading: Reading) -> Head | None:
    first = tokens[0]
    tag = _verb_tag(first)
    if tag and first.form in {"inf", "nom"} and not _is_noun_use(tokens):
        return Head(first, tag, first.form)
    auxiliary = False
    for index, token in enumerate(tokens):
        word = token.text.lower()
        if word in reading.locale.sentence_auxiliaries:
            auxiliary = True
            continue
        tag = _verb_tag(token)
        if tag is None or index == 0:
            if "done" in token.tags and auxiliary:
                return Head(token, "done", "part")
            continue
        after_determiner = tokens[index - 1].text.lower() in reading.locale.determiners
        if token.form == "part":
            return Head(token, tag, "passive" if auxiliary else "part")
        if (
            token.form in {"inf", "fin"}
            and not after_determiner
            and ("people" in _tags_before(tokens, index) or "us" in _tags_before(tokens, index))
        ):
            return Head(token, tag, "fin")
    if tag := _verb_tag(first):
        return Head(first, tag, first.form or "inf")
    return None


def _is_noun_use(tokens: tuple[Token, ...]) -> bool:
    """Whether the first word is rather a noun: "Support of …", "Launch is done", "Sales up"."""
    if len(tokens) == 1:
        return False
    following = tokens[1].text.lower()
    return following in {"of", "is", "are", "was", "has", "rate", "time", "process"} and tokens[0].form != "nom"


def _tags_before(tokens: tuple[Token, ...], index: int) -> set[str]:
    return {tag for token in tokens[max(0, index - 6) : index] for tag in token.tags}


def _head_de(tokens: tuple[Token, ...], reading: Reading) -> Head | None:
    text = reading.text
    last = next((token for token in reversed(tokens) if token.tags or token.text[:1].islower()), tokens[-1])
    verbs = [(token, tag) for token in tokens if (tag := _verb_tag(token))]
    finite = [
        pair for pair in verbs if pair[0].form == "fin" and (not pair[0].text[:1].isupper() or pair[0] is tokens[0])
    ]
    infinitives = [pair for pair in verbs if pair[0].form == "inf" and pair[0].text[:1].islower()]
    participles = [pair for pair in verbs if pair[0].form == "part" and _is_predicate(pair[0], text)]
    done = next((token for token in tokens if "done" in token.tags and _is_predicate(token, text)), None)
    auxiliary = any(token.text.lower() in reading.locale.sentence_auxiliaries for token in tokens)
    if infinitives and infinitives[-1][0] is last and not auxiliary:
        return Head(*infinitives[-1], form="inf")
    if participles:
        return Head(*participles[-1], form="passive" if auxiliary else "part")
    if done is not None and (auxiliary or not (finite or infinitives)):
        return Head(done, "done", "part")
    if finite:
        return Head(*finite[0], form="fin")
    if infinitives:
        people = bool({"people", "us"} & _tags_before(tokens, tokens.index(infinitives[-1][0])))
        return Head(*infinitives[-1], form="fin" if people else "inf")
    nominal = next((pair for pair in verbs if pair[0].form == "nom" or pair[0].text[:1].isupper()), None)
    return Head(*nominal, form="nom") if nominal else None


def _is_predicate(token: Token, text: str) -> bool:
    """Whether a participle is not an attribute: no capitalised noun follows directly."""
    return re.match(r"\s+[A-ZÄÖÜ]", text[token.end :]) is None and token.text[:1].islower() | (token.start == 0)
