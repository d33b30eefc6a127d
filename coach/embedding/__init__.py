"""Sentence embeddings behind one port: the tuned model in the package, or any OpenAI-compatible address."""

from coach.embedding.bridge import BridgeEmbedder
from coach.embedding.bundled import BundledEmbedder, can_embed
from coach.embedding.port import Embedder
from coach.embedding.precomputed import PrecomputedEmbedder
from coach.embedding.tuned import TunedEmbedder, tuned_embedder

__all__ = [
    "BridgeEmbedder",
    "BundledEmbedder",
    "Embedder",
    "PrecomputedEmbedder",
    "TunedEmbedder",
    "can_embed",
    "tuned_embedder",
]
