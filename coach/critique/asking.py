"""Ask a model with one repair round: what still fails its checks is dropped, not the whole answer."""

from collections.abc import Callable, Sequence
from typing import Generic, NamedTuple, TypeVar

from pydantic import BaseModel

from coach.critique.memory import Recollection
from coach.errors import ModelError, ModelOutputInvalid
from coach.llm import UNBOUNDED, Bounds, ChatModel
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
    """What holds after at most two calls; `dropped`: how many statements did not; `calls` and `usage` of all.

    `remembered`: whether the answer was kept from an earlier time and nothing was asked.
    """

    kept: Kept
    dropped: int
    calls: int
    usage: Usage
    model: str
    remembered: bool = False


def ask(
    model: ChatModel,
    messages: Sequence[Message],
    shape: type[Shape],
    look: Callable[[Shape], Look[Kept]],
    *,
    version: str,
    bounds: Bounds = UNBOUNDED,
    recollection: Recollection | None = None,
) -> Asked[Kept]:
    """Return what holds of a model's answer; raise ModelError only where there was none that could be read.

    `version`: that of the prompt. `bounds`: what the schema says beyond the shape.
    """
    looks: list[Look[Kept]] = []
    answers: list[str] = []

    def question(name: str) -> str:
        return recollection.question(name, version, messages) if recollection else ""

    def keep(name: str) -> None:
        """Keep what was answered, under the name of who did: a repeat is not told a fallback's words as the model's."""
        if recollection:
            recollection.keep(question(name), answers)

    def check(content: Shape) -> str | None:
        looks.append(look(content))
        answers.append(content.model_dump_json())
        return "; ".join(looks[-1].faults[:_NAMED]) or None if len(looks) == 1 else None

    if recollection and (said := recollection.recall(question(model.name))):
        for text in said:
            check(shape.model_validate_json(text))
        return Asked(looks[-1].kept, len(looks[-1].faults), 0, Usage(), model.name, remembered=True)
    try:
        answer = model.answer(messages, shape, model.deadline(), check=check, bounds=bounds)
    except ModelError as error:
        if not looks:
            raise
        if isinstance(error, ModelOutputInvalid):
            keep(error.model)
        return Asked(looks[-1].kept, len(looks[-1].faults), error.answers, error.usage, error.model)
    keep(answer.model)
    return Asked(looks[-1].kept, len(looks[-1].faults), answer.calls, answer.usage, answer.model)
