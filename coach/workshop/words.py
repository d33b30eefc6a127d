"""The words of what a workshop leaves behind, in both languages, from words.yaml."""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from coach.language import Language

_FILE = Path(__file__).with_name("words.yaml")


@cache
def _all() -> Mapping[Language, Mapping[str, Any]]:
    read: Mapping[Language, Mapping[str, Any]] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return read


def word(language: Language, key: str, **values: object) -> str:
    """Return a text with its {slots} filled; nested keys are joined by dots.

    >>> word("en", "kinds.kpi"), word("de", "due", text="Anrufen", due="Freitag")
    ('KPI', 'Anrufen (bis Freitag)')
    """
    node: Any = _all()[language]
    for part in key.split("."):
        node = node[part]
    return str(node).format(**values) if values else str(node)


def date_in(language: Language, moment: datetime) -> str:
    """Return a day as it is written in a language.

    >>> date_in("de", datetime(2026, 12, 22)), date_in("en", datetime(2026, 12, 22))
    ('22.12.2026', '2026-12-22')
    """
    return format(moment, word(language, "date"))


def share(language: Language, value: float | None) -> str:
    """Return a share (0 to 1) in whole percent, or that it is not known.

    >>> share("en", 0.5), share("de", None)
    ('50%', 'noch nicht geprüft')
    """
    return word(language, "unknown") if value is None else word(language, "percent", share=round(value * 100))
