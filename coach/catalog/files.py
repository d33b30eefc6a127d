"""Reading YAML and Markdown with front matter so that every fault knows its file and line."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from coach.errors import Fault

Record = TypeVar("Record", bound=BaseModel)

_FRONT_MATTER = re.compile(r"\A---\n(.*?\n)---\n", re.DOTALL)
_HEADING = re.compile(r"^##\s+(.+?)\s*$", re.MULTILINE)
_BULLET = re.compile(r"^[-*]\s+(.+?)\s*$", re.MULTILINE)


class Faults(list[Fault]):
    """The faults found so far; reading goes on after each."""

    def __init__(self, root: Path) -> None:
        super().__init__()
        self._root = root

    def add(self, path: Path, line: int, detail: str) -> None:
        """Note a fault; the file is named relative to the knowledge folder's parent."""
        base = self._root.parent
        self.append(Fault(str(path.relative_to(base) if path.is_relative_to(base) else path), line, detail))


def read_text(path: Path, faults: Faults) -> str | None:
    """Return a file's text, or note why it cannot be read."""
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        faults.add(path, 1, "is missing")
    except (OSError, UnicodeDecodeError) as error:
        faults.add(path, 1, f"cannot be read: {error}")
    return None


def parse_yaml(text: str, path: Path, faults: Faults, *, first_line: int = 1) -> Any | None:
    """Return parsed YAML, or note the line of the fault; a file that says nothing is one too."""
    import yaml  # noqa: PLC0415 - a compiled catalogue needs none

    try:
        value = yaml.load(text, Loader=yaml.CSafeLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or str(error)
        faults.add(path, first_line + (mark.line if mark else 0), f"is not YAML: {problem}")
        return None
    except (
        ArithmeticError,
        AttributeError,
        LookupError,
        ValueError,
    ) as error:  # from PyYAML's constructors
        faults.add(path, first_line, f"holds a date, number or tag that cannot be read: {error}")
        return None
    if value is None:
        faults.add(path, first_line, "is empty")
    return value


def validate(
    model: type[Record], value: Any, source: str, path: Path, faults: Faults, *, first_line: int = 1
) -> Record | None:
    """Return the record in a parsed value, or note each fault at its line in `source`."""
    try:
        return model.model_validate(value)
    except ValidationError as error:
        for fault in error.errors(include_url=False, include_input=False):
            location = tuple(fault["loc"])
            where = ".".join(map(str, location))
            detail = fault["msg"].removeprefix("Value error, ")
            faults.add(path, first_line + _line_of(source, location), f"{where}: {detail}" if where else detail)
        return None


def _line_of(source: str, location: Sequence[str | int]) -> int:
    """Return the line (from 0) on which the value at a location stands, or its nearest parent."""
    import yaml  # noqa: PLC0415 - a compiled catalogue needs none

    node = yaml.compose(source, Loader=yaml.CSafeLoader)
    line = node.start_mark.line if node else 0
    for part in location:
        following = None
        if isinstance(node, yaml.MappingNode):
            following = next(((key, child) for key, child in node.value if key.value == str(part)), None)
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            following = (node.value[part], node.value[part])
        if following is None:
            break
        line, node = following[0].start_mark.line, following[1]
    return int(line)


class Markdown(BaseModel):
    """A Markdown file taken apart: front matter, and sections with the line each starts on."""

    front: dict[str, Any]
    front_source: str
    sections: list[tuple[str, str, int]]


def read_markdown(path: Path, faults: Faults) -> Markdown | None:
    """Return front matter and `##` sections of a file, or note what is wrong."""
    text = read_text(path, faults)
    if text is None:
        return None
    text = text.replace("\r\n", "\n")
    matter = _FRONT_MATTER.match(text)
    if matter is None:
        faults.add(path, 1, "has no front matter between two lines of ---")
        return None
    front = parse_yaml(matter[1], path, faults, first_line=2)
    if front is None:
        return None
    if not isinstance(front, dict):
        faults.add(path, 2, "the front matter is no mapping")
        return None
    headings = list(_HEADING.finditer(text, matter.end()))
    ends = [heading.start() for heading in headings[1:]] + [len(text)]
    sections = [
        (heading[1], text[heading.end() : end].strip(), text.count("\n", 0, heading.start()) + 1)
        for heading, end in zip(headings, ends, strict=False)  # without headings there is an end all the same
    ]
    return Markdown(front=front, front_source=matter[1], sections=sections)


def bullets(text: str) -> tuple[str, ...]:
    """Return the items of a Markdown bullet list."""
    return tuple(match[1] for match in _BULLET.finditer(text))
