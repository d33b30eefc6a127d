"""What this package says and how it reads, from one YAML file a language."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from coach.language import Language

_FOLDER = Path(__file__).parent / "texts"


@cache
def texts_in(language: Language) -> Mapping[str, Any]:
    """Return every text (or list of texts) of a language by its key; nested keys are joined by dots."""
    source = (_FOLDER / f"{language}.yaml").read_text(encoding="utf-8")
    return dict(_flat(yaml.load(source, Loader=yaml.CSafeLoader)))


def _flat(node: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in node.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{above}{key}.")
        else:
            yield above + key, value


def say(language: Language, key: str, **values: object) -> str:
    """Return a text with its {slots} filled; what fills them is taken as it is."""
    text: str = texts_in(language)[key]
    for name, value in values.items():
        text = text.replace("{" + name + "}", str(value))
    return text


def listed(language: Language, key: str) -> tuple[str, ...]:
    """Return a list of texts, slots unfilled."""
    return tuple(texts_in(language)[key])


@cache
def reads(language: Language, key: str) -> re.Pattern[str]:
    """Return the expression that recognises something in a language, whatever the case."""
    return re.compile(texts_in(language)[f"read.{key}"], re.IGNORECASE)
