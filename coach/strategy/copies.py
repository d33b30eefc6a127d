"""One-to-one copies: a key result that is a KPI with a value, an objective or key result that is the parent's."""

import re
from collections.abc import Sequence

from coach.language import Language
from coach.reading import read
from coach.strategy.likeness import alike
from coach.strategy.words import reads

_WORD = re.compile(r"[^\W\d_]{2,}")
_VERBAL = ("raise", "lower", "reach", "keep", "make", "do", "baseline")


def copied(text: str, originals: Sequence[str], language: Language) -> str | None:
    """Return the original that a text repeats word for word, apart from values, verbs of moving and small words.

    >>> copied("Tage bis zur Bereitstellung auf 2 senken", ["Tage bis zur Bereitstellung"], "de")
    'Tage bis zur Bereitstellung'
    """
    own = _bare(text, language)
    for original in originals:
        other = _bare(original, language)
        if own and other and _covered(own, other) and _covered(other, own):
            return original
    return None


def _covered(words: Sequence[str], by: Sequence[str]) -> bool:
    return all(any(word == other or alike(word, other) for other in by) for word in words)


def _bare(text: str, language: Language) -> list[str]:
    """Return the words of a text without small ones and without what only says that a figure moves."""
    reading = read(text, language)
    return [
        token.text.lower()
        for token in reading.tokens
        if _WORD.match(token.text)
        and token.text.lower() not in reading.locale.function_words
        and not (token.tags & set(_VERBAL))
        and not reads(language, "comparators").fullmatch(token.text)
    ]
