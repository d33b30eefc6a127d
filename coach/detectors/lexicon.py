"""Kind `lexicon`: words that are there, unless something beside them makes them harmless."""

import re
from collections.abc import Iterable

from pydantic import Field

from coach.detectors.subject import DraftSubject, Hit, KeyResultSubject, Parameters, TextDetector
from coach.language import Language
from coach.reading import Reading, Stretch
from coach.review import Kind, Level


class LexiconParameters(Parameters):
    """Fires on the first of `signals`, or on any text of `kinds`; never beside one of `unless`.

    `words`: more words per language that count as signals, whatever their ending ("synergy" finds "synergies" only
    where it is given as "synerg"). `trailing`: words that decide alone where the text ends with them ("better", of
    what, for whom).
    """

    signals: tuple[str, ...] = ()
    words: dict[Language, tuple[str, ...]] = Field(default_factory=dict)
    trailing: dict[Language, tuple[str, ...]] = Field(default_factory=dict)
    unless: frozenset[str] = frozenset()
    heads: frozenset[str] = frozenset()
    kinds: frozenset[Kind] = frozenset()
    not_kinds: frozenset[Kind] = frozenset()
    main_clause: bool = False


class LexiconDetector(TextDetector):
    """Fires where a signal stands in the text."""

    def __init__(self, level: Level, parameters: LexiconParameters) -> None:
        super().__init__(level)
        self._parameters = parameters
        self._patterns = {
            language: re.compile(rf"\b(?:{'|'.join(map(re.escape, words))})\w*", re.IGNORECASE)
            for language, words in parameters.words.items()
            if words
        }

        self._endings = {
            language: re.compile(rf"\b(?:{'|'.join(map(re.escape, words))})(?=\W*$)", re.IGNORECASE)
            for language, words in parameters.trailing.items()
            if words
        }

    def _ending(self, reading: Reading) -> re.Match[str] | None:
        pattern = self._endings.get(reading.language)
        return pattern.search(reading.text) if pattern else None

    def _words_in(self, reading: Reading) -> Iterable[re.Match[str]]:
        pattern = self._patterns.get(reading.language)
        return pattern.finditer(reading.text) if pattern else ()

    def hits(self, reading: Reading, key_result: KeyResultSubject | None, _draft: DraftSubject) -> Iterable[Hit]:
        """Return one hit on the first telling words."""
        wanted = self._parameters
        kind = key_result.verdict.kind if key_result else None
        if kind in wanted.not_kinds:
            return
        places = sorted(
            [
                *(place for name in wanted.signals for place in reading.signals.get(name, ())),
                *(Stretch(*match.span()) for match in self._words_in(reading)),
            ]
        )
        if wanted.main_clause:
            inside = {token.start for token in reading.main}
            places = [place for place in places if place.start in inside]
        head = reading.head
        if wanted.heads and head.tag in wanted.heads and head.token is not None and not reading.has(*wanted.unless):
            yield Hit((places or [Stretch(head.token.start, head.token.end)])[0])
        elif key_result and kind in wanted.kinds:
            yield Hit(places[0] if places else None, confidence=key_result.verdict.confidence, source="classifier")
        elif (ending := self._ending(reading)) is not None and not reading.has(*wanted.unless):
            yield Hit(Stretch(*ending.span()), certain=True)
        elif places and not reading.has(*wanted.unless):
            yield Hit(places[0])
