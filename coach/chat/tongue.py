"""Tongue: which language a message is surely written in."""

import re

from coach.language import Language, guess_language, locale_of

_SURELY = 2.5
_ENOUGH_WORDS = 5


def language_of(text: str, default: Language) -> Language:
    """Return the language that a message is surely written in, else the default."""
    guess = guess_language(text, default=default)
    words = [word.lower() for word in re.findall(r"[^\W\d_]+", text)]
    if not guess.certain or len(words) < _ENOUGH_WORDS:
        return default
    lead = locale_of(guess.language).evidence(words) - locale_of(default).evidence(words)
    return guess.language if lead >= _SURELY else default
