"""Passages: the pieces of the knowledge base that can be found and cited.

An id names where the passage stands (`pattern/no-baseline/de/stattdessen`), so it outlives edits elsewhere
in the file.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from typing import Literal

from coach.catalog import Catalog, Section
from coach.catalog.records import Perspective
from coach.language import LANGUAGES, Language
from coach.okr import Strict
from coach.review import Citation, Kind

_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
PassageType = Literal["article", "pattern", "transformation", "glossary"]
_KINDS_WITH_PATTERN = frozenset({Kind.OUTPUT, Kind.ACTIVITY, Kind.KPI})


class Passage(Strict):
    """A piece of text under one heading, in one language.

    `asked`: what people ask to find it; `drafts`: what they have written when it is what they need. `patterns`: the
    failure patterns it is about; `perspectives`: those of the Balanced Scorecard.
    """

    id: str
    type: PassageType
    slug: str
    language: Language
    title: str
    heading: str
    text: str
    sources: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    perspectives: tuple[Perspective, ...] = ()
    asked: tuple[str, ...] = ()
    drafts: tuple[str, ...] = ()

    @property
    def page(self) -> str:
        """The page it stands on; one page is found once."""
        return f"{self.type}/{self.slug}"

    def searched(self) -> str:
        """Return the text that is indexed."""
        return f"{self.title}. {self.heading}. {self.text}"

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
    """Return the passages of one failure pattern, one a heading; none in a language that it is not written in."""
    pattern = catalog.pattern(slug)
    if language not in pattern.written_in:
        return []
    text = pattern.text[language]
    page = Passage(
        id="",
        type="pattern",
        slug=slug,
        language=language,
        title=text.name,
        heading="",
        text="",
        sources=pattern.sources,
        patterns=(slug,),
        topics=(pattern.level.value.replace("_", "-"),),
        asked=text.questions_typed,
    )
    return _of_sections(page, text.sections)


def article_passages(catalog: Catalog, slug: str, language: Language) -> list[Passage]:
    """Return the passages of one article, one a heading; none in a language that it is not written in."""
    article = catalog.articles[slug]
    text = article.text.get(language)
    if text is None:
        return []
    page = Passage(
        id="",
        type="article",
        slug=slug,
        language=language,
        title=text.title,
        heading="",
        text="",
        sources=article.sources,
        patterns=article.related,
        topics=article.topics,
        perspectives=article.perspectives,
        asked=text.questions_typed,
    )
    return _of_sections(page, text.sections)


def _of_sections(page: Passage, sections: tuple[Section, ...]) -> list[Passage]:
    """Return a passage per section; what people type stands with the first, two headings alike are numbered."""
    seen: Counter[str] = Counter()
    passages: list[Passage] = []
    for section in sections:
        name = anchor(section.heading)
        seen[name] += 1
        place = {
            "id": f"{page.page}/{page.language}/{name}" + (f"-{seen[name]}" if seen[name] > 1 else ""),
            "heading": section.heading,
            "text": section.text,
        }
        passages.append(page.model_copy(update=place if not passages else {**place, "asked": ()}))
    return passages


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
            patterns=tuple(f"{kind}-as-key-result" for kind in entry.kinds if kind in _KINDS_WITH_PATTERN),
            topics=(entry.field, *entry.topics),
            perspectives=entry.perspectives,
            drafts=text.write,
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
            asked=(text.term, *text.also),
        )


def all_passages(catalog: Catalog) -> Iterator[Passage]:
    """Return every passage of the knowledge base; a pattern's flagged cases are drafts that it is found by."""
    for language in LANGUAGES:
        for slug in catalog.patterns:
            passages = pattern_passages(catalog, slug, language)
            examples = tuple(
                case.text
                for case in catalog.cases[slug]
                if case.lang == language and case.expect == "flagged" and case.text is not None
            )
            if passages:
                yield passages[0].model_copy(update={"drafts": examples})
            yield from passages[1:]
        for slug in catalog.articles:
            yield from article_passages(catalog, slug, language)
        yield from transformation_passages(catalog, language)
        yield from glossary_passages(catalog, language)
