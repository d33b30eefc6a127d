"""The bundled model (multilingual-e5-small, Wang et al. 2024) in torch: frozen below, trainable above, 4-bit."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from coach.embedding.model_file import BLOCK, tensors
from evals.train_encoder.tokenizer import read_tokenizer

WIDTH, INNER, HEADS, LAYERS = 384, 1536, 12, 12
MATRICES = {
    "q.w": (WIDTH, WIDTH),
    "k.w": (WIDTH, WIDTH),
    "v.w": (WIDTH, WIDTH),
    "ao.w": (WIDTH, WIDTH),
    "fi.w": (INNER, WIDTH),
    "fo.w": (WIDTH, INNER),
}
VECTORS = {
    "q.b": WIDTH,
    "k.b": WIDTH,
    "v.b": WIDTH,
    "ao.b": WIDTH,
    "aln.w": WIDTH,
    "aln.b": WIDTH,
    "fi.b": INNER,
    "fo.b": WIDTH,
    "oln.w": WIDTH,
    "oln.b": WIDTH,
}
_EPSILON = 1e-12
_BLOCK_TYPE = np.dtype([("scale", "<f2"), ("values", "u1", BLOCK // 2)])


class ModelFile:
    """Tensors and tokens of a model file."""

    def __init__(self, path: Path) -> None:
        self._content = np.memmap(path, dtype=np.uint8, mode="r")
        self._places = tensors(self._content)
        self._tokenizer = read_tokenizer(path)
        self._words = self._blocks("emb.word").reshape(-1, WIDTH // BLOCK)
        self._position = self.vector("emb.pos").reshape(-1, WIDTH)
        self._type = self.vector("emb.type").reshape(-1, WIDTH)[0]
        self._norm = (self.vector("emb.ln.w"), self.vector("emb.ln.b"))

    def ids(self, text: str, most: int) -> list[int]:
        """Return the token ids of a text read as a query."""
        return self._tokenizer.ids("query: " + text, most)

    def _blocks(self, name: str) -> np.ndarray:
        place = self._places[name]
        return np.frombuffer(self._content[place.offset : place.offset + place.size], _BLOCK_TYPE)

    def matrix(self, name: str, shape: tuple[int, int]) -> Tensor:
        """Return a 4-bit matrix in full precision."""
        return torch.tensor(_opened(self._blocks(name)).reshape(shape))

    def vector(self, name: str) -> Tensor:
        """Return a vector."""
        place = self._places[name]
        content = bytes(self._content[place.offset : place.offset + place.size])
        return torch.tensor(np.frombuffer(content, "<f4").copy())

    def embedded(self, batch: Sequence[Sequence[int]]) -> tuple[Tensor, Tensor]:
        """Return what the first layer takes (texts x tokens x 384), and which tokens are there."""
        longest = max(map(len, batch))
        states = torch.zeros(len(batch), longest, WIDTH)
        there = torch.zeros(len(batch), longest, dtype=torch.bool)
        for row, ids in enumerate(batch):
            words = torch.tensor(_opened(self._words[list(ids)].reshape(-1)).reshape(len(ids), WIDTH))
            states[row, : len(ids)] = words + self._position[: len(ids)] + self._type
            there[row, : len(ids)] = True
        return functional.layer_norm(states, (WIDTH,), *self._norm, _EPSILON), there


class Layer(nn.Module):
    """One transformer layer; `coarse` computes with weights rounded to 4 bits, as the engine will."""

    def __init__(self, file: ModelFile, number: int) -> None:
        super().__init__()
        self.number = number
        self.coarse = False
        self.dropout = 0.1
        self.values = nn.ParameterDict(
            {_key(name): nn.Parameter(file.matrix(f"l{number}.{name}", shape)) for name, shape in MATRICES.items()}
            | {_key(name): nn.Parameter(file.vector(f"l{number}.{name}")) for name in VECTORS}
        )

    def _linear(self, states: Tensor, name: str) -> Tensor:
        weight = self.values[_key(f"{name}.w")]
        if self.coarse:
            weight = weight + (rounded(weight) - weight).detach()
        return functional.linear(states, weight, self.values[_key(f"{name}.b")])

    def _dropped(self, states: Tensor) -> Tensor:
        return functional.dropout(states, self.dropout, self.training)

    def _normed(self, states: Tensor, name: str) -> Tensor:
        weight, bias = self.values[_key(f"{name}.w")], self.values[_key(f"{name}.b")]
        return functional.layer_norm(states, (WIDTH,), weight, bias, _EPSILON)

    def forward(self, states: Tensor, there: Tensor) -> Tensor:
        """Return the next states (texts x tokens x 384)."""
        texts, tokens, _ = states.shape
        query, key, value = (
            self._linear(states, name).view(texts, tokens, HEADS, WIDTH // HEADS).transpose(1, 2) for name in "qkv"
        )
        attended = functional.scaled_dot_product_attention(
            query, key, value, attn_mask=there[:, None, None, :], dropout_p=self.dropout if self.training else 0.0
        )
        attended = attended.transpose(1, 2).reshape(texts, tokens, WIDTH)
        states = self._normed(states + self._dropped(self._linear(attended, "ao")), "aln")
        inner = self._linear(functional.gelu(self._linear(states, "fi")), "fo")
        return self._normed(states + self._dropped(inner), "oln")

    def stored(self) -> dict[str, bytes]:
        """Return the layer's tensors as the model file holds them."""
        found = {}
        for name in (*MATRICES, *VECTORS):
            value = self.values[_key(name)].detach()
            found[f"l{self.number}.{name}"] = (
                packed(value) if name in MATRICES else value.numpy().astype("<f4").tobytes()
            )
        return found


def _key(name: str) -> str:
    return name.replace(".", "_")


def pooled(states: Tensor, there: Tensor) -> Tensor:
    """Return the unit mean over a text's tokens (texts x 384)."""
    weight = there[..., None].float()
    return functional.normalize((states * weight).sum(1) / weight.sum(1), dim=-1)


def _scaled(weight: Tensor) -> tuple[Tensor, Tensor]:
    """Return scale and value (0-15) per block of 32, as Q4_0 does: the largest value of a block becomes -8."""
    blocks = weight.reshape(-1, BLOCK)
    largest = blocks.gather(1, blocks.abs().argmax(1, keepdim=True))
    scale = (largest / -8).half().float()
    inverse = torch.where(scale == 0, torch.zeros_like(scale), 1 / scale)
    return scale, (blocks * inverse + 8.5).floor().clamp(0, 15)


def rounded(weight: Tensor) -> Tensor:
    """Return a matrix as it is after a round trip through 4 bits."""
    scale, values = _scaled(weight)
    return ((values - 8) * scale).reshape(weight.shape)


def packed(weight: Tensor) -> bytes:
    """Return a matrix in blocks of 4-bit values."""
    scale, values = _scaled(weight)
    numbers = values.to(torch.uint8).numpy()
    blocks = np.empty(len(numbers), _BLOCK_TYPE)
    blocks["scale"] = scale.numpy()[:, 0]
    blocks["values"] = numbers[:, : BLOCK // 2] | (numbers[:, BLOCK // 2 :] << 4)
    return blocks.tobytes()


def _opened(blocks: np.ndarray) -> Any:
    """Return 4-bit blocks in full precision."""
    values = np.concatenate([blocks["values"] & 15, blocks["values"] >> 4], axis=-1).astype(np.float32) - 8
    return values * blocks["scale"].astype(np.float32)[..., None]
