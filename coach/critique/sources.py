"""What stands in a draft and its context: all the numbers, dates and names that a model may use."""

import re
from collections.abc import Iterable, Iterator
from functools import cached_property, lru_cache
from typing import Any

from coach.catalog import Catalog
from coach.critique.orders import orders_of
from coach.language import Language, locale_of
from coach.language.numbers import Quantity, find_quantities
from coach.okr import Draft
from coach.reading.lexicon import open_lexicon

_WORD = re.compile(r"[^\W\d_][\w:*’'-]*")
_STEM = 6
_SHORTEST = 4
_LONGEST_TAIL = 12
_SENTENCE_START = re.compile(r"(?:\A|[.!?:;(„“\"»]\s?|[(\[])\s*\Z")


class Vocabulary:
    """The words of the method in one language: what the catalogue's own pages are written with."""

    def __init__(self, catalog: Catalog, language: Language) -> None:
        self._lexicon = open_lexicon(language)
        texts = [pattern.text[language].model_dump_json() for pattern in catalog.patterns.values()]
        texts += [article.text[language].model_dump_json() for article in catalog.articles.values()]
        texts += [entry.in_language(language).model_dump_json() for entry in catalog.transformations]
        texts += [term.in_language(language).model_dump_json() for term in catalog.glossary]
        self._stems = frozenset(stem for text in texts for stem in stems_in(text))

    def knows(self, word: str) -> bool:
        """Whether a word, an inflection of it, or the end of a compound is part of the method's language."""
        folded = word.casefold()
        if self._lexicon.look_up(word) is not None or _stem(folded) in self._stems:
            return True
        tails = (folded[cut:] for cut in range(3, max(3, len(folded) - _SHORTEST + 1)))
        return any(len(tail) <= _LONGEST_TAIL and _stem(tail) in self._stems for tail in tails)


class Sources:
    """The numbers, dates and words of a draft, with the vocabulary of the method beside them; made when asked for."""

    def __init__(self, draft: Draft, language: Language, catalog: Catalog) -> None:
        self._draft = draft
        self._language = language
        self._catalog = catalog
        self._locale = locale_of(language)

    @cached_property
    def _texts(self) -> list[str]:
        return list(_texts_of(self._draft))

    @cached_property
    def _text(self) -> str:
        return "\n".join(self._texts).casefold()

    @cached_property
    def _quantities(self) -> list[Quantity]:
        return [quantity for text in self._texts for quantity in find_quantities(text, self._locale)]

    @cached_property
    def _values(self) -> frozenset[tuple[str, object]]:
        return frozenset(map(_value, self._quantities))

    @cached_property
    def _counts(self) -> frozenset[float]:
        return frozenset(quantity.value for quantity in self._quantities if quantity.value is not None)

    @cached_property
    def _stems(self) -> frozenset[str]:
        return frozenset(stem for text in self._texts for stem in stems_in(text))

    def foreign_numbers(self, text: str) -> list[str]:
        """Return the numbers and amounts of a text that stand nowhere in the draft."""
        return [
            quantity.text.strip()
            for quantity in find_quantities(text, self._locale)
            if quantity.unit not in {"placeholder", "date"} and not self._has(quantity)
        ]

    def foreign_dates(self, text: str) -> list[str]:
        """Return the dates, months and weekdays of a text that stand nowhere in the draft."""
        dates = [quantity for quantity in find_quantities(text, self._locale) if quantity.unit == "date"]
        foreign = [quantity.text.strip() for quantity in dates if not self._has(quantity)]
        return foreign + [
            match[0] for match in self._locale.calendar.finditer(text) if match[0].casefold() not in self._text
        ]

    def foreign_names(self, text: str) -> list[str]:
        """Return what is written like a name in a text and stands neither in the draft nor in the method's language."""
        return [word for word in _like_names(text, capitals=self._locale.nouns_are_capitalised) if not self.knows(word)]

    def knows(self, word: str) -> bool:
        """Whether a word stands in the draft or belongs to the method's language."""
        return (
            _stem(word) in self._stems
            or word.casefold() in self._text
            or vocabulary_of(self._catalog, self._language).knows(word)
        )

    def said(self, words: str) -> bool:
        """Whether these words stand in the draft, however they are written."""
        return words.casefold() in self._text

    def gives_orders(self, text: str) -> bool:
        """Whether a text speaks to its reviewer like the orders that drafts may hold."""
        return orders_of(self._catalog).order_in(text) is not None

    def foreign_share(self, text: str) -> float:
        """Return which part (0–1) of the words that carry meaning is neither the draft's nor the method's."""
        words = [word for word in _WORD.findall(text) if len(word) >= _SHORTEST]
        return sum(not self.knows(word) for word in words) / len(words) if words else 0.0

    def _has(self, quantity: Quantity) -> bool:
        if _value(quantity) in self._values or quantity.text.strip().casefold() in self._text:
            return True
        return quantity.unit == "count" and quantity.value in self._counts


@lru_cache(maxsize=16)
def vocabulary_of(catalog: Catalog, language: Language) -> Vocabulary:
    """Return the vocabulary of a catalogue, made when first asked for."""
    return Vocabulary(catalog, language)


def stems_in(text: str) -> Iterator[str]:
    """Yield the stems of the longer words of a text."""
    return (_stem(word) for word in _WORD.findall(text) if len(word) > 1)


def _stem(word: str) -> str:
    return re.sub(r"\W", "", word.casefold())[:_STEM]


def _value(quantity: Quantity) -> tuple[str, object]:
    return quantity.unit, re.sub(r"\W", "", quantity.text.casefold()) if quantity.value is None else quantity.value


def _texts_of(draft: Draft) -> Iterator[str]:
    yield from draft.texts()
    for objective in draft.objectives:
        for key_result in objective.key_results:
            yield from filter(None, (key_result.baseline, key_result.target))
    yield from _strings(draft.context.model_dump(mode="json", exclude_none=True))


def _strings(node: Any) -> Iterator[str]:
    if isinstance(node, str):
        yield node
    elif isinstance(node, dict):
        for child in node.values():
            yield from _strings(child)
    elif isinstance(node, Iterable):
        for child in node:
            yield from _strings(child)


def _like_names(text: str, *, capitals: bool) -> Iterator[str]:
    """Yield words that start with a capital inside a sentence; where every noun does, all of them."""
    for match in _WORD.finditer(re.sub(r"\[[^\]]*\]", lambda blank: " " * len(blank[0]), text)):
        word = match[0]
        inside = not _SENTENCE_START.search(text[: match.start()])
        if len(word) > 1 and word[0].isupper() and (inside or not word[1:].islower() or (capitals and match.start())):
            yield word.removesuffix("’s").removesuffix("'s")
