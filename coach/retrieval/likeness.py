"""How like each of many vectors is to a query's."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from coach.embedding.port import Vectors

_MANY = 8_192
_AXES = 96
_NEAREST = 512


class Rows:
    """Unit vectors, one a text.

    Of more than _MANY, each is judged by its first _AXES principal axes, a quarter of what would have to be read, and
    only the _NEAREST by that are read in full: what stands far off is known less exactly, and decides nothing.
    """

    def __init__(self, rows: "Vectors") -> None:
        import numpy as np  # noqa: PLC0415 - heavy

        self._rows = rows
        self._axes: Any = None
        self._short: Any = None
        if len(rows) > _MANY:
            self._axes = np.linalg.eigh(rows.T @ rows)[1][:, -_AXES:].astype(np.float32)
            self._short = np.ascontiguousarray(rows @ self._axes)

    def __len__(self) -> int:
        return len(self._rows)

    def like(self, vector: "Vectors") -> "Vectors":
        """Return one cosine per row (float32)."""
        import numpy as np  # noqa: PLC0415 - heavy

        if self._short is None:
            return np.asarray(self._rows @ vector)
        found = np.asarray(self._short @ (vector @ self._axes))
        near = np.argpartition(found, -_NEAREST)[-_NEAREST:]
        found[near] = self._rows[near] @ vector
        return found
