"""Orders: words of a draft that speak to whoever reviews it. They change nothing and are pointed out."""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from coach.catalog import Catalog
from coach.critique.elements import elements_of, pointer_to
from coach.detectors import DraftSubject
from coach.language import LANGUAGES, Language, in_spelling_of
from coach.okr import Draft, pointer
from coach.reading.normal import normalise
from coach.review import Notice, Span

_CLAUSE = re.compile(
    r"(?:\A|[.!?:;,…\n\"„“”‚‘’'()\[\]<>{}*#|/–—-]"
    r"|\b(?:please|now|and|then|also|kindly|so|instead|just|must|should|you|bitte|jetzt|und|dann|nun|einfach|oder|or))\s*(?=\w)",
    re.IGNORECASE,
)
_MOST = 10
_LONGEST_QUOTE = 80


class Orders:
    """Finds an order in each text; the patterns are those of knowledge/notices.yaml, of both languages."""

    def __init__(self, catalog: Catalog) -> None:
        self._words = catalog.notices
        words = [catalog.notices.in_language(language) for language in LANGUAGES]
        self._orders = _any_of(order for each in words for order in each.orders)
        self._marks = _any_of(mark for each in words for mark in each.marks)

    def __call__(self, draft: Draft, subject: DraftSubject, language: Language) -> tuple[Notice, ...]:
        """Return a notice per text that gives orders, in reading order, ten at the most."""
        message = self._words.in_language(language).instructions_in_text
        notices: list[Notice] = []
        for at, text in _texts(draft, subject):
            span = self.order_in(text)
            if span is not None and len(notices) < _MOST:
                words = message.replace("{quote}", " ".join(span.text.split())[:_LONGEST_QUOTE])
                said = in_spelling_of(text, words)
                notices.append(Notice(code="instructions-in-text", at=at, span=span, message=said))
        return tuple(notices)

    def order_in(self, text: str) -> Span | None:
        """Return the words of the first order in a text."""
        normal = normalise(text)
        starts = (clause.end() for clause in _CLAUSE.finditer(normal.text))
        orders = (self._orders.match(normal.text, start) for start in starts)
        found = next((order for order in orders if order), None) or self._marks.search(normal.text)
        if found is None:
            return None
        start, end = normal.raw_span(*found.span())
        return Span(start=start, end=end, text=text[start:end])


@lru_cache(maxsize=16)
def orders_of(catalog: Catalog) -> Orders:
    """Return what finds orders by a catalogue's patterns, compiled once."""
    return Orders(catalog)


def _any_of(patterns: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns) or r"(?!)", re.IGNORECASE)


def _texts(draft: Draft, subject: DraftSubject) -> Iterator[tuple[str, str]]:
    for _, place in elements_of(subject):
        yield pointer_to(place), subject.reading_at(place).normal.raw
    context: Mapping[str, object] = draft.context.model_dump(mode="json", exclude_none=True, exclude_defaults=True)
    yield from _inside(("context",), context)


def _inside(at: tuple[str | int, ...], node: object) -> Iterator[tuple[str, str]]:
    if isinstance(node, str):
        yield pointer(at), node
    elif isinstance(node, Mapping):
        for key, child in node.items():
            yield from _inside((*at, str(key)), child)
    elif isinstance(node, list | tuple):
        for index, child in enumerate(node):
            yield from _inside((*at, index), child)
