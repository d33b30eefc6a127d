"""German and English: which language a text is in, and what differs between the two.

This package is the only place that branches on the language; everything else takes a `Locale`.
"""

import re
from functools import cache
from typing import Any, Literal, NamedTuple

from coach.language import de, en
from coach.language.locale import Locale

Language = Literal["de", "en"]
LANGUAGES: tuple[Language, ...] = ("de", "en")
_LOCALES: dict[Language, Locale] = {"de": de.LOCALE, "en": en.LOCALE}

_WORD = re.compile(r"[^\W\d_]+", re.UNICODE)
_ENOUGH_WORDS = 5
_FAMILIAR = 0.18
_CERTAIN = 0.99
_SAMPLE = 2_000


class Guess(NamedTuple):
    """A language and whether the words themselves show it (rather than the default)."""

    language: Language
    certain: bool


def locale_of(language: Language) -> Locale:
    """Return what is particular to a language."""
    return _LOCALES[language]


def guess_language(text: str, *, default: Language = "en") -> Guess:
    """Return the language that function words, endings and letters speak for."""
    words = [word.lower() for word in _WORD.findall(text)]
    german, english = _LOCALES["de"].evidence(words), _LOCALES["en"].evidence(words)
    if german == english:
        return Guess(default, certain=False)
    return Guess("de" if german > english else "en", certain=abs(german - english) >= 1)


def likelier_language(text: str) -> Language:
    """Return German or English, whichever a text is likelier to be in, be it as short as "Umsatz +15 %"."""
    guess = guess_language(text)
    if guess.certain:
        return guess.language
    ranked = [code for code, _ in _identifier().rank(text[:_SAMPLE]) if code in LANGUAGES]
    return "de" if ranked[0] == "de" else "en"


def foreign_language(text: str) -> str | None:
    """Return the code of a third language if the text is surely in one, else None."""
    words = [word.lower() for word in _WORD.findall(text)]
    if len(words) < _ENOUGH_WORDS:
        return None
    if max(locale.evidence(words) for locale in _LOCALES.values()) > _FAMILIAR * len(words):
        return None
    code, probability = _identifier().classify(text[:_SAMPLE])
    return str(code) if code not in LANGUAGES and probability >= _CERTAIN else None


@cache
def _identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # noqa: PLC0415 - rarely needed, slow to load

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


def in_spelling_of(sample: str, text: str) -> str:
    """Return `text` spelled as `sample` is: ss instead of ß where the sample writes Swiss German."""
    return text.replace("ß", "ss") if "ß" in text and de.is_swiss(sample) else text
