"""One model at one address: a structured answer through LangChain, a stream through a lean reader of our own."""

import asyncio
import json
import time
import weakref
from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from pydantic import BaseModel

from coach.errors import ModelError, ModelOutputInvalid, ModelUnavailable
from coach.llm.address import ModelAddress
from coach.llm.bounded import bounded_client
from coach.llm.breaker import Breaker
from coach.llm.deadline import Deadline
from coach.llm.deltas import DeltaReader, check_finish, text_in, whole_answer
from coach.llm.dialect import Dialect
from coach.llm.failures import of_sdk, of_status, of_wire
from coach.llm.meter import Call, payer
from coach.llm.patience import Patience
from coach.llm.schema import UNBOUNDED, Bounds, strict_schema
from coach.llm.wire import Wire, body_of
from coach.prompting import Message
from coach.usage import Usage

if TYPE_CHECKING:
    import httpx2
    from aiohttp import ClientResponse
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import AIMessage

_CHARACTERS_PER_TOKEN = 4


class Said(NamedTuple):
    """The text of a whole answer, and what it took."""

    text: str
    usage: Usage


class _Refused(Exception):
    """The words with which a server refused; they are read for the parameter that they name and shown to nobody."""


class Upstream:
    """One model at one address; each method makes exactly one request."""

    def __init__(self, address: ModelAddress, *, breaker: Breaker, booked: Callable[[Call], None]) -> None:
        self.address = address
        self.breaker = breaker
        self._booked = booked
        self._wire = Wire(address)

    def text(
        self,
        messages: Sequence[Message],
        shape: type[BaseModel],
        dialect: Dialect,
        deadline: Deadline,
        *,
        bounds: Bounds = UNBOUNDED,
    ) -> Said:
        """Return the text that answers in the shape asked for, unread; raise a ModelError."""
        with self._counted("answer", messages) as count, self.breaker.attempt():
            message = self._invoked(messages, shape, dialect, deadline, bounds)
            count.usage, count.text = _usage_of(message), len(text_in(message.content))
            return Said(_content(message), count.priced())

    async def deltas(
        self, messages: Sequence[Message], dialect: Dialect, deadline: Deadline, *, pace: float = 0.0
    ) -> AsyncGenerator[str]:
        """Yield the text as it comes; raise a ModelError where it does not come, or not whole.

        The first text comes at once, later ones no quicker than every `pace` seconds, with all that came until then.
        """
        import aiohttp  # noqa: PLC0415 - only with a model

        reader, answered = DeltaReader(), False
        with self._counted("stream", messages) as count, self.breaker.attempt() as answers:
            response = None
            try:
                patience = Patience(self.address.timeouts, deadline, reader)
                response = await self._opened(messages, dialect, patience)
                if not _is_stream(response):
                    text = whole_answer(await patience.first(body_of(response)), reader)
                    if text:
                        yield text
                else:
                    with patience:
                        try:
                            patience.wait()
                            while chunk := await response.content.readany():
                                patience.hold()
                                for text in reader.bundled(chunk) if pace else reader.feed(chunk):
                                    if not answered:
                                        answered = True
                                        answers()
                                    yield text
                                if pace and answered and not reader.finish:
                                    await asyncio.sleep(pace)
                                patience.wait()
                        except asyncio.CancelledError:
                            patience.given_up()
                reader.check()
            except aiohttp.ClientError as error:
                raise of_wire(error) from error
            finally:
                count.usage, count.text = reader.usage, reader.length
                if response is not None:
                    response.close()

    def load(self) -> None:
        """Load what the first answer needs: seconds that no request should pay."""
        assert self._langchain

    async def aclose(self) -> None:
        """Close the connections of this event loop."""
        await self._wire.aclose()

    def close(self) -> None:
        """Close the connections of the structured path."""
        if "_http" in self.__dict__:
            self._http.close()

    @contextmanager
    def _counted(self, use: str, messages: Sequence[Message]) -> Iterator["_Count"]:
        count = _Count(self.address, sum(len(message.content) for message in messages))
        started, outcome = time.monotonic(), "closed"
        try:
            yield count
            outcome = "ok"
        except ModelError as error:
            outcome, error.usage = error.code, count.priced()
            raise
        finally:
            if outcome != "circuit-open":
                self._booked(
                    Call(self.address.model, use, outcome, time.monotonic() - started, payer.get(), count.priced())
                )

    def _invoked(
        self, messages: Sequence[Message], shape: type[BaseModel], dialect: Dialect, deadline: Deadline, bounds: Bounds
    ) -> "AIMessage":
        import httpx2  # noqa: PLC0415 - only with a model

        model, seconds = self._langchain, deadline.left()
        if not seconds:
            raise ModelUnavailable("deadline", "no time left for the model")
        options: dict[str, Any] = {
            "timeout": httpx2.Timeout(seconds, connect=min(seconds, self.address.timeouts.connect)),
            **({"temperature": 0} if dialect.temperature else {}),
        }
        wanted: dict[str, Any] = {}
        if dialect.schema == "json_schema":
            schema = strict_schema(shape, dialect.spoken(bounds))
            wanted = {"type": "json_schema", "json_schema": {"name": shape.__name__, "schema": schema, "strict": True}}
        else:
            messages = _with_schema(messages, strict_schema(shape))
            if dialect.schema == "json_object":
                wanted = {"type": "json_object"}
        if wanted:  # in the body as it stands: as a parameter, the SDK would parse, and lose the usage of a cut answer
            options["extra_body"] = {"response_format": wanted}
        try:
            return model.bind(**options).invoke([(m.role, m.content) for m in messages])
        except ModelError:
            raise
        except Exception as error:
            raise of_sdk(error) from error

    @cached_property
    def _http(self) -> "httpx2.Client":
        client = bounded_client(self.address)
        weakref.finalize(self, client.close)
        return client

    @cached_property
    def _langchain(self) -> "BaseChatModel":
        from langchain_openai import ChatOpenAI  # noqa: PLC0415 - heavy, only with a model
        from pydantic import SecretStr  # noqa: PLC0415

        return ChatOpenAI(
            stream_usage=False,
            model=self.address.model,
            base_url=self.address.root,
            api_key=SecretStr(self.address.api_key or "none"),
            default_query=self.address.query or None,
            http_client=self._http,
            max_retries=0,
        )

    async def _opened(self, messages: Sequence[Message], dialect: Dialect, patience: Patience) -> "ClientResponse":
        """Return a response whose body has not been read."""
        body: dict[str, Any] = {
            "model": self.address.model,
            "messages": [{"role": m.role, "content": m.content} for m in messages],
            "stream": True,
            **({"stream_options": {"include_usage": True}} if dialect.stream_usage else {}),
        }
        response = await patience.first(self._wire.post(body))
        if 200 <= response.status < 300:
            return response
        try:
            refusal = (await patience.first(body_of(response))).decode(errors="replace")
        finally:
            response.close()
        raise of_status(response.status, response.headers) from _Refused(refusal)


