"""The words of the pages, from one YAML file a language."""

from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from coach.language import Language

_FOLDER = Path(__file__).parent / "texts"


@cache
def texts_in(language: Language) -> Mapping[str, str]:
    """Return every text of a language by its key; nested keys are joined by dots."""
    source = (_FOLDER / f"{language}.yaml").read_text(encoding="utf-8")
    return dict(_flat(yaml.load(source, Loader=yaml.CSafeLoader)))


def _flat(node: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, str]]:
    for key, value in node.items():
        if isinstance(value, str):
            yield above + key, value
        else:
            yield from _flat(value, f"{above}{key}.")


def say(language: Language, key: str, **values: object) -> str:
    """Return a text with its {slots} filled."""
    return texts_in(language)[key].format(**values)


def name_of(language: Language, group: str, slug: str) -> str:
    """Return the name of a thing; what coaches added without a name here is called by its slug."""
    return texts_in(language).get(f"{group}.{slug}") or slug.replace("-", " ").replace("_", " ").capitalize()


def day_in(moment: date, language: Language) -> str:
    """Return a day as it is written in a language."""
    return say(language, "day", year=moment.year, month=moment.month, day=moment.day)


def enumerate_names(language: Language, names: list[str]) -> str:
    """Return names as a sentence lists them: “A, B and C”."""
    if len(names) < 2:
        return "".join(names)
    return say(language, "and", first=", ".join(names[:-1]), last=names[-1])
