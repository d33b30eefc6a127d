"""Frames from files: YAML and JSON as the API takes them, Markdown and Word as people write them down."""

import re
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, get_args

import yaml
from pydantic import ValidationError

from coach.errors import InputError, Problem, TooLarge
from coach.formats.documents import lines_of_docx
from coach.formats.reading import MAX_BYTES, decode, parse_json, parse_yaml
from coach.okr import Perspective, Strategy, problems_of

_HEADING = re.compile(r"^(?P<marks>#{1,6})\s+(?P<title>.+?)\s*#*$")
_BULLET = re.compile(r"^(?:[-*•+–]|\d+[.)])\s+(?P<text>.+)$")
_LABEL = re.compile(r"^(?:\*\*|__)?(?P<label>[^:*_]{2,60}?)(?:\*\*|__)?\s*:\s*(?:\*\*|__)?\s*(?P<text>.*)$")
_HEADINGS = Path(__file__).parent / "texts" / "headings.yaml"
_LISTS = frozenset({"trade_offs", "worthy_rivals"})
_DIRECTIONS = frozenset({"hed", "med"})
_TOP = frozenset({"vision", "purpose", "moal"})


def read_strategy(content: bytes, kind: str) -> Strategy:
    """Return the frame in a file of a kind (`md`, `yaml`, `json`, `docx`), or raise InputError with pointers."""
    if len(content) > MAX_BYTES:
        raise TooLarge([Problem("", f"the input is over {MAX_BYTES} bytes", "too-large")])
    if kind not in IMPORTS:
        known = ", ".join(IMPORTS)
        raise InputError([Problem("", f"a frame is read from {known}, not from {kind}", "unknown-format")])
    return parse_strategy(IMPORTS[kind](content))


def parse_strategy(value: object) -> Strategy:
    """Return the frame in parsed JSON or YAML; it may stand under `strategy`."""
    if isinstance(value, dict) and set(value) == {"strategy"}:
        value = value["strategy"]
    try:
        return Strategy.model_validate(value)
    except ValidationError as error:
        raise InputError(problems_of(error, body=value)) from error


def _markdown(content: bytes) -> Any:
    return strategy_in_lines(decode(content).splitlines())


def _docx(content: bytes) -> Any:
    return strategy_in_lines(lines_of_docx(content))


IMPORTS: Mapping[str, Callable[[bytes], Any]] = {
    "md": _markdown,
    "yaml": parse_yaml,
    "json": parse_json,
    "docx": _docx,
}


