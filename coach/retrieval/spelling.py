"""Mistyped words of a query, read as the words of the knowledge base that they were meant to be."""

import gzip
import json
import re
from collections import Counter
from collections.abc import Iterable
from functools import cache, cached_property
from importlib.resources import files

from coach.language import LANGUAGES, Language

_WORD = re.compile(r"[^\W_]+")
_SHORTEST = 4
_LONG = 8
_CANDIDATES = 20


class Spelling:
    """Corrects the words of a query that no dictionary knows and that stand less than twice in the knowledge base.

    A word becomes the nearest one of the knowledge base: one slip (a letter left out, added, changed, or two swapped)
    in short words, two in longer ones; of several the most frequent. Words in capitals are names and stay.
    """

    def __init__(self, language: Language, texts: Iterable[str]) -> None:
        self._language = language
        self._texts = texts

    @cached_property
    def _vocabulary(self) -> Counter[str]:
        counted = Counter(word for text in self._texts for word in _WORD.findall(text.lower()))
        self._texts = ()
        return counted

    @cached_property
    def _targets(self) -> list[str]:
        """Words that another may have been meant to be."""
        return [word for word in self._vocabulary if _can_be_mistyped(word) and self._is_real(word)]

    def _is_real(self, word: str) -> bool:
        """Whether a word is none that was mistyped: people type slips for a page too, but seldom the same twice."""
        return self._vocabulary[word] > 1 or _in_dictionary(word)

    def corrected(self, query: str) -> str:
        """Return the query with its mistyped words replaced."""
        return _WORD.sub(lambda match: self._word(match.group()), query)

    def familiar(self, query: str) -> int:
        """Return how many words of a query belong to this language, mistyped ones as they are read."""
        words = _WORD.findall(self.corrected(query).lower())
        return sum(self._vocabulary[word] > 1 or word in _dictionary(self._language) for word in words)

    def _word(self, written: str) -> str:
        word = written.lower()
        if written.isupper() or not _can_be_mistyped(word) or self._is_real(word):
            return written
        from rapidfuzz import process  # noqa: PLC0415 - heavy
        from rapidfuzz.distance import OSA  # noqa: PLC0415

        slips = 2 if len(word) >= _LONG else 1
        near = process.extract(word, self._targets, scorer=OSA.distance, score_cutoff=slips, limit=_CANDIDATES)
        return min(near, key=lambda found: (found[1], -self._vocabulary[found[0]]))[0] if near else written


def _can_be_mistyped(word: str) -> bool:
    return len(word) >= _SHORTEST and word.isalpha()


def _in_dictionary(word: str) -> bool:
    return any(word in _dictionary(language) for language in LANGUAGES)


@cache
def _dictionary(language: Language) -> frozenset[str]:
    """Return the word forms of a language, from the lists in the package pyspellchecker."""
    packed = files("spellchecker").joinpath(f"resources/{language}.json.gz").read_bytes()
    return frozenset(json.loads(gzip.decompress(packed)))
