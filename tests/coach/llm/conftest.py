"""Models at servers of the test's own, with short time limits and pauses."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from coach.llm import ModelAddress, Timeouts
from tests.faults import FaultServer, Play, serving

Serve = Callable[[Play], FaultServer]


@pytest.fixture(autouse=True)
def _short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("coach.llm.attempts._FIRST_PAUSE", 0.001)


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Start servers that play."""
    with ExitStack() as stack:
        yield lambda play: stack.enter_context(serving(play))


def address(url: str, *, seconds: float = 0.8, model: str = "stub") -> ModelAddress:
    """Return an address with time limits for tests."""
    return ModelAddress(model, url, "secret-key", seconds, Timeouts(connect=0.5, first=0.3, between=0.2))
