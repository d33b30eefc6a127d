"""A stream that goes well: text as it comes, whatever the bytes are cut into, and an end at once when nobody reads on."""

import asyncio
import json
from contextlib import aclosing
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coach.errors import ModelUnavailable
from coach.llm import Call, Door, ModelAddress, State, open_chat_model
from coach.llm.deltas import DeltaReader
from coach.prompting import Message
from tests.coach.llm.conftest import address
from tests.coach.llm.test_faults import ASKED, collected
from tests.faults import EVENTS, Serve, Wire, streamed, whole

TEXTS = ["Wer ", "merkt ", "davon — ", "zuerst ", "etwas? 🙂"]


class Heard:
    """A meter that remembers."""

    def __init__(self) -> None:
        self.calls: list[Call] = []

    def called(self, call: Call) -> None:
        self.calls.append(call)

    def broke(self, model: str, place: str, state: State) -> None:
        """Breakers are no matter here."""


def test_text_comes_as_it_was_sent(serve: Serve) -> None:
    server = serve(lambda wire: streamed(wire, *TEXTS))
    assert asyncio.run(collected(open_chat_model(address(server.url)))) == (TEXTS, None)
    assert server.requests[0]["stream"] is True
    assert server.requests[0]["messages"] == [{"role": m.role, "content": m.content} for m in ASKED]


def test_a_stream_may_end_without_done(serve: Serve) -> None:
    server = serve(lambda wire: streamed(wire, *TEXTS, done=False))
    assert asyncio.run(collected(open_chat_model(address(server.url)))) == (TEXTS, None)


def test_a_server_that_keeps_the_line_open_after_the_end_does_no_harm(serve: Serve) -> None:
    def play(wire: Wire) -> None:
        streamed(wire, *TEXTS)
        wire.wait()

    assert asyncio.run(collected(open_chat_model(address(serve(play).url)))) == (TEXTS, None)


def test_a_server_that_cannot_stream_is_understood(serve: Serve) -> None:
    server = serve(lambda wire: whole(wire, "Alles auf einmal."))
    assert asyncio.run(collected(open_chat_model(address(server.url)))) == (["Alles auf einmal."], None)


