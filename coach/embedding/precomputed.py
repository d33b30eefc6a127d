"""Vectors of the knowledge base, computed once and shipped, so that a fresh installation can search at once.

The file holds, per text digest, the unit vector in 8 bits; what it does not know is embedded as usual.
"""

import hashlib
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile

from coach.embedding.port import Embedder

if TYPE_CHECKING:
    from coach.embedding.port import Vectors

_SCALE = 127.0


class PrecomputedEmbedder:
    """An embedder that looks passages up before it computes them."""

    def __init__(self, embedder: Embedder, file: Path) -> None:
        self.name = embedder.name
        self._embedder = embedder
        self._file = file

    def embed_queries(self, texts: Sequence[str]) -> "Vectors":
        """Return one unit row per text; queries are never looked up."""
        return self._embedder.embed_queries(texts)

    def embed_passages(self, texts: Sequence[str]) -> "Vectors":
        """Return one unit row per text."""
        import numpy as np  # noqa: PLC0415 - heavy

        if not texts:
            return self._embedder.embed_passages(texts)
        places, rows = self._table
        known = [places.get(_digest(text)) for text in texts]
        new = [text for text, place in zip(texts, known, strict=True) if place is None]
        computed = iter(self._embedder.embed_passages(new)) if new else iter(())
        found = [next(computed) if place is None else rows[place] / _SCALE for place in known]
        vectors = np.asarray(found, dtype=np.float32).reshape(len(found), -1)
        return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), dtype=np.float32)

    @cached_property
    def _table(self) -> tuple[dict[bytes, int], Any]:
        import numpy as np  # noqa: PLC0415 - heavy

        try:
            with np.load(self._file, allow_pickle=False) as stored:
                if str(stored["model"]) != self.name:
                    return {}, None
                digests, rows = stored["digests"], stored["rows"]
        except (OSError, ValueError, KeyError, EOFError, BadZipFile):
            return {}, None
        return {digest.tobytes(): index for index, digest in enumerate(digests)}, rows


def missing_in(file: Path, texts: Sequence[str], model: str) -> int:
    """Return how many texts the file has no vector of this model for."""
    import numpy as np  # noqa: PLC0415 - heavy

    if not file.exists():
        return len(set(texts))
    with np.load(file, allow_pickle=False) as stored:
        known = {digest.tobytes() for digest in stored["digests"]} if str(stored["model"]) == model else set()
    return len({text for text in texts if _digest(text) not in known})


def write_vectors(embedder: Embedder, texts: Sequence[str], file: Path) -> None:
    """Compute the vectors of texts and write them."""
    import numpy as np  # noqa: PLC0415 - heavy

    unique = sorted(set(texts))
    rows = np.round(embedder.embed_passages(unique) * _SCALE).astype(np.int8)
    digests = np.frombuffer(b"".join(map(_digest, unique)), dtype=np.uint8).reshape(len(unique), -1)
    np.savez_compressed(file, model=np.array(embedder.name), digests=digests, rows=rows)


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:12]
