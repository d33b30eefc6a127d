"""Examples of a pattern, from the cases that test it."""

from collections.abc import Sequence
from typing import Literal, NamedTuple

from coach.catalog import Case, FailurePattern
from coach.critique.ground import fill
from coach.language import Language

_MOST = 6
_UNKNOWN = "…"


class Quoted(NamedTuple):
    """A text in three: before the words that a finding rests on, those words, and after them."""

    before: str
    quote: str
    after: str


def examples(cases: Sequence[Case], language: Language, expect: Literal["flagged", "clean"]) -> list[Case]:
    """Return the first few cases of a language that the pattern applies to, or does not."""
    return [case for case in cases if case.lang == language and case.expect == expect][:_MOST]


def quoted(text: str, quote: str | None) -> Quoted:
    """Return a text taken apart at its quote.

    >>> quoted("Portal live by May", "live")
    Quoted(before='Portal ', quote='live', after=' by May')
    """
    before, found, after = text.partition(quote) if quote else (text, "", "")
    return Quoted(before, found, after)


def example_message(pattern: FailurePattern, cases: Sequence[Case], language: Language) -> str:
    """Return the pattern's first message as it reads for its first flagged example."""
    message = pattern.text[language].messages[0]
    flagged = examples(cases, language, "flagged")
    limits = pattern.detector.parameters
    slots: dict[str, object] = {"limit": limits.get("most", limits.get("least")), "quote": None, "count": None}
    if flagged:
        slots["quote"] = flagged[0].quote or flagged[0].text or flagged[0].objective
        slots["count"] = len(flagged[0].objectives or flagged[0].key_results)
    return fill(message, {name: _UNKNOWN if value is None else value for name, value in slots.items()})
