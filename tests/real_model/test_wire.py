"""The door at a real server: every schema mode, a stream, a fallback, a whole review over REST and the command line."""

import asyncio
import json
import re
import socket
from contextlib import aclosing
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from pydantic import BaseModel
from typer.testing import CliRunner

from api import create_app
from coach.cli import review as _review  # noqa: F401 - registers the command
from coach.cli.app import app
from coach.llm import Call, Dialect, Dialects, Door, ModelAddress, State
from coach.llm.dialect import SCHEMA_MODES
from coach.prompting import Message
from coach.review import Review
from coach.settings import Settings
from tests.api.sent import LOCAL
from tests.real_model.conftest import MODEL

pytestmark = pytest.mark.model_server

ASKED = [Message("system", "You answer in JSON."), Message("user", "Which colour has the sky by day?")]
DRAFT = {"objective": "New tenants settle in quickly", "key_results": ["Launch the tenant portal by May"]}
FACT = [Message("system", "You answer in one short sentence."), Message("user", "What is the capital of France?")]
PATIENT = 240.0
ROOM = {"llm_context_tokens": 2_048, "llm_answer_tokens": 200}


class Colour(BaseModel):
    colour: str


class Calls:
    """A meter that remembers."""

    def __init__(self) -> None:
        self.calls: list[Call] = []

    def called(self, call: Call) -> None:
        self.calls.append(call)

    def broke(self, model: str, place: str, state: State) -> None:
        """Breakers are no matter here."""


def test_a_schema_is_kept_to_and_found_out_to_be(llama_server: str, tmp_path: Path) -> None:
    memory, address = tmp_path / "models.json", ModelAddress(MODEL, llama_server, None, PATIENT)
    model = Door(memory=memory).open([address])
    answer = model.answer(ASKED, Colour, model.deadline())
    assert isinstance(answer.content, Colour)
    assert (answer.calls, answer.model) == (1, MODEL)
    assert answer.usage.prompt_tokens > 10
    assert answer.usage.completion_tokens > 3
    assert Dialects(memory).of(address) == Dialect()


@pytest.mark.parametrize("mode", SCHEMA_MODES[1:])
def test_the_simpler_modes_are_spoken_too(llama_server: str, mode: str) -> None:
    """Without a schema in force so small a model need not keep to it; that it is asked properly is all that counts."""
    heard = Calls()
    door = Door(meter=heard)
    address = ModelAddress(MODEL, llama_server, None, PATIENT)
    door.dialects.suppose(address, Dialect(schema=mode))
    door.open([address]).upstreams[0].text(ASKED, Colour, Dialect(schema=mode), door.open([address]).deadline())
    assert [call.outcome for call in heard.calls] == ["ok"]


def test_text_streams_and_is_counted(llama_server: str) -> None:
    """Asked for a fact, even so small a model comes to an end by itself, whatever the server still has in its cache."""
    heard = Calls()
    model = Door(meter=heard).open([ModelAddress(MODEL, llama_server, None, PATIENT)])

    async def read() -> list[str]:
        try:
            return [text async for text in model.stream(FACT, model.deadline())]
        finally:
            await model.aclose()

    texts = asyncio.run(read())
    assert len(texts) > 1
    assert [call.outcome for call in heard.calls] == ["ok"]
    assert heard.calls[0].usage.completion_tokens >= len(texts) - 1
    assert not heard.calls[0].usage.estimated


def test_a_stream_that_is_closed_leaves_the_server_free(llama_server: str) -> None:
    model = Door().open([ModelAddress(MODEL, llama_server, None, PATIENT)])
    long = [Message("user", "Count from one to five hundred in words.")]

    async def read_one() -> str:
        try:
            async with aclosing(model.stream(long, model.deadline())) as deltas:
                return await anext(deltas)
        finally:
            await model.aclose()

    assert asyncio.run(read_one())
    assert isinstance(model.answer(ASKED, Colour, model.deadline()).content, Colour)


def test_a_fallback_takes_over(llama_server: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        away = f"http://127.0.0.1:{closed.getsockname()[1]}/v1"
    door = Door()
    model = door.open([ModelAddress("away", away, None, PATIENT), ModelAddress(MODEL, llama_server, None, PATIENT)])
    assert model.answer(ASKED, Colour, model.deadline()).model == MODEL


def test_a_whole_review_goes_through_over_rest_and_the_command_line(
    llama_server: str, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So small a model fills whatever it may fill: told how much that is, it comes to an end, and the review is whole."""
    changes = {"llm_model": MODEL, "llm_base_url": llama_server, "llm_timeout": PATIENT, **ROOM}
    with TestClient(create_app(settings.model_copy(update=changes)), base_url=LOCAL) as client:
        made = client.post("/v1/reviews", json={**DRAFT, "mode": "llm"})
        metrics = client.get("/metrics").text
    assert made.status_code == 201
    check(made.json())
    assert made.json()["provenance"]["usage"]["prompt_tokens"] > 1_000
    tokens = re.search(rf'okr_coach_model_tokens_total{{kind="prompt",model="{MODEL}"}} ([0-9.]+)', metrics)
    assert tokens is not None
    assert float(tokens[1]) > 1_000
    for name, value in changes.items():
        monkeypatch.setenv(f"OKR_COACH_{name.upper()}", str(value))
    asked = ["review", "-", "--from", "json", "--format", "json", "--mode", "llm", "--fail-on", "never"]
    result = CliRunner().invoke(app, asked, input=json.dumps(DRAFT))
    review = json.loads(result.stdout)
    check(review)
    assert review["provenance"]["cached"], "the same question, whichever door it comes through"
    assert result.exit_code == 0


def check(review: dict[str, Any]) -> None:
    """The review has its shape, the model was understood, and no number in it is its own."""
    Review.model_validate_json(json.dumps(review))
    assert review["degraded"] is None
    found = review["objectives"][0]["key_results"][0]
    assert found["kind"] == "output"
    assert review["provenance"]["model"] == MODEL
    assert not re.search(r"\d", json.dumps([found["rewrite"], [each["reason"] for each in found["findings"]]]))
