"""Letters: what stands around a draft in a mail that was pasted with it."""

import re
from collections.abc import Sequence

_HEADER = re.compile(
    r"^\W*(?:Von|An|Cc|Bcc|Betreff|Gesendet|Datum|From|To|Subject|Sent|Date|Reply-To|Antwort an)\W*:\W*\s\S.*$",
    re.IGNORECASE,
)
_WROTE = re.compile(r"^\s*(?:Am|On)\s.{4,120}\s?(?:schrieb|wrote)\b.{0,80}:?\s*$", re.IGNORECASE)
_GREETING = re.compile(
    r"^\s*(?:Hallo|Hi|Hey|Hello|Dear|Liebe[rs]?|Sehr geehrte[rs]?|Moin|Servus|Guten (?:Tag|Morgen|Abend)|"
    r"Good (?:morning|afternoon))\b[^.:?\d]{0,40}[,!]?\s*$",
    re.IGNORECASE,
)
_CLOSING = re.compile(
    r"^\s*(?:(?:viele|liebe|beste|herzliche|schöne|mit (?:freundlichen|besten)|best|kind|many|warm|all the)\s+)?"
    r"(?:grüße?n?|grüsse?n?|gruß|gruss|lg|vg|mfg|regards|wishes|best|cheers|thanks|thank you|danke)"
    r"(?:\s+(?:aus|from|und|and)\s.{0,30}|,?\s+[^\W\d_][\w.'-]{1,20}){0,2}\s*[,.!]?\s*$",
    re.IGNORECASE,
)
_NAME = re.compile(r"^\s*[-–—]{0,2}\s*[A-ZÄÖÜ][\w.'-]+(?:\s+[A-ZÄÖÜ][\w.'-]+){0,2}\s*$")


def without_letter(lines: Sequence[str]) -> list[str]:
    """Return lines without the headers, the greeting and the closing of a mail; a text of one line stays as it is."""
    if sum(bool(line.strip()) for line in lines) < 3:
        return list(lines)
    kept: list[str] = []
    closing = False
    for line in lines:
        if closing and (not line.strip() or _NAME.match(line)):
            continue
        closing = _CLOSING.match(line) is not None
        if not (closing or _HEADER.match(line) or _WROTE.match(line) or _GREETING.match(line)):
            kept.append(line)
    return kept
