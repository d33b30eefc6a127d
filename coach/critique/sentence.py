"""What a model may say in a sentence of its own: about the text, in its language, leading nowhere else."""

import re
from functools import lru_cache

from coach.critique.sources import Sources
from coach.language import Language, guess_language, locale_of

_LONGEST = 240
_MOST_FOREIGN = 0.4
_RUN = 8
_MARKUP = re.compile(
    r"https?:|www\.|[a-z0-9-]\.(?:com|org|net|io|de|ch|at|eu|dev|app|example)\b|\S@\S|</?\w|&\w+;|\]\(|[`{}\\|]|[*_]{2}|^\s*#|\x1b"
    r"|[\x00-\x08\x0b-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]|javascript:|data:\w+/",
    re.IGNORECASE,
)
_ENDS = re.compile(r"[.!?]\s+(?=[^\W\d_a-zäöü])")


def is_plain(text: str) -> bool:
    """Whether a text holds no link, address, markup, code or character that cannot be seen."""
    return _MARKUP.search(text) is None


def is_one_sentence(text: str) -> bool:
    """Whether a text is a single sentence; abbreviations and what stands in brackets end none."""
    bare = re.sub(r"\([^)]*\)|\[[^\]]*\]|\b\w{1,3}\.(?=\s)|\d+\.", "", text)
    return _ENDS.search(bare) is None and "\n" not in text.strip()


def fault_of(text: str, language: Language, sources: Sources, *, prompt: str = "") -> str | None:
    """Return what keeps a model's sentence from being shown, in a few words for the model, or None.

    `prompt`: what it was told; a run of eight words from it is no sentence of its own.
    """
    locale = locale_of(language)
    person = locale.persons.search(text)
    faults = {
        "is empty": not text.strip(),
        f"is longer than {_LONGEST} characters": len(text) > _LONGEST,
        "is more than one sentence": not is_one_sentence(text),
        "has a link, markup or code": not is_plain(text),
        "speaks about persons": person is not None and not sources.said(person[0]),
        "gives orders": sources.gives_orders(text),
        "is in another language": guess_language(text, default=language).language != language,
        "has numbers that the draft has not": bool(sources.foreign_numbers(text) or sources.foreign_dates(text)),
        "is not about the draft": sources.foreign_share(text) > _MOST_FOREIGN,
        "repeats the instructions": _repeats(text, prompt),
    }
    return next((fault for fault, holds in faults.items() if holds), None)


def _repeats(text: str, prompt: str) -> bool:
    words = re.findall(r"\w+", text.casefold())
    return any(" ".join(words[at : at + _RUN]) in _told(prompt) for at in range(len(words) - _RUN + 1))


@lru_cache(maxsize=8)
def _told(prompt: str) -> str:
    return " ".join(re.findall(r"\w+", prompt.casefold()))
