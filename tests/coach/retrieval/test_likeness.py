"""Of many vectors only the nearest are read in full, and they come out the same."""

import numpy as np
import pytest

from coach.retrieval.likeness import Rows


def unit(rows: np.ndarray) -> np.ndarray:
    return np.asarray(rows / np.linalg.norm(rows, axis=-1, keepdims=True), dtype=np.float32)


def meanings(count: int) -> np.ndarray:
    """Vectors as encoders make them: some directions matter far more than others."""
    random = np.random.default_rng(7)
    return unit(random.standard_normal((count, 384)) / np.sqrt(np.arange(1, 385)))


@pytest.mark.parametrize("count", [0, 1, 500])
def test_few_are_read_in_full(count: int) -> None:
    rows, query = meanings(count), meanings(1)[0]
    assert np.array_equal(Rows(rows).like(query), rows @ query)


def test_the_nearest_of_many_are_those_of_reading_all() -> None:
    everything = meanings(12_100)
    rows = everything[100:]
    many = Rows(rows)
    for query in everything[:100]:
        exact, found = rows @ query, many.like(query)
        first = np.argsort(-exact)[:10]
        assert np.array_equal(np.argsort(-found)[:10], first)
        assert np.allclose(found[first], exact[first], atol=1e-6)
