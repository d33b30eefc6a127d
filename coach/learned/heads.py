"""The linear heads on the tuned encoder: kinds, patterns, and what a query is."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from coach.embedding import Embedder
from coach.learned.features import FORMS, SCALE, set_features

if TYPE_CHECKING:
    from coach.embedding.port import Vectors

HEADS_FILE = Path(__file__).parent / "heads.npz"
SETS_FILE = Path(__file__).parent / "sets.npz"
DECISIONS_FILE = Path(__file__).parent / "decisions.json"
_LEVELS = ("objective", "key_result", "set", "process")


class Decision(NamedTuple):
    """How a pattern is decided, as held-out data say (`make calibrate`).

    `rule`: by its detector alone; `either`: where the detector or the encoder sees it; `both`: where both do;
    `encoder`: by the encoder alone. `at`: the probability from which the encoder says yes. `sure`: what the encoder
    alone sees carries the profile's severity; else it is advice until a model confirms it.
    """

    by: Literal["rule", "either", "both", "encoder"]
    at: float
    sure: bool = False


class KindWeights(NamedTuple):
    """How much features and encoder count for the kind, and below which confidence it is left open."""

    features: float
    encoder: float
    threshold: float


class Decisions(NamedTuple):
    """What calibration found."""

    kind: KindWeights
    patterns: Mapping[str, Decision]


class Form(NamedTuple):
    """How likely (0–1) a text is a draft, a question about the method, or about something else."""

    drafts: float
    asked: float
    aside: float


class Learned:
    """What the tuned encoder says. Vectors are its unit vectors, one row a text."""

    def __init__(self, embedder: Embedder, file: Path = HEADS_FILE, sets: Path = SETS_FILE) -> None:
        self._embedder = embedder
        self._file = file
        self._sets = sets

    @cached_property
    def version(self) -> str:
        """A digest of encoder and heads."""
        said = self._embedder.name.encode() + self._file.read_bytes() + self._sets.read_bytes()
        return hashlib.sha256(said).hexdigest()[:12]

    @cached_property
    def _heads(self) -> "dict[str, Any]":
        import numpy as np  # noqa: PLC0415 - heavy

        heads: dict[str, Any] = {}
        for file in (self._file, self._sets):
            with np.load(file, allow_pickle=False) as stored:
                heads |= {
                    name: stored[name] if name.endswith("labels") else stored[name].astype(np.float32)
                    for name in stored.files
                }
        return heads

    @cached_property
    def labels(self) -> Mapping[str, tuple[str, ...]]:
        """The patterns per level, in the order of the heads' outputs."""
        return {level: tuple(map(str, self._heads[f"{level} labels"])) for level in _LEVELS}

    def vectors(self, texts: Sequence[str]) -> "Vectors":
        """Return a vector per text."""
        return self._embedder.embed_queries(texts)

    def kinds(self, vectors: "Vectors") -> Any:
        """Return one score per kind and text (order of KINDS)."""
        return self._scores("kind", vectors * SCALE)

    def key_results(self, vectors: "Vectors") -> list[dict[str, float]]:
        """Return the probability per pattern of each key result."""
        return self._probabilities("key_result", vectors * SCALE)

    def objectives(self, vectors: "Vectors") -> list[dict[str, float]]:
        """Return the probability per pattern of each objective."""
        return self._probabilities("objective", vectors * SCALE)

    def of_set(self, objective: Any, key_results: "Vectors") -> dict[str, float]:
        """Return the probability per pattern of an objective with its key results; none without any."""
        if not len(key_results):
            return {}
        return self._probabilities("set", set_features(objective, key_results)[None, :])[0]

    def of_notes(self, vectors: "Vectors") -> list[dict[str, float]]:
        """Return the probability per process pattern of each note."""
        return self._probabilities("process", vectors * SCALE)

    def form(self, vector: Any) -> Form:
        """Return what a query is."""
        import numpy as np  # noqa: PLC0415 - heavy

        scores = self._scores("form", vector[None, :] * SCALE)[0]
        shares = np.exp(scores - scores.max())
        return Form(**dict(zip(FORMS, (shares / shares.sum()).tolist(), strict=True)))

    def _scores(self, head: str, rows: Any) -> Any:
        return rows @ self._heads[f"{head} weight"].T + self._heads[f"{head} bias"]

    def _probabilities(self, level: str, rows: Any) -> list[dict[str, float]]:
        import numpy as np  # noqa: PLC0415 - heavy

        if not len(rows):
            return []
        found = 1.0 / (1.0 + np.exp(-self._scores(level, rows)))
        return [dict(zip(self.labels[level], row, strict=True)) for row in found.tolist()]


@cache
def read_decisions(path: Path = DECISIONS_FILE) -> Decisions:
    """Return the decisions in a file."""
    content = json.loads(path.read_text(encoding="utf-8"))
    return Decisions(
        KindWeights(**content["kind"]), {slug: Decision(**entry) for slug, entry in content["patterns"].items()}
    )
