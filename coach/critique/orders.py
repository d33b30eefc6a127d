"""Orders: words of a draft that speak to whoever reviews it. They change nothing and are pointed out."""

import re
from collections.abc import Iterator, Mapping

from coach.catalog import Catalog
from coach.critique.elements import elements_of, pointer_to
from coach.detectors import DraftSubject
from coach.language import LANGUAGES, Language, in_spelling_of
from coach.okr import Draft, pointer
from coach.reading.normal import normalise
from coach.review import Notice, Span

_MOST = 10
_LONGEST_QUOTE = 80


class Orders:
    """Finds the first order in each text; the patterns are those of knowledge/notices.yaml, of both languages."""

    def __init__(self, catalog: Catalog) -> None:
        self._words = catalog.notices
        orders = [order for language in LANGUAGES for order in catalog.notices.in_language(language).orders]
        self._order = re.compile("|".join(f"(?:{order})" for order in orders) or r"(?!)", re.IGNORECASE)

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
        found = self._order.search(normal.text)
        if found is None:
            return None
        start, end = normal.raw_span(*found.span())
        return Span(start=start, end=end, text=text[start:end])


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
