"""Field terms in running text: where each is used first on a page."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from coach.catalog.records import GlossaryTerm
from coach.language import Language

_BLANK = r"\[[^\W\d_][^\]\[]{0,40}\?\]"


class Terms(NamedTuple):
    """The terms of a glossary by each of their spellings, and the expression that finds them."""

    finder: re.Pattern[str]
    by_spelling: Mapping[str, GlossaryTerm]


class Piece(NamedTuple):
    """A stretch of text: plain, a term used for the first time, or a blank such as `[share?]`."""

    text: str
    term: GlossaryTerm | None = None
    blank: bool = False


def terms_in(glossary: Sequence[GlossaryTerm], language: Language) -> Terms:
    """Return the terms of a language; each spelling also with a capital, as at the start of a sentence."""
    by_spelling: dict[str, GlossaryTerm] = {}
    for entry in glossary:
        text = entry.in_language(language)
        for spelling in (text.term, *text.also):
            for written in (spelling, spelling[0].upper() + spelling[1:]):
                by_spelling.setdefault(written, entry)
    rests: dict[str, list[str]] = {}
    for spelling in sorted(by_spelling, key=lambda spelling: (-len(spelling), spelling)):
        rests.setdefault(spelling[0], []).append(re.escape(spelling[1:]))
    words = "|".join(f"{re.escape(first)}(?:{'|'.join(rest)})" for first, rest in rests.items()) or r"(?!)"
    finder = re.compile(rf"(?P<blank>{_BLANK})|(?<![\w-])(?P<term>{words})(?![\w-])(?!:\w)")
    return Terms(finder, by_spelling)


def pieces(text: str, terms: Terms, seen: set[str]) -> Iterator[Piece]:
    """Yield a text in pieces; `seen` holds the terms that the page has linked already, and is added to."""
    end = 0
    for match in terms.finder.finditer(text):
        term = terms.by_spelling.get(match["term"]) if match["term"] else None
        if term is not None and term.slug in seen:
            continue
        if match.start() > end:
            yield Piece(text[end : match.start()])
        if term is not None:
            seen.add(term.slug)
        yield Piece(match[0], term, blank=term is None)
        end = match.end()
    if end < len(text):
        yield Piece(text[end:])
