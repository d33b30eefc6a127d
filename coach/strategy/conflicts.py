"""Drafts that turn a stated trade-off round: they speak of its two sides, and give up the one that was put first."""

from collections.abc import Sequence
from typing import NamedTuple

from coach.embedding import Embedder
from coach.language import Language
from coach.strategy.elements import TradeOff
from coach.strategy.likeness import alike, content_words
from coach.strategy.links import read_spaces, read_weights
from coach.strategy.words import reads

_AFTER = 12


class Conflict(NamedTuple):
    """A text (by its number) and the trade-off that it turns round, with how near the two are (0–1)."""

    text: int
    trade_off: TradeOff
    near: float


def conflicts_in(
    texts: Sequence[str], trade_offs: Sequence[TradeOff], language: Language, embedder: Embedder | None
) -> list[Conflict]:
    """Return the conflicts: at most one per text, the nearest; only texts that give something up are looked at."""
    gives_up = reads(language, "gives_up")
    candidates = [at for at, text in enumerate(texts) if gives_up.search(text, _AFTER)]
    if not candidates or not trade_offs:
        return []
    found = []
    for at in candidates:
        near = [(_nearness(texts[at], trade_off, language, embedder), trade_off) for trade_off in trade_offs]
        share, trade_off = max(near, key=lambda pair: pair[0])
        if share >= read_weights().conflict:
            found.append(Conflict(at, trade_off, share))
    return found


def _nearness(text: str, trade_off: TradeOff, language: Language, embedder: Embedder | None) -> float:
    """Return how near a text is to both sides of a trade-off: shared words, and vectors where there are any."""
    said = content_words(text, language)
    asked = content_words(trade_off.text, language)
    words = min(1.0, 0.5 * sum(any(alike(word.text, each.text) for word in said) for each in asked))
    if embedder is None:
        return words
    wordings = [part for part in (trade_off.text, trade_off.first, trade_off.second) if part]
    rows = read_spaces()[language].placed(embedder.embed_queries([text, *wordings]))
    return max(words, float((rows[1:] @ rows[0]).max()))
