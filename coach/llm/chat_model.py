"""The one door to a chat model: messages in, checked JSON or streamed text or a named failure out."""

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from contextlib import aclosing
from typing import Any, NamedTuple, TypeVar

from pydantic import BaseModel

from coach.errors import ModelError, ModelOutputInvalid, ModelUnavailable
from coach.llm.attempts import LONGEST_WAIT, Attempts, Use
from coach.llm.deadline import Deadline
from coach.llm.deltas import CUT
from coach.llm.dialect import Dialects
from coach.llm.meter import Budget, Unmetered, payer
from coach.llm.schema import NO_JSON, UNBOUNDED, Bounds, parsed
from coach.llm.upstream import Said, Upstream
from coach.prompting import Message
from coach.usage import Usage

Shape = TypeVar("Shape", bound=BaseModel)

_ANSWER_PART = 8
_LONGEST_QUOTE = 20_000
_SHORT = "Answer briefly: your last answer was too long and was cut off."


class Answer(NamedTuple):
    """What a model said, in the shape asked for; how many times it was asked; what that took; which model it was."""

    content: Any
    calls: int
    usage: Usage = Usage()
    model: str = ""


class ChatModel:
    """A chat model, with others behind it for when it is unavailable. Thread-safe."""

    def __init__(
        self,
        upstreams: Sequence[Upstream],
        *,
        dialects: Dialects,
        budget: Budget | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.name = upstreams[0].address.model
        self._upstreams = tuple(upstreams)
        self._dialects = dialects
        self._budget = budget or Unmetered()
        context = upstreams[0].address.context_tokens
        self.answer_tokens = upstreams[0].address.answer_tokens or (context and context // _ANSWER_PART)
        self.prompt_tokens = context and context - (self.answer_tokens or 0)
        self._seconds = upstreams[0].address.timeout
        self._sleep = sleep

    @property
    def upstreams(self) -> tuple[Upstream, ...]:
        """The model itself and its fallbacks, in the order in which they are asked."""
        return self._upstreams

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
        bounds: Bounds = UNBOUNDED,
    ) -> Answer:
        """Return the model's answer as `shape`; what fails `check` is asked once more with the fault named, and what
        was cut off once more within tighter bounds.

        `bounds` go out where the server takes them; the answer may be beyond them all the same. A ModelError that is
        raised tells what had been answered and paid for.
        """
        talk, usage, failure, name = list(messages), Usage(), None, ""
        for calls in (1, 2):
            if calls == 2 and not deadline.left():
                break
            try:
                attempts, said = self._asked(talk, shape, deadline, bounds)
            except ModelError as error:
                usage += error.usage
                answered = calls if isinstance(error, ModelOutputInvalid) else calls - 1
                failure = _after(error, answered, usage, name)
                if error.detail != CUT:
                    break
                talk, bounds = _asked_for_less(messages), bounds.shorter()
                continue
            usage += said.usage
            name = attempts.upstream.address.model
            try:
                content = parsed(said.text, shape)
                if fault := check(content):
                    raise ModelOutputInvalid("failed-checks", fault)
            except ModelOutputInvalid as error:
                failure = _after(error, calls, usage, name)
                if error.detail != NO_JSON or not attempts.ignored_schema():
                    attempts.worked()
                talk = [*messages, Message("assistant", said.text[:_LONGEST_QUOTE]), _repair(error)]
            else:
                attempts.worked()
                return Answer(content, calls, usage, name)
        assert failure is not None
        raise failure

    async def stream(
        self, messages: Sequence[Message], deadline: Deadline, *, pace: float = 0.0
    ) -> AsyncGenerator[str]:
        """Yield the model's answer as text, as it comes: the first at once, later ones at most every `pace` seconds.

        Failures before the first text are retried and fall back like those of `answer`; later ones raise the
        ModelError, and what was yielded stays yielded. Closing the iterator ends the call at once: where it may not
        be read to its end, hold it in `contextlib.aclosing`.
        """
        if not isinstance(self._budget, Unmetered):
            await asyncio.to_thread(self._admit)
        failure: ModelError | None = None
        for attempts in self._plans("stream", deadline):
            pause: float | None = 0.0
            while pause is not None:
                await asyncio.sleep(pause)
                begun = False
                deltas = attempts.upstream.deltas(messages, attempts.dialect, attempts.deadline, pace=pace)
                try:
                    async with aclosing(deltas):
                        async for text in deltas:
                            begun = True
                            yield text
                except ModelError as error:
                    if begun or isinstance(error, ModelOutputInvalid):
                        raise
                    failure, pause = error, self._pause(attempts, error)
                else:
                    attempts.worked()
                    return
        assert failure is not None
        raise failure

    def load(self) -> None:
        """Load SDK and clients ahead of the first request; nothing is asked."""
        for upstream in self._upstreams:
            upstream.load()

    async def aclose(self) -> None:
        """Close the connections that streams of this event loop have left open."""
        for upstream in self._upstreams:
            await upstream.aclose()

    def close(self) -> None:
        """Close the connections of whole answers."""
        for upstream in self._upstreams:
            upstream.close()

    def _asked(
        self, messages: Sequence[Message], shape: type[BaseModel], deadline: Deadline, bounds: Bounds
    ) -> tuple[Attempts, Said]:
        self._admit()
        failure: ModelError | None = None
        for attempts in self._plans("answer" if bounds == UNBOUNDED else "bounded", deadline):
            pause: float | None = 0.0
            while pause is not None:
                if pause:
                    self._sleep(pause)
                try:
                    said = attempts.upstream.text(messages, shape, attempts.dialect, attempts.deadline, bounds=bounds)
                    return attempts, said
                except ModelOutputInvalid:
                    raise
                except ModelError as error:
                    failure, pause = error, self._pause(attempts, error)
        assert failure is not None
        raise failure

    def _plans(self, use: Use, deadline: Deadline) -> Iterator[Attempts]:
        """Yield the attempts at each upstream; one that hangs leaves the next ones their share of the time."""
        for index, upstream in enumerate(self._upstreams):
            share = deadline.share(len(self._upstreams) - index)
            if not share.left():
                raise ModelUnavailable("deadline", "no time left for the model")
            yield Attempts(upstream, self._dialects, use, share)

    def _pause(self, attempts: Attempts, error: ModelError) -> float | None:
        """Return how long to wait for the next attempt; leave an address alone that asks for it."""
        if isinstance(error, ModelUnavailable) and (error.retry_after or 0) > LONGEST_WAIT:
            attempts.upstream.breaker.rest(error.retry_after or 0)
        return attempts.pause_after(error)

    def _admit(self) -> None:
        if self._budget.exhausted(payer.get()):
            raise ModelUnavailable("budget-spent", "the budget for the model is spent for today")


def _after(error: ModelError, answers: int, usage: Usage, model: str) -> ModelError:
    """Return a failure that tells what had been answered until then, and by whom."""
    error.answers, error.usage, error.model = answers, usage, model
    return error


def _asked_for_less(messages: Sequence[Message]) -> list[Message]:
    """Return the question with a word about the answer's length at its end, where it leaves the cached prefix alone.

    What was cut off is not quoted: mostly it is one character over and over, and it takes the room of the next answer.
    """
    *before, last = messages
    return [*before, last._replace(content=f"{last.content}\n\n{_SHORT}")]


def _repair(error: ModelOutputInvalid) -> Message:
    return Message("user", f"Your answer could not be used: {error.detail[:400]}. Answer again.")
