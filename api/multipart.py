"""What a form with files sends (`multipart/form-data`, RFC 7578), taken apart."""

import re
from collections.abc import Iterable
from typing import NamedTuple

from coach.errors import InputError, Problem

MOST_PARTS = 200
_BOUNDARY = re.compile(r';\s*boundary=(?:"([^"]+)"|([^\s;"]+))', re.IGNORECASE)
_DISPOSITION = re.compile(rb"^content-disposition:\s*form-data(.*)$", re.IGNORECASE | re.MULTILINE)
_PARAMETER = re.compile(rb';\s*(name|filename)=(?:"((?:[^"\\]|\\.)*)"|([^\s;"]+))', re.IGNORECASE)


class Part(NamedTuple):
    """A field of a form; `file` is the name of the file that it holds, None where it is no file."""

    name: str
    file: str | None
    content: bytes


def is_multipart(content_type: str) -> bool:
    """Whether a body of this type holds parts."""
    return content_type.lower().startswith("multipart/form-data")


def parts_of(content_type: str, body: bytes) -> list[Part]:
    """Return the parts of a body in order; raise InputError where it is not what its type says."""
    boundary = _BOUNDARY.search(content_type)
    if boundary is None:
        raise _unreadable("names no boundary between its parts")
    pieces = (b"\r\n" + body).split(b"\r\n--" + (boundary[1] or boundary[2]).encode("utf-8", "replace"))
    if len(pieces) < 2 or not pieces[-1].startswith(b"--"):
        raise _unreadable("ends before its last part does")
    if len(pieces) > MOST_PARTS + 2:
        raise _unreadable(f"has more than {MOST_PARTS} parts")
    return [_part(piece.removeprefix(b"\r\n")) for piece in pieces[1:-1]]


def files_in(parts: Iterable[Part]) -> list[tuple[str, bytes]]:
    """Return names and contents of the files; a field where none was chosen is left out."""
    return [(part.file or "", part.content) for part in parts if part.file is not None and (part.file or part.content)]


def _part(piece: bytes) -> Part:
    head, _, content = piece.partition(b"\r\n\r\n")
    disposition = _DISPOSITION.search(head.replace(b"\r\n", b"\n"))
    found = _PARAMETER.findall(disposition[1]) if disposition else []
    parameters = {name.lower(): (quoted or bare).decode("utf-8", "replace") for name, quoted, bare in found}
    if b"name" not in parameters:
        raise _unreadable("has a part without a name")
    return Part(parameters[b"name"], parameters.get(b"filename"), content)


def _unreadable(detail: str) -> InputError:
    return InputError([Problem("", detail, "invalid-multipart")])