class _Count:
    """What a call has taken so far."""

    def __init__(self, address: ModelAddress, asked: int) -> None:
        self.usage: Usage | None = None
        self.text = 0
        self._address = address
        self._asked = asked

    def priced(self) -> Usage:
        """Return the usage with its cost; where the provider counted nothing and text came, an estimate."""
        usage = self.usage
        if usage is None:
            if not self.text:
                return Usage()
            asked, said = -(-self._asked // _CHARACTERS_PER_TOKEN), -(-self.text // _CHARACTERS_PER_TOKEN)
            usage = Usage(prompt_tokens=asked, completion_tokens=said, estimated=True)
        price = self._address.price
        return usage.model_copy(update={"cost": price.of(usage)}) if price else usage


def _usage_of(message: "AIMessage") -> Usage | None:
    counted = message.usage_metadata
    if not counted:
        return None
    cached = counted.get("input_token_details", {}).get("cache_read") or 0
    return Usage(
        prompt_tokens=counted["input_tokens"], completion_tokens=counted["output_tokens"], cached_tokens=cached
    )


def _content(message: "AIMessage") -> str:
    """Return the text of a finished answer; an answer that is cut short or refused is none."""
    if message.additional_kwargs.get("refusal"):
        raise ModelOutputInvalid("refusal", "the model refused")
    check_finish(message.response_metadata.get("finish_reason"))
    text = text_in(message.content)
    if not text.strip():
        raise ModelOutputInvalid("empty", "the answer is empty")
    return text


def _with_schema(messages: Sequence[Message], schema: dict[str, Any]) -> Sequence[Message]:
    """Return the messages with the schema at the end, where it leaves the prefix that providers cache as it is."""
    *before, last = messages
    wanted = f"Answer with one JSON object that fits this JSON schema, and nothing else:\n{json.dumps(schema)}"
    return [*before, Message(last.role, f"{last.content}\n\n{wanted}")]


def _is_stream(response: "ClientResponse") -> bool:
    return "event-stream" in response.headers.get("content-type", "event-stream")
