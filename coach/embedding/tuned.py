"""The bundled model with its upper layers tuned on drafts, notes and questions about OKR (`make train-encoder`)."""

import hashlib
import os
import tempfile
from collections import OrderedDict
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coach.embedding.bundled import BundledEmbedder, can_embed, model_path
from coach.embedding.model_file import patched

if TYPE_CHECKING:
    from coach.embedding.port import Vectors

_RECENT = 512
LAYERS_FILE = Path(__file__).parent / "layers.npz"


class TunedEmbedder(BundledEmbedder):
    """The tuned model: same size, cost and limits as the bundled one.

    The patched model (72 MB) is written once into `folder` and mapped from there; where that cannot be written, into
    memory.
    """

    def __init__(self, folder: Path | None = None, *, layers: Path = LAYERS_FILE, threads: int = 1) -> None:
        super().__init__(threads=threads)
        self._layers = layers
        self._folder = folder
        self.name = f"okr-e5-small-q4-{digest_of_file(layers)}"
        self._recent: OrderedDict[str, Any] = OrderedDict()

    def _row(self, embed: Any, text: str) -> Any:
        """Return the vector of a text; one text is often asked for several times in a row (kind, patterns, search)."""
        vector = self._recent.pop(text, None)
        if vector is None:
            vector = embed(text)
        self._recent[text] = vector
        if len(self._recent) > _RECENT:
            self._recent.popitem(last=False)
        return vector

    def embed_passages(self, texts: "Any") -> "Vectors":
        """Return one row per text; tuned on texts without saying which are passages, so all are read as queries."""
        return self._rows(self._model().query, texts, self.longest_passage)

    def _file(self) -> str:
        if self._folder is not None and (written := self._written(self._folder)):
            return str(written)
        return _in_memory(self._layers)

    def _written(self, folder: Path) -> Path | None:
        file = folder / f"{self.name}.bin"
        try:
            if file.stat().st_size == model_path().stat().st_size:
                return file
        except OSError:
            pass
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=folder, delete=False) as draft:
                draft.write(_content(self._layers))
            Path(draft.name).replace(file)
            for old in folder.glob("okr-e5-small-q4-*.bin"):
                if old != file:
                    old.unlink(missing_ok=True)
        except OSError:
            return None
        return file


def tuned_embedder(folder: Path | None = None) -> TunedEmbedder | None:
    """Return the tuned model, or None where it cannot run."""
    return TunedEmbedder(folder) if can_embed() else None


@cache
def digest_of_file(path: Path) -> str:
    """Return a short digest of a file's content."""
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]


def _content(layers: Path) -> bytearray:
    import numpy as np  # noqa: PLC0415 - heavy

    with np.load(layers, allow_pickle=False) as stored:
        return patched(model_path(), {name: stored[name].tobytes() for name in stored.files})


@cache
def _in_memory(layers: Path) -> str:
    """Return the path of an unnamed file in memory that holds the patched model; it lives as long as the process."""
    descriptor = os.memfd_create("okr-coach-encoder")
    with open(descriptor, "wb", closefd=False) as file:
        file.write(_content(layers))
    return f"/proc/self/fd/{descriptor}"
