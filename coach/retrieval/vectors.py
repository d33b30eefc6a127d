"""The vector index: an embedded Chroma store, derived from the passages and synchronised by content hash.

Chroma keeps the vectors; they are searched as one matrix in memory, which is exact and quicker than its graph
up to tens of thousands of rows (`python -m evals.bench search`).
"""

import hashlib
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from coach.embedding import Embedder

if TYPE_CHECKING:
    from chromadb.api.models.Collection import Collection

    from coach.embedding.port import Vectors

_BATCH = 64
_PAGE = 2_000
_TOLERANCE = 1e-3
_NEVER = 1e9


class Entry(NamedTuple):
    """A text under an id."""

    id: str
    text: str


class Synchronised(NamedTuple):
    """What a synchronisation changed: entries embedded, dropped, left alone, and found damaged before."""

    added: int = 0
    removed: int = 0
    kept: int = 0
    damaged: int = 0

    def plus(self, other: "Synchronised") -> "Synchronised":
        """Return the sum of both, field by field."""
        return Synchronised(*(mine + theirs for mine, theirs in zip(self, other, strict=True)))


class VectorIndex:
    """One collection of unit vectors, each with the digest of its text and a checksum of itself."""

    def __init__(self, collection: "Collection", embedder: Embedder) -> None:
        self._collection = collection
        self._embedder = embedder

    def synchronise(self, entries: Sequence[Entry], *, verify: bool = False) -> Synchronised:
        """Embed what is new or changed, drop what is gone; with `verify`, embed anew what is damaged too."""
        stored = self._collection.get(include=["metadatas"])
        known = {
            identifier: str((metadata or {}).get("digest", ""))
            for identifier, metadata in zip(stored["ids"], stored["metadatas"] or [], strict=True)
        }
        damaged = self._damaged() if verify else set()
        wanted = {entry.id: digest_of(entry.text) for entry in entries}
        gone = [identifier for identifier in known if identifier not in wanted]
        new = [entry for entry in entries if known.get(entry.id) != wanted[entry.id] or entry.id in damaged]
        for start in range(0, len(gone), _BATCH):
            self._collection.delete(ids=gone[start : start + _BATCH])
        for start in range(0, len(new), _BATCH):
            batch = new[start : start + _BATCH]
            vectors = self._embedder.embed_passages([entry.text for entry in batch])
            self._collection.upsert(
                ids=[entry.id for entry in batch],
                embeddings=vectors,
                metadatas=[
                    {"digest": wanted[entry.id], "check": _checksum(vector)}
                    for entry, vector in zip(batch, vectors, strict=True)
                ],
            )
        return Synchronised(len(new), len(gone), len(wanted) - len(new), len(damaged & wanted.keys()))

    def readable(self) -> None:
        """Read everything once, so that a corrupt file is noticed."""
        self._rows()

    def _damaged(self) -> set[str]:
        """Return the ids whose vector is not the one that was stored."""
        return {
            identifier
            for identifier, vector, metadata in self._rows()
            if abs((metadata or {}).get("check", _NEVER) - _checksum(vector)) > _TOLERANCE
        }

    def _rows(self) -> "list[tuple[str, Any, Any]]":
        rows: list[tuple[str, Any, Any]] = []
        for start in range(0, self._collection.count(), _PAGE):
            page = self._collection.get(limit=_PAGE, offset=start, include=["embeddings", "metadatas"])
            vectors: Any = page["embeddings"]
            rows += zip(page["ids"], vectors, page["metadatas"] or [], strict=True)
        return rows

    def vectors(self, ids: Sequence[str]) -> "Vectors | None":
        """Return one row per id, or None while any is missing."""
        import numpy as np  # noqa: PLC0415 - heavy

        place = {identifier: index for index, identifier in enumerate(ids)}
        found = [(place[identifier], vector) for identifier, vector, _ in self._rows() if identifier in place]
        if len(found) < len(place) or not found:
            return None
        matrix = np.zeros((len(ids), len(found[0][1])), dtype=np.float32)
        for index, vector in found:
            matrix[index] = vector
        return matrix


def digest_of(text: str) -> str:
    """Return the digest by which a changed text is recognised."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _checksum(vector: Any) -> float:
    """Return a number that any other direction changes; the store keeps vectors to the last digits, not exactly."""
    import numpy as np  # noqa: PLC0415 - heavy

    row = np.asarray(vector, dtype=np.float64)
    return float(row @ np.arange(1, len(row) + 1) / np.linalg.norm(row)) if row.any() else _NEVER


class VectorStore:
    """The Chroma folder of one embedding model. A folder that Chroma cannot read is built anew."""

    def __init__(self, folder: Path, embedder: Embedder) -> None:
        self._folder = folder
        self._embedder = embedder
        self._function = _explicit(embedder)
        self._client = self._opened()

    def _opened(self) -> Any:
        import chromadb  # noqa: PLC0415 - heavy
        from chromadb.config import Settings  # noqa: PLC0415

        self._folder.mkdir(parents=True, exist_ok=True)
        return chromadb.PersistentClient(str(self._folder), settings=Settings(anonymized_telemetry=False))

    def open(self, name: str) -> VectorIndex:
        """Return the index of a name, created where there is none."""
        collection = self._client.get_or_create_collection(
            name, embedding_function=self._function, configuration={"hnsw": {"space": "cosine"}}
        )
        return VectorIndex(collection, self._embedder)

    @classmethod
    def sound(cls, folder: Path, embedder: Embedder, names: Sequence[str]) -> "VectorStore":
        """Return a store whose indexes of these names can be read; one that is corrupt is deleted first."""
        try:
            store = cls(folder, embedder)
            for name in names:
                store.open(name).readable()
        except Exception:  # whatever Chroma, SQLite or its Rust core make of a damaged file
            from chromadb.api.shared_system_client import SharedSystemClient  # noqa: PLC0415 - heavy

            SharedSystemClient.clear_system_cache()
            shutil.rmtree(folder, ignore_errors=True)
            store = cls(folder, embedder)
        return store


def _explicit(embedder: Embedder) -> Any:
    """Return our embedder in the shape that Chroma wants, so that it never reaches for one of its own."""
    from chromadb import Documents, EmbeddingFunction, Embeddings  # noqa: PLC0415 - heavy

    class Explicit(EmbeddingFunction[Documents]):
        def __init__(self) -> None: ...

        def __call__(self, input: Documents) -> Embeddings:
            return list(embedder.embed_passages(input))

        @staticmethod
        def name() -> str:
            return "okr-coach"

        def get_config(self) -> dict[str, Any]:
            return {}

        @staticmethod
        def build_from_config(_config: dict[str, Any]) -> "EmbeddingFunction[Documents]":
            return Explicit()

    return Explicit()
