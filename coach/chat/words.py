"""What the coach says, and the words by which it tells what was said: one file a language, in `words/`."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from coach.chat.formal import formal
from coach.conversation import Address
from coach.language import Language

_FOLDER = Path(__file__).parent / "words"
_ORDERS = ("accept", "reject", "keep", "undo", "redo", "thanks")
"""Orders that people say twice over, with little words around them: "ja, passt so", "yeah ok fine"."""
_ADDRESS = re.compile(r"\{([^{}|]+)\|([^{}|]+)\}")


class Words(NamedTuple):
    """The texts of one language and address, and its patterns, compiled."""

    language: Language
    texts: Mapping[str, Any]
    patterns: Mapping[str, re.Pattern[str]]
    shares: tuple[tuple[re.Pattern[str], str], ...] = ()
    slips: tuple[tuple[re.Pattern[str], str], ...] = ()
    address: Address = "du"

    def say(self, text: str, /, **values: str) -> str:
        """Return a text by its name (`a.b` for one inside a group), its {slots} filled."""
        node: Any = self.texts
        for part in text.split("."):
            node = node[part]
        return filled(node, values)

    def counted(self, text: str, number: int) -> str:
        """Return a counted thing: one, or many."""
        return filled(self.texts[text]["one" if number == 1 else "other"], {"n": str(number)})

    def questions(self, name: str) -> tuple[str, ...]:
        """Return the questions after a thing, in the order in which they are asked."""
        return tuple(self.texts["questions"][name])

    @property
    def orders(self) -> tuple[str, ...]:
        """The words of orders that are recognised one slip away."""
        return tuple(self.texts["orders"])

    def is_all(self, name: str, text: str) -> bool:
        """Whether the whole text is what a pattern names."""
        return self.patterns[name].fullmatch(text.strip(" \t\n.,;:!?…„“\"'")) is not None

    def share_at(self, text: str) -> Iterator[tuple[int, int, str]]:
        """Yield where a share is said in words ("jeder Dritte", "one in three"), and how it is written in a draft."""
        for said, share in self.shares:
            for match in said.finditer(text):
                yield match.start(), match.end(), match.expand(share)

    def to_them(self, text: str) -> str:
        """Return a text of the catalogue as it is said to these people."""
        return formal(text) if self.language == "de" and self.address == "sie" else text

    def mended(self, text: str) -> str:
        """Return a text with common slips of the keyboard put right."""
        for slip, right in self.slips:
            text = slip.sub(right, text)
        return text

    def has(self, name: str, text: str) -> bool:
        """Whether what a pattern names stands in the text."""
        return self.patterns[name].search(text) is not None


def filled(template: str, values: Mapping[str, str]) -> str:
    """Return a template with its {slots} filled in one pass: what is filled in is never read as a slot."""
    if not values:
        return template
    return re.sub(r"\{(\w+)\}", lambda slot: values.get(slot[1], slot[0]), template)


@cache
def words_in(language: Language, address: Address = "du") -> Words:
    """Return the words of a language; `address`: how German speaks to one person."""
    content = yaml.load((_FOLDER / f"{language}.yaml").read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    content_patterns = content.pop("patterns")
    patterns = {name: re.compile(text, re.IGNORECASE) for name, text in content_patterns.items()}
    beside = content.pop("beside")
    for name in _ORDERS:
        order = content_patterns[name]
        patterns[name] = re.compile(
            rf"(?:(?:{beside})[\s,.!;–-]+)*(?:{order})(?:[\s,.!;–-]+(?:{order}|{beside}))*", re.IGNORECASE
        )
    shares = tuple(
        (re.compile(rf"\b(?:{said})\b", re.IGNORECASE), share) for share, said in content.pop("shares").items()
    )
    slips = tuple((re.compile(slip, re.IGNORECASE), right) for slip, right in content.pop("slips").items())
    formally = language == "de" and address == "sie"
    return Words(language, _addressed(content, formally=formally), patterns, shares, slips, address)


def _addressed(node: Any, *, formally: bool) -> Any:
    if isinstance(node, dict):
        return {name: _addressed(inner, formally=formally) for name, inner in node.items()}
    if isinstance(node, list):
        return [_addressed(inner, formally=formally) for inner in node]
    text = _ADDRESS.sub(lambda pair: pair[2 if formally else 1], node)
    return formal(text) if formally else text
