"""Passages: the pieces of the knowledge base that can be found and cited.

An id names where the passage stands (`pattern/no-baseline/de/stattdessen`), so it outlives edits elsewhere
in the file.
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import Literal

from coach.catalog import Catalog, Section
from coach.language import LANGUAGES, Language
from coach.okr import Strict
from coach.review import Citation

_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
PassageType = Literal["article", "pattern", "transformation", "glossary"]


class Passage(Strict):
    """A piece of text under one heading, in one language. `typed`: what people type to find it."""

    id: str
    type: PassageType
    slug: str
    language: Language
    title: str
    heading: str
    text: str
    sources: tuple[str, ...] = ()
    typed: tuple[str, ...] = ()

    def cited(self) -> Citation:
        """Return the citation of this passage."""
        return Citation(
            id=self.id,
            type=self.type,
            slug=self.slug,
            language=self.language,
            heading=self.heading,
            sources=self.sources,
        )


def anchor(heading: str) -> str:
    """Return a heading as part of an id: lower case, ASCII, hyphens."""
    plain = unicodedata.normalize("NFKD", heading.lower().translate(_UMLAUTS)).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "text"


def pattern_passages(catalog: Catalog, slug: str, language: Language) -> list[Passage]:
    """Return the passages of one failure pattern, one a heading."""
    pattern = catalog.pattern(slug)
    text = pattern.text[language]
    return _of_sections("pattern", slug, language, text.name, text.sections, pattern.sources, text.questions_typed)


def article_passages(catalog: Catalog, slug: str, language: Language) -> list[Passage]:
    """Return the passages of one article, one a heading."""
    article = catalog.articles[slug]
    text = article.text[language]
    return _of_sections("article", slug, language, text.title, text.sections, article.sources, text.questions_typed)


def _of_sections(
    kind: PassageType,
    slug: str,
    language: Language,
    title: str,
    sections: tuple[Section, ...],
    sources: tuple[str, ...],
    typed: tuple[str, ...],
) -> list[Passage]:
    return [
        Passage(
            id=f"{kind}/{slug}/{language}/{anchor(section.heading)}",
            type=kind,
            slug=slug,
            language=language,
            title=title,
            heading=section.heading,
            text=section.text,
            sources=sources,
            typed=typed if index == 0 else (),
        )
        for index, section in enumerate(sections)
    ]


def transformation_passages(catalog: Catalog, language: Language) -> Iterator[Passage]:
    """Return one passage per transformation: what changes, how it is observed, what to ask."""
    for entry in catalog.transformations:
        text = entry.in_language(language)
        yield Passage(
            id=f"transformation/{entry.slug}/{language}",
            type="transformation",
            slug=entry.slug,
            language=language,
            title=text.write[0],
            heading=text.write[0],
            text=f"{text.change} {text.observe} {text.ask}",
            sources=entry.sources,
            typed=text.write,
        )


def glossary_passages(catalog: Catalog, language: Language) -> Iterator[Passage]:
    """Return one passage per field term."""
    for entry in catalog.glossary:
        text = entry.in_language(language)
        yield Passage(
            id=f"glossary/{entry.slug}/{language}",
            type="glossary",
            slug=entry.slug,
            language=language,
            title=text.term,
            heading=text.term,
            text=text.definition,
            sources=entry.sources,
            typed=(text.term, *text.also),
        )


def all_passages(catalog: Catalog) -> Iterator[Passage]:
    """Return every passage of the knowledge base; a pattern's typed queries include its flagged cases."""
    for language in LANGUAGES:
        for slug in catalog.patterns:
            examples = tuple(
                case.text
                for case in catalog.cases[slug]
                if case.lang == language and case.expect == "flagged" and case.text is not None
            )
            first, *rest = pattern_passages(catalog, slug, language)
            yield first.model_copy(update={"typed": first.typed + examples})
            yield from rest
        for slug in catalog.articles:
            yield from article_passages(catalog, slug, language)
        yield from transformation_passages(catalog, language)
        yield from glossary_passages(catalog, language)
