"""Agreement beyond chance."""

from collections import Counter
from collections.abc import Sequence


def cohens_kappa(expected: Sequence[str], answered: Sequence[str]) -> float:
    """Return Cohen's kappa (-1 to 1; 1960) of two labellings of the same texts."""
    size = len(expected)
    if not size:
        return 0.0
    observed = sum(a == b for a, b in zip(expected, answered, strict=True)) / size
    left, right = Counter(expected), Counter(answered)
    chance = sum(left[label] * right[label] for label in left) / size**2
    return (observed - chance) / (1 - chance) if chance < 1 else 1.0
