"""Ask a model with one repair round: what still fails its checks is dropped, not the whole answer."""

from collections.abc import Callable, Sequence
from typing import Generic, NamedTuple, TypeVar

from pydantic import BaseModel

from coach.errors import ModelError
from coach.llm import ChatModel
from coach.prompting import Message
from coach.usage import Usage

Shape = TypeVar("Shape", bound=BaseModel)
Kept = TypeVar("Kept")
_NAMED = 6


class Look(NamedTuple, Generic[Kept]):
    """What of an answer holds, and what does not, in words for the model."""

    kept: Kept
    faults: list[str]


class Asked(NamedTuple, Generic[Kept]):
    """What holds after at most two calls; `dropped`: how many statements did not; `calls` and `usage` of all."""

    kept: Kept
    dropped: int
    calls: int
    usage: Usage
    model: str


def ask(
    model: ChatModel, messages: Sequence[Message], shape: type[Shape], look: Callable[[Shape], Look[Kept]]
) -> Asked[Kept]:
    """Return what holds of a model's answer; raise ModelError only where there was none that could be read."""
    last: Look[Kept] | None = None

    def check(content: Shape) -> str | None:
        nonlocal last
        first, last = last is None, look(content)
        return "; ".join(last.faults[:_NAMED]) or None if first else None

    try:
        answer = model.answer(messages, shape, model.deadline(), check=check)
    except ModelError:
        if last is None:
            raise
        return Asked(last.kept, len(last.faults), 2, Usage(), model.name)
    assert last is not None
    return Asked(last.kept, len(last.faults), answer.calls, answer.usage, answer.model or model.name)
