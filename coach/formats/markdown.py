"""Drafts in Markdown or plain text, as people paste them."""

import re
from typing import Any

from coach.errors import InputError, Problem

_HEADING = re.compile(r"^#{1,6}\s+(.+)$")
_LABELLED = re.compile(
    r"^(?:\*\*)?(?:O|Objective|Ziel)\s?\d*\s?(?:\*\*)?[:.)]\s*(?:\*\*)?\s*(.+?)(?:\*\*)?$", re.IGNORECASE
)
_KEY_RESULT = re.compile(
    r"^(?:[-*•+–]\s+|\d+[.)]\s+)?(?:\[[ xX]\]\s+)?(?:\*\*)?(?:KR|Key Result|Schlüsselergebnis)\s?\d*(?:\.\d+)?\s?(?:\*\*)?[:.)]\s*(?:\*\*)?\s*(.+)$",
    re.IGNORECASE,
)
_BULLET = re.compile(r"^(?:[-*•+–]|\d+[.)])\s+(?:\[[ xX]\]\s+)?(.+)$")
_SECTION = re.compile(
    r"^(?:key results?|schlüsselergebnisse|objectives?|ziele?|okrs?(?:\s.*)?)\s*:?\s*$", re.IGNORECASE
)
_EMPHASIS = re.compile(r"^(\*\*|__|\*|_)(.+)\1$")


def parse_markdown(text: str) -> dict[str, Any]:
    """Return the draft in a text: headings, "O:" lines or first lines are objectives, bullets and "KR:" lines key results.

    >>> parse_markdown("O: Callers are helped\\n- KR1: 80% say so")["objectives"]
    [{'objective': 'Callers are helped', 'key_results': ['80% say so']}]
    """
    objectives: list[dict[str, Any]] = []
    plain_starts_objective = True
    for raw in text.splitlines():
        line = raw.strip()
        if not line:
            plain_starts_objective = True
            continue
        heading = _HEADING.match(line)
        line = _title(heading[1]) if heading else line
        if _SECTION.match(line):
            continue
        key_result = _KEY_RESULT.match(line) or (None if heading else _BULLET.match(line))
        labelled = _LABELLED.match(line)
        if labelled or (heading and not key_result):
            _open(objectives, labelled[1] if labelled else line)
        elif key_result:
            _add(objectives, key_result[1])
        elif plain_starts_objective and (not objectives or objectives[-1]["key_results"]):
            _open(objectives, line)
        else:
            _add(objectives, line)
        plain_starts_objective = False
    if not objectives:
        raise InputError([Problem("/objectives", "no objective found in the text", "empty-draft")])
    return {"objectives": objectives}


def _open(objectives: list[dict[str, Any]], text: str) -> None:
    objectives.append({"objective": _plain(text), "key_results": []})


def _add(objectives: list[dict[str, Any]], text: str) -> None:
    if not objectives:
        raise InputError(
            [Problem("/objectives", f"a key result stands before any objective: {text[:60]!r}", "no-objective")]
        )
    objectives[-1]["key_results"].append(_plain(text))


def _title(text: str) -> str:
    """Return a heading without the closing marks that Markdown allows: `# Title #`."""
    bare = text.rstrip("#")
    return bare.rstrip() if bare != text and bare[-1:].isspace() else text


def _plain(text: str) -> str:
    text = text.strip()
    emphasised = _EMPHASIS.match(text)
    return emphasised[2].strip() if emphasised else text
