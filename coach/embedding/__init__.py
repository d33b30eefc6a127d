"""Sentence embeddings behind one port: the model in the package, or any OpenAI-compatible address."""

from coach.embedding.bundled import BundledEmbedder, bundled_embedder
from coach.embedding.port import Embedder
from coach.embedding.precomputed import PrecomputedEmbedder

__all__ = ["BundledEmbedder", "Embedder", "PrecomputedEmbedder", "bundled_embedder"]
