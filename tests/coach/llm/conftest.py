"""Models with short time limits and pauses."""

import langchain_openai  # noqa: F401 - loaded here, lest the first test's deadline pay for it
import pytest

from coach.llm import ModelAddress, Timeouts


@pytest.fixture(autouse=True)
def _quick(short_pauses: None) -> None:
    """Every test here has short pauses."""


def address(url: str, *, model: str = "stub", hurried: bool = False) -> ModelAddress:
    """Return an address; `hurried`: with limits so short that a test can wait for them."""
    if hurried:
        return ModelAddress(model, url, "secret-key", 0.8, Timeouts(connect=0.5, first=0.3, between=0.2))
    return ModelAddress(model, url, "secret-key", 60.0, Timeouts(connect=20, first=20, between=20))
