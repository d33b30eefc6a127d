"""Words that the texts of a draft share with wordings of the frame, as tables (texts x wordings)."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from coach.strategy.likeness import START, Word, alike

_MOST = 3.0


class SharedWords(NamedTuple):
    """What is shared, each texts x wordings.

    `rarest`: how rare (0-1) the rarest shared word is; `amount`: how much is shared, rare words counting more;
    `of_wording` and `of_text`: which share of either is shared; `own`: as `rarest`, less where many texts share it.
    """

    rarest: Any
    amount: Any
    of_wording: Any
    of_text: Any
    own: Any


def shared_words(
    texts: Sequence[Sequence[Word]], wordings: Sequence[Sequence[Word]], rarity: Mapping[str, float]
) -> SharedWords:
    """Return what each text shares with each wording; every pair of words is compared once."""
    import numpy as np  # noqa: PLC0415 - heavy

    said = _numbered(texts)
    asked = _numbered(wordings)
    inside, wanted = _table(texts, said), _table(wordings, asked)
    like = np.zeros((len(said), len(asked)), dtype=np.float32)
    for word, column in asked.items():
        like[[row for other, row in said.items() if alike(other, word)], column] = 1.0
    said_weight, asked_weight = _weights(said, rarity), _weights(asked, rarity)
    hit = (inside @ like > 0).astype(np.float32)
    own = asked_weight / np.maximum(1.0, hit.sum(0))
    amount = (hit * asked_weight) @ wanted.T
    matched = (like @ wanted.T > 0).astype(np.float32)
    rarest, least_shared = np.zeros_like(amount), np.zeros_like(amount)
    for number, row in enumerate(wanted):
        words = np.flatnonzero(row)
        if len(words):
            rarest[:, number] = (hit[:, words] * asked_weight[words]).max(1)
            least_shared[:, number] = (hit[:, words] * own[words]).max(1)
    return SharedWords(
        rarest,
        np.minimum(_MOST, amount),
        amount / np.maximum(1e-6, wanted @ asked_weight),
        ((inside * said_weight) @ matched) / np.maximum(1e-6, inside @ said_weight)[:, None],
        least_shared,
    )


def _numbered(texts: Sequence[Sequence[Word]]) -> dict[str, int]:
    return {word: at for at, word in enumerate(dict.fromkeys(each.text for words in texts for each in words))}


def _table(texts: Sequence[Sequence[Word]], number: Mapping[str, int]) -> Any:
    import numpy as np  # noqa: PLC0415 - heavy

    table = np.zeros((len(texts), len(number)), dtype=np.float32)
    for at, words in enumerate(texts):
        table[at, [number[word.text] for word in words]] = 1.0
    return table


def _weights(words: Mapping[str, int], rarity: Mapping[str, float]) -> Any:
    import numpy as np  # noqa: PLC0415 - heavy

    return np.asarray([rarity.get(word[:START], 1.0) for word in words], dtype=np.float32)
