"""Lexical search: BM25 over stems, German compounds split into words that the corpus knows."""

import re
from collections.abc import Sequence
from typing import Any

from coach.language import Language, locale_of

_WORD = re.compile(r"[^\W_]+", re.UNICODE)
_SPLITTABLE = 8
_PART = 4
_SNOWBALL = {"de": "german", "en": "english"}


class LexicalIndex:
    """BM25 scores of documents in one language, held in memory and built from the texts."""

    def __init__(self, texts: Sequence[str], language: Language) -> None:
        import bm25s  # noqa: PLC0415 - heavy
        import Stemmer  # noqa: PLC0415

        self._stemmer: Any = Stemmer.Stemmer(_SNOWBALL[language])
        self._stop = locale_of(language).function_words
        self._compounds = locale_of(language).compounds
        words = [self._words(text) for text in texts]
        self._vocabulary = {word for document in words for word in document}
        self._bm25: Any = bm25s.BM25()
        self._size = len(texts)
        if any(words):
            self._bm25.index([self._with_parts(document) for document in words], show_progress=False)

    def look_up(self, query: str) -> tuple[Any, float]:
        """Return one BM25 score per document (float32, 0 where no word is shared), and which part (0–1) of the query's
        content words the corpus knows."""
        import numpy as np  # noqa: PLC0415

        words = [[part for part in self._with_parts([word]) if part in self._vocabulary] for word in self._words(query)]
        known = [part for parts in words for part in parts]
        if not known or not self._size:
            return np.zeros(self._size, dtype=np.float32), 0.0
        return self._bm25.get_scores(known), sum(map(bool, words)) / len(words)

    def stems(self, text: str) -> list[str]:
        """Return the words of a text as they are indexed: stems, German compounds with their parts."""
        return self._with_parts(self._words(text))

    def _words(self, text: str) -> list[str]:
        lowered = [word for word in _WORD.findall(text.lower().replace("ß", "ss")) if word not in self._stop]
        return [str(word) for word in self._stemmer.stemWords(lowered)]

    def _with_parts(self, words: Sequence[str]) -> list[str]:
        if not self._compounds:
            return list(words)
        return [part for word in words for part in (word, *self._parts(word))]

    def _parts(self, word: str) -> tuple[str, ...]:
        """Return two words of the corpus that a compound consists of, with or without the joining s."""
        if len(word) < _SPLITTABLE:
            return ()
        for cut in range(_PART, len(word) - _PART + 1):
            head, tail = word[:cut], word[cut:]
            if tail in self._vocabulary and (head in self._vocabulary or head.removesuffix("s") in self._vocabulary):
                return (head.removesuffix("s") if head not in self._vocabulary else head, tail)
        return ()