@pytest.mark.parametrize("counted", [True, False], ids=["counted by the provider", "estimated"])
def test_the_meter_hears_what_a_stream_took(serve: Serve, counted: bool) -> None:
    def play(wire: Wire) -> None:
        streamed(wire, *TEXTS, done=False)
        if counted:
            usage = {"prompt_tokens": 9, "completion_tokens": 7, "prompt_tokens_details": {"cached_tokens": 4}}
            wire.send(f"data: {json.dumps({'choices': [], 'usage': usage})}\n\n")

    heard = Heard()
    model = Door(meter=heard).open([address(serve(play).url)])
    assert asyncio.run(collected(model)) == (TEXTS, None)
    (call,) = heard.calls
    assert (call.model, call.use, call.outcome, call.tenant) == ("stub", "stream", "ok", "local")
    usage = call.usage
    if counted:
        assert (usage.prompt_tokens, usage.completion_tokens, usage.cached_tokens) == (9, 7, 4)
    else:
        asked, said = sum(len(m.content) for m in ASKED), sum(map(len, TEXTS))
        assert (usage.prompt_tokens, usage.completion_tokens) == (-(-asked // 4), -(-said // 4))
    assert usage.estimated is not counted


def test_closing_the_iterator_ends_the_call(serve: Serve) -> None:
    def play(wire: Wire) -> None:
        wire.head(EVENTS)
        wire.delta("One")
        wire.wait()

    server = serve(play)
    heard = Heard()
    model = Door(meter=heard).open([address(server.url)])

    async def read_one() -> str:
        try:
            async with aclosing(model.stream(ASKED, model.deadline())) as deltas:
                return await anext(deltas)
        finally:
            await model.aclose()

    assert asyncio.run(read_one()) == "One"
    assert server.left.wait(10)
    assert [call.outcome for call in heard.calls] == ["closed"]


def test_a_cancelled_reader_ends_the_call(serve: Serve) -> None:
    def play(wire: Wire) -> None:
        wire.head(EVENTS)
        wire.delta("One")
        wire.wait()

    server = serve(play)
    model = open_chat_model(ModelAddress("stub", server.url, None, 60.0))

    async def cancelled() -> None:
        begun = asyncio.Event()

        async def read() -> None:
            async with aclosing(model.stream(ASKED, model.deadline())) as deltas:
                async for _ in deltas:
                    begun.set()

        task = asyncio.create_task(read())
        await begun.wait()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await model.aclose()

    asyncio.run(cancelled())
    assert server.left.wait(10)


def test_a_fault_before_the_first_text_is_tried_again(serve: Serve) -> None:
    def play(wire: Wire) -> None:
        if len(server.requests) == 1:
            wire.status(503)
        else:
            streamed(wire, *TEXTS)

    server = serve(play)
    assert asyncio.run(collected(open_chat_model(address(server.url)))) == (TEXTS, None)


def test_a_server_that_refuses_to_count_is_not_asked_to_again(serve: Serve) -> None:
    def play(wire: Wire) -> None:
        if "stream_options" in wire.request:
            wire.status(422)
        else:
            streamed(wire, *TEXTS)

    server = serve(play)
    model = open_chat_model(address(server.url))
    assert asyncio.run(collected(model)) == (TEXTS, None)
    assert asyncio.run(collected(model)) == (TEXTS, None)
    assert ["stream_options" in request for request in server.requests] == [True, False, False]


def test_a_second_stream_uses_the_same_door(serve: Serve) -> None:
    server = serve(lambda wire: streamed(wire, *TEXTS))
    model = open_chat_model(address(server.url))

    async def twice() -> list[list[str]]:
        return [[text async for text in model.stream(ASKED, model.deadline())] for _ in range(2)]

    async def and_close() -> list[list[str]]:
        try:
            return await twice()
        finally:
            await model.aclose()

    assert asyncio.run(and_close()) == [TEXTS, TEXTS]


@settings(deadline=None)
@given(
    st.lists(st.integers(1, 40), min_size=1), st.lists(st.text(min_size=1), min_size=1), st.sampled_from(["\n", "\r\n"])
)
def test_cuts_between_bytes_change_nothing(cuts: list[int], texts: list[str], newline: str) -> None:
    events: list[dict[str, Any]] = [
        {"choices": [{"delta": {"content": text}, "finish_reason": None}]} for text in texts
    ]
    events.append({"choices": [{"delta": {}, "finish_reason": "stop"}]})
    lines = [": hello", *(f"data: {json.dumps(event, ensure_ascii=False)}" for event in events), "data: [DONE]"]
    data = "".join(line + newline * 2 for line in lines).encode("utf-8", "surrogatepass")
    reader, read, at, turn = DeltaReader(), list[str](), 0, 0
    while at < len(data):
        step = cuts[turn % len(cuts)]
        read += reader.feed(data[at : at + step])
        at, turn = at + step, turn + 1
    reader.check()
    assert read == texts
    assert reader.done


def test_a_budget_that_is_spent_asks_nobody(serve: Serve) -> None:
    class Spent:
        def exhausted(self, tenant: str) -> bool:
            return tenant == "local"

        def spend(self, tenant: str, usage: object) -> None:
            raise AssertionError("nothing was asked")

    server = serve(lambda wire: streamed(wire, *TEXTS))
    texts, error = asyncio.run(collected(Door(budget=Spent()).open([address(server.url)])))
    assert (texts, isinstance(error, ModelUnavailable), server.requests) == ([], True, [])
    assert error is not None
    assert error.code == "budget-spent"


def test_messages_are_sent_as_given(serve: Serve) -> None:
    server = serve(lambda wire: streamed(wire, "x"))
    model = open_chat_model(address(server.url))

    async def ask() -> None:
        async for _ in model.stream([Message("user", "ä\u2028\x00")], model.deadline()):
            pass
        await model.aclose()

    asyncio.run(ask())
    assert server.requests[0]["messages"][0]["content"] == "ä\u2028\x00"
