"""What the heads look at beside a text's own vector."""

from typing import Any

FORMS = ("drafts", "asked", "aside")
SET_FEATURES = 5
SCALE = 8.0


def set_features(objective: Any, key_results: Any) -> Any:
    """Return what the head for sets looks at: both vectors and how near their parts are (float32, 2 x 384 + 5)."""
    import numpy as np  # noqa: PLC0415 - heavy

    near = key_results @ objective
    among = key_results @ key_results.T - 2 * np.eye(len(key_results), dtype=np.float32)
    numbers = [near.min(), near.mean(), near.max(), among.max() if len(key_results) > 1 else 0.0]
    numbers.append(min(len(key_results), 8) / 4)
    return np.concatenate([objective * SCALE, key_results.mean(0) * SCALE, np.asarray(numbers, dtype=np.float32)])
