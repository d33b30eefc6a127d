"""The port behind which every embedding model stands."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]


class Embedder(Protocol):
    """Turns texts into unit vectors; `name` identifies the model, so that indexes know when to rebuild."""

    name: str

    def embed_queries(self, texts: Sequence[str]) -> "Vectors":
        """Return one row (float32, length 1) per short text."""

    def embed_passages(self, texts: Sequence[str]) -> "Vectors":
        """Return one row (float32, length 1) per passage to be found."""
