"""Where the data files lie: beside the source in a checkout, inside the package when installed."""

from pathlib import Path

_PACKAGE = Path(__file__).parent
_BUNDLED = _PACKAGE / "_bundled"
DATA_ROOT = _BUNDLED if _BUNDLED.is_dir() else _PACKAGE.parent

KNOWLEDGE = DATA_ROOT / "knowledge"
PROMPTS = DATA_ROOT / "prompts"
VECTORS = KNOWLEDGE / "vectors.npz"
