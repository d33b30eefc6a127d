"""`python -m evals.readability`: which pages of the knowledge base read harder than they should; warns, never fails.

German: first Wiener Sachtextformel (Bamberger & Vanecek, 1984), which estimates the school year that a text suits;
English: Flesch-Kincaid grade level (Kincaid et al., 1975). Both languages: LIX (Björnsson, 1968), where 40 is a
newspaper and 55 a specialist text. Words are runs of letters, syllables runs of vowels.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from coach.catalog import Section, open_catalog
from coach.language import LANGUAGES, Language

LIX_AT_MOST = {"de": 45.0, "en": 40.0}
GRADE_AT_MOST = {"de": 9.0, "en": 9.0}
SHORTEST = 80

_WORD = re.compile(r"[^\W\d_]+(?:[:'’-][^\W\d_]+)*")
_SENTENCE_END = re.compile(r"[.!?:](?=[\s”“\"»)]|$)|\n\s*(?=[-*]|\n)")
_VOWELS = re.compile(r"[aeiouyäöü]+", re.IGNORECASE)
_MARKUP = re.compile(r"[*_`#>]|^\s*[-*]\s+", re.MULTILINE)


class Readability(NamedTuple):
    """How hard a page reads: LIX, and the school year by the language's own formula."""

    page: str
    language: Language
    lix: float
    grade: float

    @property
    def hard(self) -> bool:
        """Whether it exceeds a limit."""
        return self.lix > LIX_AT_MOST[self.language] or self.grade > GRADE_AT_MOST[self.language]


def measure(page: str, language: Language, text: str) -> Readability | None:
    """Return how hard a text reads; None where it is too short to say (under 80 words)."""
    words = _WORD.findall(_MARKUP.sub(" ", text))
    if len(words) < SHORTEST:
        return None
    sentences = max(1, sum(1 for part in _SENTENCE_END.split(text) if part and len(_WORD.findall(part)) > 1))
    per_sentence = len(words) / sentences
    syllables = [max(1, len(_VOWELS.findall(word))) for word in words]
    share = {
        "long": 100 * sum(len(word) > 6 for word in words) / len(words),
        "three": 100 * sum(count >= 3 for count in syllables) / len(words),
        "one": 100 * sum(count == 1 for count in syllables) / len(words),
    }
    lix = per_sentence + share["long"]
    if language == "de":
        grade = 0.1935 * share["three"] + 0.1672 * per_sentence + 0.1297 * share["long"] - 0.0327 * share["one"] - 0.875
    else:
        grade = 0.39 * per_sentence + 11.8 * sum(syllables) / len(words) - 15.59
    return Readability(page, language, round(lix, 1), round(grade, 1))


def pages() -> Iterator[Readability]:
    """Yield every article and pattern page in both languages."""
    catalog = open_catalog()
    for language in LANGUAGES:
        texts: list[tuple[str, tuple[Section, ...]]] = [
            *((f"articles/{slug}", article.text[language].sections) for slug, article in catalog.articles.items()),
            *((f"patterns/{slug}", pattern.text[language].sections) for slug, pattern in catalog.patterns.items()),
        ]
        for page, sections in texts:
            found = measure(page, language, "\n\n".join(section.text for section in sections))
            if found is not None:
                yield found


def main() -> None:
    """Print the hard pages and the range."""
    measured = list(pages())
    for found in sorted(measured, key=lambda page: -page.lix):
        if found.hard:
            print(f"warning: knowledge/{found.page}/{found.language}.md: LIX {found.lix}, school year {found.grade}")
    for language in LANGUAGES:
        values = sorted(page.lix for page in measured if page.language == language)
        grades = sorted(page.grade for page in measured if page.language == language)
        print(
            f"readability {language}: {len(values)} pages, LIX {values[0]} to {values[-1]} (median "
            f"{values[len(values) // 2]}, at most {LIX_AT_MOST[language]}), school year median "
            f"{grades[len(grades) // 2]}, highest {grades[-1]} (at most {GRADE_AT_MOST[language]})"
        )


if __name__ == "__main__":
    main()
