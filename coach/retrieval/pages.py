"""Which of the shipped pages a query's meaning speaks for: a linear classifier on its vector (`make train-pages`)."""

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coach.language import Language

if TYPE_CHECKING:
    from coach.embedding.port import Vectors

FILE = Path(__file__).parent / "pages.npz"
LOWEST = -10.0
UNKNOWN = -5.0


class PageHead:
    """How likely each page is, given the vector of a query; of pages that it does not know it says nothing."""

    def __init__(self, embedder: str, file: Path = FILE) -> None:
        self._embedder = embedder
        self._file = file

    @cached_property
    def _content(self) -> "dict[str, Any] | None":
        import numpy as np  # noqa: PLC0415 - heavy

        if not self._file.is_file():
            return None
        with np.load(self._file, allow_pickle=False) as stored:
            if str(stored["embedder"]) != self._embedder:
                return None
            return {name: stored[name] for name in stored.files}

    def places(self, pages: Sequence[str]) -> Any:
        """Return where each page stands among the head's own, -1 where it does not."""
        import numpy as np  # noqa: PLC0415 - heavy

        known = {} if self._content is None else {str(page): at for at, page in enumerate(self._content["pages"])}
        return np.array([known.get(page, -1) for page in pages], dtype=np.intp)

    def scores(self, vector: "Vectors", language: Language, places: Any) -> Any:
        """Return the logarithm of each page's probability between LOWEST and 0; UNKNOWN for those it does not know."""
        import numpy as np  # noqa: PLC0415 - heavy

        found = np.full(len(places), UNKNOWN)
        if self._content is None:
            return found
        moved = vector - self._content[f"mean {language}"]
        moved = moved / max(float(np.linalg.norm(moved)), 1e-9)
        scores = self._content["weight"].astype(np.float32) @ moved + self._content["bias"]
        scores = scores - scores.max()
        scores = scores - np.log(np.exp(scores).sum())
        known = places >= 0
        found[known] = np.maximum(scores[places[known]], LOWEST)
        return found
