"""The bundled model's tokenizer (SentencePiece unigram) in Python, for training only: ids as the engine sees them."""

import struct
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np

_HEADER = 44
_SPACE = "▁"
_UNKNOWN_PENALTY = 10.0


class Tokenizer(NamedTuple):
    """Pieces by their text, their log probabilities, the ids of special tokens, and what code points become."""

    pieces: Mapping[str, int]
    scores: np.ndarray
    begin: int
    end: int
    unknown: int
    normal: Mapping[str, str]
    longest: int

    def ids(self, text: str, most: int) -> list[int]:
        """Return the ids of a text, at most `most` of them, with the marks of beginning and end."""
        normal = "".join(self.normal.get(char, char) for char in text)
        while "  " in normal:
            normal = normal.replace("  ", " ")
        marked = (normal if normal.startswith(" ") else " " + normal).replace(" ", _SPACE)
        content = self._best_path(marked)[: most - 2]
        return [self.begin, *content, self.end]

    def _best_path(self, text: str) -> list[int]:
        """Return the likeliest pieces (Viterbi)."""
        size = len(text)
        best = [0.0] + [-1e30] * size
        back: list[tuple[int, int]] = [(0, 0)] * (size + 1)
        lost = float(self.scores.min()) - _UNKNOWN_PENALTY
        for start in range(size):
            for stop in range(start + 1, min(size, start + self.longest) + 1):
                piece = self.pieces.get(text[start:stop])
                if piece is not None and best[start] + self.scores[piece] > best[stop]:
                    best[stop], back[stop] = best[start] + float(self.scores[piece]), (start, piece)
            if best[start] + lost > best[start + 1]:
                best[start + 1], back[start + 1] = best[start] + lost, (start, self.unknown)
        path = []
        while size > 0:
            size, piece = back[size]
            path.append(piece)
        return path[::-1]


def read_tokenizer(file: Path) -> Tokenizer:
    """Return the tokenizer in a model file."""
    content = file.read_bytes()
    count, begin, end, _, unknown = struct.unpack_from("<5i", content, _HEADER)
    (length,) = struct.unpack_from("<Q", content, _HEADER + 20)
    position = _HEADER + 28
    offsets = np.frombuffer(content, "<u4", count + 1, position)
    position += (count + 1) * 4
    scores = np.frombuffer(content, "<f4", count, position).astype(np.float64)
    position += count * 4
    blob = content[position : position + length]
    texts = [blob[offsets[i] : offsets[i + 1]].decode("utf-8", "replace") for i in range(count)]
    pieces = {text: index for index, text in reversed(list(enumerate(texts))) if text and index != unknown}
    position += length
    normalised, _ = struct.unpack_from("<iI", content, position)
    position += 8
    normal = {}
    for _ in range(normalised):
        code, outputs = struct.unpack_from("<IB", content, position)
        values = struct.unpack_from(f"<{outputs}I", content, position + 5)
        normal[chr(code)] = "".join(map(chr, values))
        position += 5 + outputs * 4
    return Tokenizer(pieces, scores, begin, end, unknown, normal, max(map(len, texts)))
