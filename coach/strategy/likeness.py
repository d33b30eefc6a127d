"""How alike two texts are: by the words that they share, and by what their vectors say."""

import re
from typing import Any, NamedTuple

from coach.language import Language, locale_of

_WORD = re.compile(r"[^\W\d_]{3,}")
_PLAIN = str.maketrans("äöüß", "aous")
_COMMON_START = 4
_COMPOUND = 5
START = 6


class Word(NamedTuple):
    """A word that carries meaning, lower case, with its place in the text."""

    text: str
    start: int
    end: int


def content_words(text: str, language: Language) -> tuple[Word, ...]:
    """Return the words of three letters or more that are no function words."""
    locale = locale_of(language)
    return tuple(
        Word(match[0].lower().translate(_PLAIN), match.start(), match.end())
        for match in _WORD.finditer(text)
        if match[0].lower() not in locale.function_words
    )


def alike(one: str, other: str) -> bool:
    """Whether two words are forms of one another, or one is a part of the other's compound.

    >>> alike("reparatur", "reparaturen"), alike("heizkostenabrechnung", "abrechnung"), alike("zeit", "zeitung")
    (True, True, False)
    """
    short, long = sorted((one, other), key=len)
    common = next((at for at, letter in enumerate(short) if long[at] != letter), len(short))
    if len(short) < _COMMON_START:
        return short == long
    if common >= max(_COMMON_START, len(short) - 2) and len(long) - common <= 2:
        return True
    if len(short) < _COMPOUND:
        return False
    return short[:START] in long if len(short) >= START else short in long


class Space(NamedTuple):
    """What all texts of a language have in common (rows of 384): their mean, and the directions taken out."""

    mean: Any
    directions: Any

    def placed(self, vectors: Any) -> Any:
        """Return unit vectors (float32, n x 384) in which what all texts have in common no longer counts."""
        import numpy as np  # noqa: PLC0415 - heavy

        rows = vectors - self.mean
        rows = rows - (rows @ self.directions.T) @ self.directions
        return rows / np.maximum(np.linalg.norm(rows, axis=-1, keepdims=True), 1e-9)
