"""What people are told when a model does not deliver: in the language of the draft, with the code to look up."""

from functools import cache
from pathlib import Path
from typing import Literal

import yaml

from coach.errors import ModelError, ModelOutputInvalid
from coach.language import Language
from coach.okr import Strict

Room = Literal["judge", "rewrite", "chat", "alignment", "bridge"]

_TEXTS = Path(__file__).parent / "texts"
_REASONS = {
    "http-429": "busy",
    "timeout": "late",
    "connect-timeout": "late",
    "deadline": "late",
    "http-408": "late",
    "http-504": "late",
    "stall": "broken",
    "error-event": "broken",
    "refusal": "refused",
    "budget-spent": "spent",
    "not-in-shape": "unusable",
    "failed-checks": "unusable",
    "malformed": "unusable",
    "empty": "unusable",
    "endless": "unusable",
    "unfinished": "broken",
    "reset": "broken",
}


class Words(Strict):
    """Reasons and consequences in one language."""

    reasons: dict[str, str]
    instead: dict[Room, str]


def said(error: ModelError | None, room: Room, language: Language) -> str:
    """Return why there is nothing from the model (None: none is set up), and what happens instead."""
    words = words_in(language)
    if error is None:
        return f"{words.reasons['missing']} {words.instead[room]}"
    return f"{words.reasons[reason_of(error)]} {words.instead[room]} ({error.code})"


def reason_of(error: ModelError) -> str:
    """Return the name of the reason that people are told."""
    if isinstance(error, ModelOutputInvalid):
        return _REASONS.get(error.code, "unusable")
    fallback = "rejected" if error.code.startswith("http-4") else "unreachable"
    return _REASONS.get(error.code, fallback)


@cache
def words_in(language: Language) -> Words:
    """Return the words of a language."""
    text = (_TEXTS / f"{language}.yaml").read_text(encoding="utf-8")
    return Words.model_validate(yaml.load(text, Loader=yaml.CSafeLoader))
