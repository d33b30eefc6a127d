"""Every fault of a provider, at the door itself: a structured answer and a stream."""

import asyncio
import socket
from contextlib import aclosing

import pytest
from pydantic import BaseModel

from coach.errors import ModelError
from coach.llm import ChatModel, open_chat_model
from coach.llm.words import reason_of
from coach.prompting import Message
from tests.coach.llm.conftest import address
from tests.faults import FAULTS, Fault, Serve

ASKED = [Message("system", "You answer."), Message("user", "Say two numbers.")]


class Numbers(BaseModel):
    one: int


async def collected(model: ChatModel) -> tuple[list[str], ModelError | None]:
    """Return what a stream yields and how it fails."""
    texts: list[str] = []
    try:
        async with aclosing(model.stream(ASKED, model.deadline())) as deltas:
            async for text in deltas:
                texts.append(text)
    except ModelError as error:
        return texts, error
    finally:
        await model.aclose()
    return texts, None


@pytest.mark.parametrize("fault", [f for f in FAULTS if f.answer], ids=str)
def test_a_fault_is_named_where_an_answer_is_asked_for(serve: Serve, fault: Fault) -> None:
    server = serve(fault.play)
    model = open_chat_model(address(server.url, hurried=fault.waits))
    with pytest.raises(ModelError) as failed:
        model.answer(ASKED, Numbers, model.deadline())
    assert failed.value.code == fault.answer
    assert reason_of(failed.value) == fault.reason or fault.stream != fault.answer
    assert "secret-key" not in str(failed.value)
    assert len(server.requests) <= 3


@pytest.mark.parametrize("fault", [f for f in FAULTS if f.stream], ids=str)
def test_a_fault_is_named_where_a_stream_is_asked_for(serve: Serve, fault: Fault) -> None:
    server = serve(fault.play)
    texts, error = asyncio.run(collected(open_chat_model(address(server.url, hurried=fault.waits))))
    assert error is not None
    assert error.code == fault.stream
    assert bool(texts) is fault.begins
    assert len(server.requests) <= (1 if fault.begins else 3)


def test_what_cannot_be_reached_is_named(monkeypatch: pytest.MonkeyPatch, serve: Serve) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(-2, "Name or service not known")

    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    plain = serve(lambda wire: None)
    cases = [(f"http://127.0.0.1:{port}/v1", "connection"), (f"https://127.0.0.1:{plain.port}/v1", "tls")]
    for url, code in cases:
        assert codes(url) == (code, code)
    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    assert codes("http://nowhere.invalid/v1") == ("dns", "dns")


def codes(url: str) -> tuple[str, str]:
    """Return the codes with which an answer and a stream fail."""
    model = open_chat_model(address(url))
    with pytest.raises(ModelError) as failed:
        model.answer(ASKED, Numbers, model.deadline())
    _, error = asyncio.run(collected(open_chat_model(address(url))))
    assert error is not None
    return failed.value.code, error.code
