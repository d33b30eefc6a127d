"""A text made plain for matching, with the way back to the text as sent.

Soft hyphens and zero-width characters go, combining marks are composed, every kind of blank becomes a
blank; `raw_span` maps any stretch of the plain text to code points of the original.
"""

import re
import unicodedata
from dataclasses import dataclass

_PLAIN = re.compile(r"[\x20-\x7e\u00a1-\u00ac\u00ae-\u02ff–—‘’“”„‚…€→·]*")
_INVISIBLE = re.compile(r"[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]")
_BLANKS = re.compile(r"[\x00-\x1f\x7f-\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]")


@dataclass(frozen=True, slots=True)
class Normal:
    """Plain text with, per character, where it starts and ends in the raw text."""

    raw: str
    text: str
    _starts: tuple[int, ...] | None = None
    _ends: tuple[int, ...] | None = None

    def raw_span(self, start: int, end: int) -> tuple[int, int]:
        """Return the stretch of the raw text that `text[start:end]` stands for."""
        if self._starts is None or self._ends is None or start >= end:
            return start, end
        return self._starts[start], self._ends[end - 1]


def normalise(raw: str) -> Normal:
    """Return the plain reading of a text."""
    if _PLAIN.fullmatch(raw):
        return Normal(raw, raw)
    letters: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    position = 0
    while position < len(raw):
        cluster_end = position + 1
        while cluster_end < len(raw) and unicodedata.combining(raw[cluster_end]):
            cluster_end += 1
        for letter in unicodedata.normalize("NFC", raw[position:cluster_end]):
            if _BLANKS.match(letter):
                letter = " "  # noqa: PLW2901 - every blank reads as a blank
            elif _INVISIBLE.match(letter):
                continue
            letters.append(letter)
            starts.append(position)
            ends.append(cluster_end)
        position = cluster_end
    return Normal(raw, "".join(letters), tuple(starts), tuple(ends))
