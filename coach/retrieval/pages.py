"""Which of the shipped pages a query's meaning speaks for (`make train-pages`): a linear classifier on two vectors.

The tuned encoder reads drafts best, the second model knows more ways to say the same: together they are better than
either alone (`docs/design/search-pages.md`).
"""

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coach.embedding import BridgeEmbedder
from coach.language import Language

if TYPE_CHECKING:
    from coach.embedding.port import Vectors

FILE = Path(__file__).parent / "pages.npz"
LOWEST = -10.0
UNKNOWN = -5.0
BRIDGED = 0.5


class PageHead:
    """How likely each page is, given a query; of pages that it does not know it says nothing."""

    def __init__(self, embedder: str, file: Path = FILE) -> None:
        self._embedder = embedder
        self._file = file
        self._bridge = BridgeEmbedder()

    @cached_property
    def _content(self) -> "dict[str, Any] | None":
        import numpy as np  # noqa: PLC0415 - heavy

        if not self._file.is_file():
            return None
        with np.load(self._file, allow_pickle=False) as stored:
            if str(stored["embedder"]) != self._embedder:
                return None
            return {name: stored[name] for name in stored.files}

    def open(self) -> None:
        """Load what the first query would wait for."""
        if self._content is not None:
            self._bridge.embed_queries([""])

    def places(self, pages: Sequence[str]) -> Any:
        """Return where each page stands among the head's own, -1 where it does not."""
        import numpy as np  # noqa: PLC0415 - heavy

        known = {} if self._content is None else {str(page): at for at, page in enumerate(self._content["pages"])}
        return np.array([known.get(page, -1) for page in pages], dtype=np.intp)

    def scores(self, query: str, vector: "Vectors", language: Language, places: Any) -> Any:
        """Return the logarithm of each page's probability between LOWEST and 0; UNKNOWN for those it does not know.

        `vector` is the tuned encoder's of the query.
        """
        import numpy as np  # noqa: PLC0415 - heavy

        found = np.full(len(places), UNKNOWN)
        if self._content is None:
            return found
        second = self._bridge.embed_queries([query])[0]
        means = self._content[f"mean {language}"], self._content[f"bridge mean {language}"]
        scores = self._content["weight"].astype(np.float32) @ joined(vector, second, *means) + self._content["bias"]
        scores = scores - scores.max()
        scores = scores - np.log(np.exp(scores).sum())
        known = places >= 0
        found[known] = np.maximum(scores[places[known]], LOWEST)
        return found


def joined(tuned: "Vectors", bridge: "Vectors", tuned_mean: "Vectors", bridge_mean: "Vectors") -> "Vectors":
    """Return one row per text of both models' centred unit vectors side by side, the bridge's at BRIDGED its length."""
    import numpy as np  # noqa: PLC0415 - heavy

    parts = [(tuned - tuned_mean, 1.0), (bridge - bridge_mean, BRIDGED)]
    return np.concatenate(
        [share * part / np.maximum(np.linalg.norm(part, axis=-1, keepdims=True), 1e-9) for part, share in parts],
        axis=-1,
    )
