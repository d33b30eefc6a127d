"""The one door to a chat model: a LangChain model in, checked JSON or a named failure out.

One retry owner (the SDK's own retries are off), one deadline that all attempts of a request share.
"""

import json
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from pydantic import BaseModel, ValidationError

from coach.errors import ModelError, ModelOutputInvalid, ModelRejected, ModelUnavailable
from coach.prompting import Message

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import BaseMessage

Shape = TypeVar("Shape", bound=BaseModel)

_ATTEMPTS = 3
_FIRST_PAUSE = 0.5
_FENCE = re.compile(r"\A\s*```(?:json)?\s*\n(.*?)\n\s*```\s*\Z", re.DOTALL)
_FINISHED = frozenset({"stop", "tool_calls", "function_call"})


class ModelAddress(NamedTuple):
    """Where a model answers and under which name. The key is never printed."""

    model: str
    base_url: str | None
    api_key: str | None
    timeout: float


@dataclass
class Deadline:
    """How long the attempts of one request may take together, in seconds."""

    seconds: float
    clock: Callable[[], float] = time.monotonic
    _start: float = field(init=False)

    def __post_init__(self) -> None:
        self._start = self.clock()

    def left(self) -> float:
        """Return the seconds that are left, 0 at the least."""
        return max(0.0, self.seconds - (self.clock() - self._start))


class Answer(NamedTuple):
    """What a model said, in the shape asked for, and how many calls it took."""

    content: Any
    calls: int


class ChatModel:
    """A chat model that answers in a given shape or raises a ModelError."""

    def __init__(
        self,
        model: "BaseChatModel",
        *,
        name: str,
        seconds: float = 60.0,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.name = name
        self._model = model
        self._seconds = seconds
        self._sleep = sleep

    def deadline(self) -> Deadline:
        """Return a fresh deadline for one request."""
        return Deadline(self._seconds)

    def answer(
        self,
        messages: Sequence[Message],
        shape: type[Shape],
        deadline: Deadline,
        *,
        check: Callable[[Shape], str | None] = lambda _: None,
    ) -> Answer:
        """Return the model's answer as `shape`; what fails `check` is asked once more with the fault named."""
        talk = list(messages)
        for calls in (1, 2):
            try:
                text = self._text(talk, shape, deadline)
                content = _parse(text, shape)
                fault = check(content)
                if fault is None:
                    return Answer(content, calls)
                raise ModelOutputInvalid("failed-checks", fault)
            except ModelOutputInvalid as error:
                if calls == 2 or not deadline.left():
                    raise
                talk = [
                    *messages,
                    Message("user", f"Your answer could not be used: {error.detail[:400]}. Answer again."),
                ]
        raise AssertionError("unreachable")

    def _text(self, messages: Sequence[Message], shape: type[BaseModel], deadline: Deadline) -> str:
        pause = _FIRST_PAUSE
        for attempt in range(1, _ATTEMPTS + 1):
            if not deadline.left():
                raise ModelUnavailable("deadline", "no time left for the model")
            try:
                return self._once(messages, shape, deadline)
            except ModelUnavailable as error:
                wait = max(error.retry_after or 0.0, pause)
                if attempt == _ATTEMPTS or wait >= deadline.left():
                    raise
                self._sleep(wait)
                pause *= 2
        raise AssertionError("unreachable")

    def _once(self, messages: Sequence[Message], shape: type[BaseModel], deadline: Deadline) -> str:
        schema = {"name": shape.__name__, "schema": strict_schema(shape), "strict": True}
        bound = self._model.bind(
            response_format={"type": "json_schema", "json_schema": schema}, timeout=deadline.left()
        )
        try:
            message = bound.invoke([(m.role, m.content) for m in messages])
        except ModelError:
            raise
        except Exception as error:
            raise _named(error) from error
        return _content(message)


def _content(message: "BaseMessage") -> str:
    """Return the text of a finished answer; an answer that is cut short or refused is none."""
    metadata = message.response_metadata
    reason = metadata.get("finish_reason")
    if getattr(message, "additional_kwargs", {}).get("refusal"):
        raise ModelOutputInvalid("refusal", "the model refused")
    if reason not in _FINISHED:
        raise ModelOutputInvalid("unfinished", f"the answer ended with {reason or 'no finish_reason'}")
    if not isinstance(message.content, str) or not message.content.strip():
        raise ModelOutputInvalid("empty", "the answer is empty")
    return message.content


def _parse(text: str, shape: type[Shape]) -> Shape:
    fenced = _FENCE.match(text)
    try:
        return shape.model_validate(json.loads(fenced[1] if fenced else text))
    except (json.JSONDecodeError, ValidationError, RecursionError) as error:
        raise ModelOutputInvalid("not-in-shape", str(error).splitlines()[0]) from error


def _named(error: Exception) -> ModelError:
    """Return our failure for one of the SDK's or of its parsing; what is not the provider's fault is re-raised."""
    import openai  # noqa: PLC0415 - only with a model

    if isinstance(error, openai.APITimeoutError):
        return ModelUnavailable("timeout", "the model did not answer in time")
    if isinstance(error, openai.APIConnectionError):
        return ModelUnavailable("connection", "the model's address cannot be reached")
    if isinstance(error, openai.APIStatusError):
        status = error.status_code
        if status in {408, 409, 425, 429} or status >= 500:
            return ModelUnavailable(
                f"http-{status}", f"the model's address answered {status}", retry_after=_retry_after(error)
            )
        return ModelRejected(f"http-{status}", f"the model's address refused the request with {status}")
    if isinstance(error, openai.LengthFinishReasonError):
        return ModelOutputInvalid("unfinished", "the answer ended with length")
    if isinstance(error, openai.ContentFilterFinishReasonError):
        return ModelOutputInvalid("refusal", "the provider's filter stopped the answer")
    if isinstance(error, openai.OpenAIError | ValueError | TypeError | KeyError | IndexError | AttributeError):
        return ModelOutputInvalid("malformed", f"the answer is not what the protocol says ({type(error).__name__})")
    raise error


def _retry_after(error: Any) -> float | None:
    try:
        return float(error.response.headers.get("retry-after", ""))
    except ValueError:
        return None


def strict_schema(shape: type[BaseModel]) -> dict[str, Any]:
    """Return the JSON schema in the strict form that providers take: closed objects, everything required."""
    schema = shape.model_json_schema()

    def close(node: Any) -> None:
        if isinstance(node, dict):
            if node.get("type") == "object":
                node["additionalProperties"] = False
                node["required"] = list(node.get("properties", {}))
            node.pop("default", None)
            for child in node.values():
                close(child)
        elif isinstance(node, list):
            for child in node:
                close(child)

    close(schema)
    return schema


def open_chat_model(address: ModelAddress) -> ChatModel:
    """Return a model at any OpenAI-compatible address."""
    from langchain_openai import ChatOpenAI  # noqa: PLC0415 - heavy, only with a model
    from pydantic import SecretStr  # noqa: PLC0415

    client = ChatOpenAI(
        model=address.model,
        base_url=address.base_url,
        api_key=SecretStr(address.api_key or "none"),
        max_retries=0,
        timeout=address.timeout,
        temperature=0,
    )
    return ChatModel(client, name=address.model, seconds=address.timeout)
