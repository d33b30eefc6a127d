"""Puts chat models together: one breaker per model and address, one memory of dialects, one meter."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from coach.llm.address import ModelAddress
from coach.llm.breaker import Breaker
from coach.llm.chat_model import ChatModel
from coach.llm.dialect import Dialects
from coach.llm.meter import Budget, Call, Meter, Unmetered
from coach.llm.upstream import Upstream


class Door:
    """Opens models that share what is known of their addresses."""

    def __init__(self, *, memory: Path | None = None, meter: Meter | None = None, budget: Budget | None = None) -> None:
        self.dialects = Dialects(memory)
        self._meter = meter or Unmetered()
        self._budget = budget or Unmetered()
        self._upstreams: dict[tuple[str, str], Upstream] = {}

    def open(self, addresses: Sequence[ModelAddress]) -> ChatModel:
        """Return the model at the first address; the others are asked in order when it is unavailable."""
        upstreams = [self._upstream(address) for address in addresses]
        return ChatModel(upstreams, dialects=self.dialects, budget=self._budget)

    def _upstream(self, address: ModelAddress) -> Upstream:
        key = (address.root, address.model)
        if key not in self._upstreams:
            breaker = Breaker(changed=partial(self._meter.broke, address.model, address.place))
            self._upstreams[key] = Upstream(address, breaker=breaker, booked=self._booked)
        return self._upstreams[key]

    def _booked(self, call: Call) -> None:
        self._meter.called(call)
        if call.usage.tokens:
            self._budget.spend(call.tenant, call.usage)


def open_chat_model(*addresses: ModelAddress) -> ChatModel:
    """Return a model at any OpenAI-compatible address, alone in the world: nothing remembered, nothing counted."""
    return Door().open(addresses)
