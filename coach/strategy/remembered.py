"""An embedder that embeds every text once: alignment asks for links first and for conflicts after."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from coach.embedding import Embedder

if TYPE_CHECKING:
    from coach.embedding.port import Vectors


class Remembered:
    """Wraps an embedder for the length of one alignment."""

    def __init__(self, embedder: Embedder) -> None:
        self.name = embedder.name
        self._embedder = embedder
        self._known: dict[str, Any] = {}

    def embed_queries(self, texts: Sequence[str]) -> "Vectors":
        """Return one row per text; only new ones are embedded."""
        import numpy as np  # noqa: PLC0415 - heavy

        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        if new:
            self._known.update(zip(new, self._embedder.embed_queries(new), strict=True))
        return np.stack([self._known[text] for text in texts])

    def embed_passages(self, texts: Sequence[str]) -> "Vectors":
        """Return one row per text, the same as for queries."""
        return self.embed_queries(texts)
