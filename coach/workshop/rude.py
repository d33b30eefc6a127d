"""Whether a text holds words that nobody should meet on a wall; such a text waits for a host."""

import re
import unicodedata
from functools import cache
from pathlib import Path

import yaml

_FILE = Path(__file__).with_name("rude.yaml")
_DISGUISES = str.maketrans("013457@$!", "oieastasi")
_WORD = re.compile(r"[^\W_]+")
_SPREAD = re.compile(r"(?<!\w)(?:\w[\s.*_-]){2,}\w(?!\w)")
_REPEATED = re.compile(r"(.)\1{2,}")


def is_rude(text: str) -> bool:
    """Whether one of the listed words stands in a text, disguised or not.

    >>> is_rude("Ihr seid alle 1d1oten"), is_rude("Assistenz für 3 Klassen")
    (True, False)
    """
    plain = _plain(text)
    joined = " ".join("".join(_WORD.findall(found.group())) for found in _SPREAD.finditer(plain))
    found = _WORD.findall(f"{plain} {joined}".translate(_DISGUISES))
    words = {_REPEATED.sub(kept, word) for word in found for kept in (r"\1", r"\1\1")}
    alone, stems = _listed()
    return not words.isdisjoint(alone) or any(stem in word for word in words for stem in stems)


def _plain(text: str) -> str:
    """Return a text in lower case, without accents and without what nobody sees."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c) and unicodedata.category(c) != "Cf")


@cache
def _listed() -> tuple[frozenset[str], tuple[str, ...]]:
    languages = yaml.safe_load(_FILE.read_text(encoding="utf-8")).values()
    return (
        frozenset(word for each in languages for word in each["words"]),
        tuple(stem for each in languages for stem in each["stems"]),
    )
