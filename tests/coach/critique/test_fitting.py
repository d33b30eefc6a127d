"""How much a model may answer: everything, or as much as surely ends within so many tokens."""

import pytest

from coach.critique.fitting import fitting

TEXTS = {"reason": 240, "quote": 160}


def longest(tokens: int | None) -> float:
    fit = fitting(tokens, 6, 4, TEXTS, frame=70)
    return fit.entries * (20 + fit.parts * (70 + sum(fit.texts.values()) / 2.5))


def test_without_a_limit_nothing_is_taken_away() -> None:
    assert fitting(None, 6, 4, TEXTS, frame=70) == (6, 4, TEXTS)
    assert fitting(100_000, 6, 4, TEXTS, frame=70) == (6, 4, TEXTS)


@pytest.mark.parametrize("tokens", [180, 200, 400, 1_000, 3_000])
def test_the_longest_answer_fits(tokens: int) -> None:
    assert longest(tokens) <= tokens


def test_more_room_is_used() -> None:
    lengths = [longest(tokens) for tokens in (200, 400, 1_000, 3_000)]
    assert lengths == sorted(lengths)
    assert lengths[0] < lengths[-1]


def test_the_least_is_one_entry_with_short_texts() -> None:
    assert fitting(100, 6, 4, TEXTS, frame=70) == (1, 1, {"reason": 60, "quote": 40})
