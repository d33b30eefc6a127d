"""The vector index: an embedded Chroma store, derived from the passages and synchronised by content hash."""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from coach.embedding import Embedder

if TYPE_CHECKING:
    from chromadb.api.models.Collection import Collection

_BATCH = 64


class Entry(NamedTuple):
    """A text under an id."""

    id: str
    text: str


class Synchronised(NamedTuple):
    """What a synchronisation changed."""

    added: int
    removed: int
    kept: int


class VectorIndex:
    """One collection of unit vectors; similarity is the cosine, 1 at best."""

    def __init__(self, collection: "Collection", embedder: Embedder) -> None:
        self._collection = collection
        self._embedder = embedder

    def synchronise(self, entries: Sequence[Entry]) -> Synchronised:
        """Embed what is new or changed, drop what is gone, leave the rest."""
        stored = self._collection.get(include=["metadatas"])
        known = {
            identifier: str((metadata or {}).get("digest", ""))
            for identifier, metadata in zip(stored["ids"], stored["metadatas"] or [], strict=True)
        }
        wanted = {entry.id: digest_of(entry.text) for entry in entries}
        gone = [identifier for identifier in known if identifier not in wanted]
        new = [entry for entry in entries if known.get(entry.id) != wanted[entry.id]]
        for start in range(0, len(gone), _BATCH):
            self._collection.delete(ids=gone[start : start + _BATCH])
        for start in range(0, len(new), _BATCH):
            batch = new[start : start + _BATCH]
            self._collection.upsert(
                ids=[entry.id for entry in batch],
                embeddings=self._embedder.embed_passages([entry.text for entry in batch]),
                metadatas=[{"digest": wanted[entry.id]} for entry in batch],
            )
        return Synchronised(len(new), len(gone), len(wanted) - len(new))

    def count(self) -> int:
        """Return how many vectors the collection holds."""
        return self._collection.count()

    def nearest(self, vector: Any, limit: int) -> list[tuple[str, float]]:
        """Return the nearest entries as (id, similarity), best first."""
        size = self._collection.count()
        if not size:
            return []
        found = self._collection.query(query_embeddings=[vector], n_results=min(limit, size), include=["distances"])
        distances = (found["distances"] or [[]])[0]
        return [(identifier, 1.0 - distance) for identifier, distance in zip(found["ids"][0], distances, strict=True)]


def digest_of(text: str) -> str:
    """Return the digest by which a changed text is recognised."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


class VectorStore:
    """The Chroma folder of one embedding model."""

    def __init__(self, folder: Path, embedder: Embedder) -> None:
        import chromadb  # noqa: PLC0415 - heavy
        from chromadb.config import Settings  # noqa: PLC0415

        folder.mkdir(parents=True, exist_ok=True)
        self._embedder = embedder
        self._client = chromadb.PersistentClient(str(folder), settings=Settings(anonymized_telemetry=False))
        self._function = _explicit(embedder)

    def open(self, name: str) -> VectorIndex:
        """Return the index of a name, created where there is none."""
        collection = self._client.get_or_create_collection(
            name, embedding_function=self._function, configuration={"hnsw": {"space": "cosine"}}
        )
        return VectorIndex(collection, self._embedder)


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