@cache
def _meanings() -> Mapping[str, str]:
    """Return what headings and labels mean, by their lower-case text."""
    names = yaml.load(_HEADINGS.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return {name.lower(): meaning for meaning, wordings in names.items() for name in wordings}


def _meaning(text: str) -> str | None:
    bare = re.sub(r"[*_#]", "", text)
    bare = re.sub(r"\s*\(.*?\)\s*", " ", bare).strip(" .:–-").lower()
    return _meanings().get(bare)


def perspective_named(text: str) -> Perspective | None:
    """Return the perspective of the scorecard that a text names, however it is called."""
    meaning = _meaning(text)
    return next((each for each in get_args(Perspective) if each == meaning), None)


def strategy_in_lines(lines: list[str]) -> dict[str, Any]:
    """Return the frame in headings, labelled lines and bullets; a heading that means nothing known is a fault."""
    reader = _Lines()
    for number, raw in enumerate(lines, start=1):
        if line := raw.strip():
            reader.take(line, number)
    if not reader.found:
        raise InputError([Problem("", "no part of a strategy frame found in the text", "empty-frame")])
    return reader.found


class _Lines:
    """Reads a frame line by line: `section` is where bare text belongs, `field` the list that bullets go to."""

    def __init__(self) -> None:
        self.found: dict[str, Any] = {}
        self._section: str | None = None
        self._field: str | None = None
        self._perspective: str | None = None

    def take(self, line: str, number: int) -> None:
        """Read one line that is not empty."""
        if heading := _HEADING.match(line):
            self._open(heading["title"], number, first=len(heading["marks"]) == 1 and not self.found)
            return
        bullet = _BULLET.match(line)
        text = bullet["text"] if bullet else line
        label = _LABEL.match(text)
        meaning = _meaning(label["label"]) if label else None
        if meaning and label:
            self._labelled(meaning, label["text"].strip(" *_"))
        else:
            self._plain(text.strip(), bulleted=bool(bullet))

    def _open(self, title: str, number: int, *, first: bool) -> None:
        label = _LABEL.match(title)
        meaning = _meaning(title) or (_meaning(label["label"]) if label else None)
        if meaning is None:
            if first:
                return  # the title of the document
            known = ", ".join(sorted(set(_meanings().values())))
            raise InputError(
                [Problem("", f"line {number}: the heading {title!r} is none of {known}", "unknown-heading")]
            )
        if meaning in _DIRECTIONS or meaning in _TOP or meaning in {"scorecard", "kpis", "cycles"}:
            self._section, self._field, self._perspective = meaning, None, None
        elif meaning in {"finance", "customer", "process", "learning"}:
            self._section, self._field, self._perspective = "scorecard", None, meaning
        else:
            self._field = meaning
        if label and label["text"].strip() and not _meaning(title):
            self._plain(label["text"].strip(), bulleted=False)

    def _labelled(self, meaning: str, text: str) -> None:
        if meaning in {"finance", "customer", "process", "learning"}:
            self._section, self._perspective, self._field = "scorecard", meaning, None
            if text:
                self._goal(text)
        elif meaning == "kpi_list":
            self._kpis(text)
        elif meaning == "goal":
            self._goal(text)
        elif meaning in _TOP:
            self._section, self._field = meaning, None
            self._plain(text, bulleted=False)
        elif meaning in _DIRECTIONS or meaning in {"scorecard", "kpis", "cycles"}:
            self._section, self._field = meaning, None
            if text:
                self._plain(text, bulleted=False)
        else:
            self._field = meaning
            if text:
                self._in_direction(text)

    def _plain(self, text: str, *, bulleted: bool) -> None:
        if not text or self._section is None:
            return
        if self._section in _TOP:
            before = self.found.get(self._section)
            self.found[self._section] = f"{before} {text}" if before else text
        elif self._section in _DIRECTIONS:
            self._in_direction(text)
        elif self._section == "scorecard":
            self._goal(text)
        elif self._section == "kpis":
            self.found.setdefault("kpis", []).extend(_split(text))
        else:
            name, _, focus = text.partition(":")
            self.found.setdefault("cycles", []).append({"name": name.strip(), "focus": focus.strip() or None})

    def _in_direction(self, text: str) -> None:
        section = self._section if self._section in _DIRECTIONS else "med" if self._field == "field" else "hed"
        field = self._field or ("economic_logic" if section == "hed" else "field")
        own = self.found.setdefault(section, {})
        if field in _LISTS:
            own.setdefault(field, []).extend(_split(text, by=";"))
        else:
            own[field] = f"{own[field]} {text}" if field in own else text

    def _goal(self, text: str) -> None:
        goal, separator, kpis = _parted(text)
        entry = {
            "perspective": self._perspective or "customer",
            "goal": goal,
            "kpis": _split(kpis) if separator else [],
        }
        self.found.setdefault("scorecard", []).append(entry)

    def _kpis(self, text: str) -> None:
        if self._section == "scorecard" and self.found.get("scorecard"):
            self.found["scorecard"][-1]["kpis"].extend(_split(text))
        else:
            self.found.setdefault("kpis", []).extend(_split(text))


def _parted(text: str) -> tuple[str, str, str]:
    """Return goal, separator and KPIs of "Goal (KPIs: NPS, churn)"."""
    match = re.match(r"^(?P<goal>.+?)\s*[(\[–—]\s*(?:KPIs?)\s*:\s*(?P<kpis>[^)\]]*)[)\]]?$", text, re.IGNORECASE)
    return (match["goal"].strip(), ":", match["kpis"]) if match else (text, "", "")


def _split(text: str, *, by: str = ";,") -> list[str]:
    return [part.strip(" .") for part in re.split(f"[{by}]", text) if part.strip(" .")]
