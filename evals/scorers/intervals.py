"""How far a figure could be off by the choice of texts."""

import random
from collections.abc import Callable, Sequence
from typing import TypeVar

Row = TypeVar("Row")
ROUNDS = 400


def bootstrap(
    rows: Sequence[Row], figure: Callable[[Sequence[Row]], float], *, rounds: int = ROUNDS
) -> tuple[float, float]:
    """Return the 95 % interval of a figure over resampled rows (Efron 1979); always the same for the same rows."""
    if not rows:
        return (0.0, 0.0)
    chance = random.Random(7)
    values = sorted(figure(chance.choices(rows, k=len(rows))) for _ in range(rounds))
    return values[int(0.025 * rounds)], values[int(0.975 * rounds) - 1]
