"""Folds of the repository's own data: the same on every machine."""

import hashlib

FOLDS = 7


def fold_of(text: str) -> int:
    """Return the fold (0-6) of an organisation or an objective."""
    return int(hashlib.sha256(text.encode()).hexdigest()[:8], 16) % FOLDS
