"""What is told of every call: to metrics, to budgets. Never a text."""

from contextvars import ContextVar
from typing import NamedTuple, Protocol

from coach.llm.breaker import State
from coach.usage import Usage

payer: ContextVar[str] = ContextVar("payer", default="local")
"""The tenant on whose account the calls of the current request go."""


class Call(NamedTuple):
    """One call upstream: the model, `answer` or `stream`, `ok` or the failure's code, seconds, who pays, tokens."""

    model: str
    use: str
    outcome: str
    seconds: float
    tenant: str
    usage: Usage


class Meter(Protocol):
    """Counts calls and breakers."""

    def called(self, call: Call) -> None:
        """Count a call that has ended."""

    def broke(self, model: str, place: str, state: State) -> None:
        """Note the breaker of a model at an address."""


class Budget(Protocol):
    """What each tenant may still spend today."""

    def exhausted(self, tenant: str) -> bool:
        """Whether nothing is left."""

    def spend(self, tenant: str, usage: Usage) -> None:
        """Book what a call took."""


class Unmetered:
    """Nobody counts, and nothing is limited."""

    def called(self, call: Call) -> None:
        """Count nothing."""

    def broke(self, model: str, place: str, state: State) -> None:
        """Note nothing."""

    def exhausted(self, tenant: str) -> bool:
        """Return False."""
        return False

    def spend(self, tenant: str, usage: Usage) -> None:
        """Book nothing."""
