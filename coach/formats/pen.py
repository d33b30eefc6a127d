"""The drawing library, for one thread at a time, and what its font can draw."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

_DRAWING = threading.Lock()


@contextmanager
def pen(cache: Path) -> Iterator[None]:
    """Hold matplotlib, which is not thread-safe; it keeps its list of fonts in `cache`."""
    with _DRAWING:
        os.environ.setdefault("MPLCONFIGDIR", str(cache))
        cache.mkdir(parents=True, exist_ok=True)
        yield


@lru_cache(maxsize=1)
def _font_file() -> str:
    from matplotlib import font_manager  # noqa: PLC0415 - heavy

    return font_manager.findfont("DejaVu Sans")


def drawable(text: str) -> str:
    """Return a text on one line without what the font in the package cannot draw."""
    from matplotlib import font_manager  # noqa: PLC0415 - heavy

    font = font_manager.get_font(_font_file())
    return "".join(c if font.get_char_index(ord(c)) else "·" for c in " ".join(text.split()))
