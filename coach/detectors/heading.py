"""Kind `heading`: a topic without a direction."""

from collections.abc import Iterable

from coach.detectors.subject import DraftSubject, Hit, KeyResultSubject, Parameters, TextDetector
from coach.reading import Reading, Stretch
from coach.review import Level


class HeadingParameters(Parameters):
    """Fires on a text of at most `words` words with no verb, change, comparison or number in it."""

    words: int = 5


class HeadingDetector(TextDetector):
    """Fires where only a label stands."""

    def __init__(self, level: Level, parameters: HeadingParameters) -> None:
        super().__init__(level)
        self._words = parameters.words

    def hits(self, reading: Reading, _key_result: KeyResultSubject | None, _draft: DraftSubject) -> Iterable[Hit]:
        """Return one hit on the whole label."""
        verbal = ("make", "do", "raise", "lower", "wish", "keep", "reach", "behave", "done")
        deeds = [
            token
            for token in reading.tokens
            if token.has(*verbal) and not _is_label_noun(token.text, token.form, reading)
        ]
        if not deeds and not reading.has("measure", "weasel", "us", "absolute") and len(reading.tokens) <= self._words:
            yield Hit(Stretch(reading.body.start, reading.body.end), confidence=0.8)


def _is_label_noun(text: str, form: str | None, reading: Reading) -> bool:
    """Whether a verbal word is used as a bare noun ("Hiring", "Kommunikation") in a text of one or two words."""
    return form == "nom" and (len(reading.tokens) <= 2 or (text[:1].isupper() and reading.locale.nouns_are_capitalised))
