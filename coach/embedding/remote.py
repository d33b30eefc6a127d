"""Embeddings from any OpenAI-compatible address, instead of the bundled model."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from coach.errors import ModelUnavailable

if TYPE_CHECKING:
    from coach.embedding.port import Vectors

_TIMEOUT = 30.0


class RemoteEmbedder:
    """An embedding model behind an address; its name and address name the index."""

    def __init__(self, base_url: str, model: str, api_key: str | None) -> None:
        from openai import OpenAI  # noqa: PLC0415 - heavy, only with an address

        self._client = OpenAI(base_url=base_url, api_key=api_key or "none", max_retries=1, timeout=_TIMEOUT)
        self._model = model
        self.name = "".join(c if c.isalnum() else "-" for c in f"{base_url}-{model}")[-60:].strip("-")

    def embed_queries(self, texts: Sequence[str]) -> "Vectors":
        """Return one unit row per text."""
        return self._embed(texts)

    def embed_passages(self, texts: Sequence[str]) -> "Vectors":
        """Return one unit row per text."""
        return self._embed(texts)

    def _embed(self, texts: Sequence[str]) -> "Vectors":
        import numpy as np  # noqa: PLC0415
        from openai import OpenAIError  # noqa: PLC0415

        try:
            answer = self._client.embeddings.create(model=self._model, input=list(texts), encoding_format="float")
        except OpenAIError as error:
            raise ModelUnavailable(
                "embedding", f"the embedding address did not answer ({type(error).__name__})"
            ) from error
        rows = np.asarray([item.embedding for item in answer.data], dtype=np.float32)
        return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)
