"""Drafts that turn a stated trade-off round: they push what was put second, and give up what was put first."""

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from coach.embedding import Embedder
from coach.language import Language
from coach.strategy.elements import TradeOff
from coach.strategy.likeness import alike, content_words
from coach.strategy.links import read_spaces, read_turning, read_weights
from coach.strategy.words import reads

SIGNS = (
    "gives_up",
    "people_say",
    "words_first",
    "words_second",
    "words_both",
    "near",
    "near_first",
    "near_second",
    "gives_up_near",
    "length",
)
_AFTER = 12
_ENOUGH = 2
_PAUSE = re.compile(r"[;,:]\s")


class Signs(NamedTuple):
    """`table`: texts x trade-offs x SIGNS; `placed`: a row per text, None without vectors."""

    table: Any
    placed: Any


class Conflict(NamedTuple):
    """A text (by its number) and the trade-off that it turns round, with how sure that is (0–1)."""

    text: int
    trade_off: TradeOff
    near: float


def conflicts_in(
    texts: Sequence[str], trade_offs: Sequence[TradeOff], language: Language, embedder: Embedder | None
) -> list[Conflict]:
    """Return the conflicts: at most one per text, the surest."""
    import numpy as np  # noqa: PLC0415 - heavy

    if not texts or not trade_offs:
        return []
    weights = read_weights()
    weighing = weights.conflict_by_meaning if embedder else weights.conflict_by_words
    signs = signs_of(texts, trade_offs, language, embedder)
    scores = signs.table @ np.asarray([weighing.weights[name] for name in SIGNS])
    if signs.placed is not None:
        scores = scores + (signs.placed @ read_turning())[:, None]
    sure = 1.0 / (1.0 + np.exp(-(scores + weighing.constant)))
    return [
        Conflict(at, trade_offs[int(row.argmax())], float(row.max()))
        for at, row in enumerate(sure)
        if row.max() >= weighing.least
    ]


def signs_of(
    texts: Sequence[str], trade_offs: Sequence[TradeOff], language: Language, embedder: Embedder | None
) -> Signs:
    """Return what is weighed."""
    import numpy as np  # noqa: PLC0415 - heavy

    sides = [(each.text, each.first or each.text, each.second or each.text) for each in trade_offs]
    near, placed = np.zeros((len(texts), len(trade_offs), 3)), None
    if embedder is not None:
        rows = read_spaces()[language].placed(
            embedder.embed_queries([*texts, *(wording for three in sides for wording in three)])
        )
        placed = rows[: len(texts)]
        near = (placed @ rows[len(texts) :].T).reshape(near.shape)
    gives_up, people_say = reads(language, "gives_up"), reads(language, "people_say")
    signs = np.zeros((len(texts), len(trade_offs), len(SIGNS)))
    for at, text in enumerate(texts):
        said = [word.text for word in content_words(text, language)]
        gives = float(bool(gives_up.search(text, _AFTER)))
        for number, (_, first, second) in enumerate(sides):
            shared = [_shared(said, wording, language) for wording in (first, second)]
            whole, one, other = near[at, number]
            signs[at, number] = (
                gives,
                float(bool(people_say.search(text))),
                *shared,
                shared[0] * shared[1],
                whole,
                one,
                other,
                gives * max(whole, other),
                np.log1p(len(said)) + 0.5 * bool(_PAUSE.search(text)),
            )
    return Signs(signs, placed)


def _shared(said: Sequence[str], wording: str, language: Language) -> float:
    """Return how much of a side is in a text: 1 from two words on."""
    asked = content_words(wording, language)
    return min(1.0, sum(any(alike(word, each.text) for word in said) for each in asked) / _ENOUGH)
