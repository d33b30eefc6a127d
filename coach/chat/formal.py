"""Formal: what the patterns say to a team as ihr, said as Sie where a talk is set to it."""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import yaml

from coach.conversation import Address
from coach.language import Language
from coach.review import Review

_FILE = Path(__file__).parent / "words" / "sie.yaml"
_SLOT = re.compile(r"\\\{\w+\\\}")
_FILLED = r"(.{1,400}?)"


@cache
def pairs() -> Mapping[str, str]:
    """Return the texts of the patterns that speak to a team, each with what it is as Sie."""
    rows = yaml.load(_FILE.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return {row["du"]: row["sie"] for row in rows}


def addressed(text: str, language: Language, address: Address) -> str:
    """Return what is said, the patterns' texts in it as the talk addresses people."""
    return text if language != "de" or address == "du" else _any().sub(_as_sie, text)


def review_addressed(review: Review, language: Language, address: Address) -> Review:
    """Return a review whose findings are said as the talk addresses people."""
    if language != "de" or address == "du":
        return review
    return Review.model_validate_json(_any().sub(_as_sie, review.model_dump_json()))


@cache
def _forms() -> tuple[tuple[re.Pattern[str], str], ...]:
    """Return how each text looks once its slots are filled, and what it is as Sie."""
    return tuple((re.compile(_SLOT.sub(lambda _: _FILLED, re.escape(du))), sie) for du, sie in pairs().items())


@cache
def _any() -> re.Pattern[str]:
    forms = (form.pattern.replace(_FILLED, f"(?:{_FILLED[1:-1]})") for form, _ in _forms())
    return re.compile("|".join(sorted(forms, key=len, reverse=True)))


def _as_sie(match: re.Match[str]) -> str:
    for form, sie in _forms():
        if (said := form.fullmatch(match[0])) is not None:
            parts = re.split(r"\{\w+\}", sie)
            return "".join(part + value for part, value in zip(parts, (*said.groups(), ""), strict=True))
    return match[0]
