"""From the bytes of a file to a draft; every failure is an InputError that says where."""

import json
from collections.abc import Callable, Mapping
from pathlib import PurePath
from typing import Any

from coach.errors import InputError, Problem, TooLarge
from coach.formats.markdown import parse_markdown
from coach.okr import Draft, parse_draft

MAX_BYTES = 20_000_000
MAX_DEPTH = 50
_SUFFIXES = {"markdown": "md", "txt": "md", "yml": "yaml", "jsonl": "jsonl"}


def read_draft(content: bytes, kind: str) -> Draft:
    """Return the draft in a file of a kind (`md`, `yaml`, `json`, `csv`, `xlsx`, `docx`)."""
    if len(content) > MAX_BYTES:
        raise TooLarge([Problem("", f"the input is over {MAX_BYTES} bytes", "too-large")])
    return parse_draft(FORMATS[kind](content))


def format_of(name: str, content: bytes) -> str:
    """Return the format that a file's name says, or for nameless input what it looks like."""
    return format_by_name(name) or ("json" if content.lstrip()[:1] in {b"{", b"["} else "md")


def format_by_name(name: str) -> str | None:
    """Return the format that a file's name says, None where it says none."""
    suffix = PurePath(name).suffix.lower().lstrip(".")
    return _SUFFIXES.get(suffix, suffix if suffix in FORMATS else None)


def decode(content: bytes) -> str:
    """Return UTF-8 text (with or without a byte order mark), or say at which byte it is none."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        detail = f"is not UTF-8: byte {error.start} (0x{content[error.start]:02x}) fits no character"
        raise InputError([Problem("", detail, "invalid-utf8")]) from error


def parse_json(content: bytes) -> Any:
    """Return parsed JSON, or say at which line and column it is none."""
    try:
        return json.loads(decode(content))
    except json.JSONDecodeError as error:
        detail = f"is not JSON: {error.msg} at line {error.lineno}, column {error.colno}"
        raise InputError([Problem("", detail, "invalid-json")]) from error
    except RecursionError as error:
        raise InputError([Problem("", "is nested too deeply", "invalid-json")]) from error
    except ValueError as error:  # a number of thousands of digits
        raise InputError([Problem("", f"is not JSON: {error}", "invalid-json")]) from error


def parse_yaml(content: bytes) -> Any:
    """Return parsed YAML, or say where it is none."""
    import yaml  # noqa: PLC0415 - only for this format

    text = decode(content)
    try:
        depth = 0
        for event in yaml.parse(text, Loader=yaml.CSafeLoader):
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > MAX_DEPTH:  # the loader would run out of stack and take the process with it
                raise InputError([Problem("", "is nested too deeply", "invalid-yaml")])
            if isinstance(event, yaml.ScalarEvent) and event.value == "<<" and event.implicit[0]:
                raise InputError([Problem("", "merges mappings (<<), which can grow without bound", "invalid-yaml")])
        return yaml.load(text, Loader=yaml.CSafeLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f" at line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        raise InputError([Problem("", f"is not YAML{where}", "invalid-yaml")]) from error
    except (
        ArithmeticError,
        AttributeError,
        LookupError,
        ValueError,
    ) as error:  # from PyYAML's constructors
        raise InputError([Problem("", "holds a date, number or tag that cannot be read", "invalid-yaml")]) from error


def _markdown(content: bytes) -> Any:
    return parse_markdown(decode(content))


def _csv(content: bytes) -> Any:
    from coach.formats.tables import parse_csv  # noqa: PLC0415 - only for this format

    return parse_csv(decode(content))


def _xlsx(content: bytes) -> Any:
    from coach.formats.tables import parse_xlsx  # noqa: PLC0415 - only for this format

    return parse_xlsx(content)


def _docx(content: bytes) -> Any:
    from coach.formats.documents import parse_docx  # noqa: PLC0415 - only for this format

    return parse_docx(content)


FORMATS: Mapping[str, Callable[[bytes], Any]] = {
    "md": _markdown,
    "yaml": parse_yaml,
    "json": parse_json,
    "csv": _csv,
    "xlsx": _xlsx,
    "docx": _docx,
}
