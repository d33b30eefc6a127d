"""Scores of single-label classification."""

from collections.abc import Sequence
from typing import NamedTuple


class ClassScore(NamedTuple):
    """Precision, recall and F1 (0–1) of one class, with how often it is right (`support`)."""

    precision: float
    recall: float
    f1: float
    support: int


def score_class(expected: Sequence[str], answered: Sequence[str], label: str) -> ClassScore:
    """Return the scores of one label."""
    pairs = list(zip(expected, answered, strict=True))
    return from_counts(
        hits=sum(a == b == label for a, b in pairs),
        answered=sum(b == label for _, b in pairs),
        expected=sum(a == label for a, _ in pairs),
    )


def from_counts(*, hits: int, answered: int, expected: int) -> ClassScore:
    """Return the scores for counts of right answers, all answers, and all that there was to find."""
    precision = hits / answered if answered else 0.0
    recall = hits / expected if expected else 0.0
    f1 = 2 * precision * recall / (precision + recall) if hits else 0.0
    return ClassScore(precision, recall, f1, expected)


def accuracy(expected: Sequence[str], answered: Sequence[str]) -> float:
    """Return the share of right answers (0–1)."""
    return sum(a == b for a, b in zip(expected, answered, strict=True)) / len(expected) if expected else 0.0


def macro_f1(expected: Sequence[str], answered: Sequence[str]) -> float:
    """Return the mean F1 over the labels that occur."""
    labels = sorted(set(expected))
    return sum(score_class(expected, answered, label).f1 for label in labels) / len(labels) if labels else 0.0
