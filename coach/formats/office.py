"""Office files: zip archives of XML, and parsers that raise some thirty kinds of errors."""

import io
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager

from coach.errors import InputError, Problem, TooLarge

MAX_UNPACKED = 100_000_000


@contextmanager
def unpacked(content: bytes, *, what: str, code: str) -> Iterator[io.BytesIO]:
    """Give an archive, unpacked within a limit, as a file; whatever fails on it is one InputError.

    >>> with unpacked(b"no archive", what="a Word document", code="invalid-docx") as file:
    ...     pass
    Traceback (most recent call last):
    coach.errors.InputError: /: is not a Word document
    """
    try:
        yield _stored(content)
    except InputError:
        raise
    except Exception as error:
        raise InputError([Problem("", f"is not {what}", code)]) from error


def _stored(content: bytes) -> io.BytesIO:
    """Return the archive without compression: what a part claims to unpack to need not be true."""
    parts: dict[str, bytes] = {}
    left = MAX_UNPACKED
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for entry in archive.infolist():
            with archive.open(entry) as part:
                parts[entry.filename] = part.read(left + 1)
            left -= len(parts[entry.filename])
            if left < 0:
                raise TooLarge([Problem("", f"unpacks to more than {MAX_UNPACKED} bytes", "too-large")])
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, part_content in parts.items():
            archive.writestr(name, part_content)
    file.seek(0)
    return file
