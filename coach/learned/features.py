"""What the heads look at beside a text's own vector."""

from typing import Any

FORMS = ("drafts", "asked", "aside")
SCALE = 8.0
_OF_NUMBERS = 5.0


def set_features(objective: Any, key_results: Any) -> Any:
    """Return what the head for sets looks at, of an objective's unit vector (384) and its key results' (n x 384).

    5 x 384 + 9 numbers: the objective, the mean and the spread of the key results, how the one farthest from the
    objective differs from it, how the two nearest to each other differ, and how near all of them are.
    """
    import numpy as np  # noqa: PLC0415 - heavy

    count = len(key_results)
    near = key_results @ objective
    among = key_results @ key_results.T
    others = (among.sum(axis=1) - among.diagonal()) / max(1, count - 1) if count > 1 else near
    farthest = int(near.argmin())
    first, second, nearest = 0, 0, 0.0
    if count > 1:
        apart = np.abs(key_results[:, None] - key_results[None]).sum(axis=-1) + 9.0 * np.eye(count)
        first, second = divmod(int(apart.argmin()), count)
        nearest = float((among - 2 * np.eye(count)).max())
    numbers = [
        near.min(), near.mean(), near.max(), nearest, min(count, 8) / 4,
        near.mean() - near.min(), others.min(), others.mean(), others[farthest],
    ]  # fmt: skip
    return np.concatenate(
        [
            objective * SCALE,
            key_results.mean(axis=0) * SCALE,
            np.abs(key_results[farthest] - objective) * SCALE,
            np.abs(key_results[first] - key_results[second]) * SCALE,
            key_results.std(axis=0) * SCALE,
            np.asarray(numbers, dtype=np.float32) * _OF_NUMBERS,
        ]
    )
