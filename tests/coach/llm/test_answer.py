"""A structured answer: dialects found out once, fallbacks, one retry owner, what is sent to whom."""

import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from coach.errors import ModelOutputInvalid, ModelRejected, ModelUnavailable
from coach.llm import Bounds, ChatModel, Door, ModelAddress, Price, open_chat_model
from coach.llm.schema import parsed
from coach.prompting import Message
from coach.usage import Usage
from tests.coach.llm.conftest import address
from tests.coach.llm.test_faults import ASKED, Numbers
from tests.coach.llm.test_stream import Heard
from tests.faults import Play, Serve, Wire, whole

GOOD = '{"one": 1}'


class Texts(BaseModel):
    """A text and a list of texts."""

    said: str
    parts: list[str]


def ask(model: ChatModel) -> Numbers:
    answer: Numbers = model.answer(ASKED, Numbers, model.deadline()).content
    return answer


def modes(requests: list[dict[str, Any]]) -> list[str]:
    """Return the schema modes of requests."""
    return [request.get("response_format", {}).get("type", "plain") for request in requests]


def knowing(*known: str, status: int) -> Play:
    """A server that knows some schema modes and refuses the others."""

    def play(wire: Wire) -> None:
        if modes([wire.request])[0] in known:
            whole(wire, GOOD)
        else:
            wire.status(status)

    return play


@pytest.mark.parametrize("status", [400, 404, 422, 500, 501])
@pytest.mark.parametrize(
    ("known", "tried"),
    [
        (("json_schema",), ["json_schema"]),
        (("json_object",), ["json_schema", "json_object"]),
        (("plain",), ["json_schema", "json_object", "plain"]),
    ],
)
def test_the_schema_mode_is_found_out_once(
    serve: Serve, tmp_path: Path, known: tuple[str, ...], tried: list[str], status: int
) -> None:
    server = serve(knowing(*known, status=status))
    memory = tmp_path / "cache" / "models.json"
    model = Door(memory=memory).open([address(server.url)])
    assert ask(model) == ask(model) == Numbers(one=1)
    assert modes(server.requests) == [*tried, tried[-1]]
    again = Door(memory=memory).open([address(server.url)])
    assert ask(again) == Numbers(one=1)
    assert modes(server.requests)[len(tried) + 1 :] == [tried[-1]]


def test_the_schema_is_in_the_prompt_where_the_server_does_not_take_it(serve: Serve) -> None:
    server = serve(knowing("plain", status=400))
    assert ask(open_chat_model(address(server.url))) == Numbers(one=1)
    last = server.requests[-1]["messages"]
    assert last[0] == {"role": "system", "content": ASKED[0].content}
    assert last[1]["content"].startswith(ASKED[1].content)
    assert '"one"' in last[1]["content"]


def test_a_server_that_ignores_the_schema_is_told_it_in_words(serve: Serve) -> None:
    def play(wire: Wire) -> None:
        told = '"one"' in wire.request["messages"][-1]["content"]
        whole(wire, f"Sure. Here it is: {GOOD}. Enjoy." if told else "The numbers are one and two.")

    server = serve(play)
    model = open_chat_model(address(server.url))
    assert ask(model) == ask(model) == Numbers(one=1)
    assert modes(server.requests) == ["json_schema", "json_object", "json_object"]


def test_a_model_that_takes_no_temperature_gets_none(serve: Serve) -> None:
    def play(wire: Wire) -> None:
        if "temperature" in wire.request:
            wire.status(400, body='{"error": {"message": "Unsupported value: \'temperature\'"}}')
        else:
            whole(wire, GOOD)

    server = serve(play)
    assert ask(open_chat_model(address(server.url))) == Numbers(one=1)
    assert modes(server.requests) == ["json_schema", "json_schema"]


def test_a_damaged_memory_is_no_memory(serve: Serve, tmp_path: Path) -> None:
    server = serve(knowing("json_schema", status=400))
    memory = tmp_path / "models.json"
    for content in ('{"x": 5}', "[]", "\x00", '{"x": {"schema": "json_schema"}}'):
        memory.write_text(content)
        assert ask(Door(memory=memory).open([address(server.url)])) == Numbers(one=1)


def test_what_once_worked_is_not_doubted_for_one_refusal(serve: Serve) -> None:
    server = serve(lambda wire: whole(wire, GOOD) if len(server.requests) == 1 else wire.status(400))
    model = open_chat_model(address(server.url))
    ask(model)
    with pytest.raises(ModelRejected):
        ask(model)
    assert modes(server.requests) == ["json_schema", "json_schema"]


def test_a_fallback_answers_where_the_model_is_away(serve: Serve) -> None:
    away, other = serve(lambda wire: wire.status(503)), serve(lambda wire: whole(wire, GOOD))
    model = open_chat_model(address(away.url), address(other.url, model="other"))
    answer = model.answer(ASKED, Numbers, model.deadline())
    assert (answer.content, answer.model, answer.calls) == (Numbers(one=1), "other", 1)
    assert answer.usage == Usage(prompt_tokens=10, completion_tokens=5)
    assert len(away.requests) == 3


def test_a_model_that_hangs_leaves_its_fallback_time(serve: Serve) -> None:
    away, other = serve(lambda wire: wire.wait()), serve(lambda wire: whole(wire, GOOD))
    model = open_chat_model(address(away.url)._replace(timeout=4.0), address(other.url, model="other"))
    assert ask(model) == Numbers(one=1)


def test_a_long_retry_after_leaves_the_address_alone(serve: Serve) -> None:
    server = serve(lambda wire: wire.status(429, "retry-after: 3600"))
    model = open_chat_model(address(server.url))
    for code in ("http-429", "circuit-open"):
        with pytest.raises(ModelUnavailable) as failed:
            ask(model)
        assert failed.value.code == code
    assert len(server.requests) == 1


def test_a_short_retry_after_is_waited_for(serve: Serve) -> None:
    def play(wire: Wire) -> None:
        if len(server.requests) == 1:
            wire.status(429, "retry-after-ms: 20")
        else:
            whole(wire, GOOD)

    server, waited = serve(play), list[float]()
    model = open_chat_model(address(server.url))
    model._sleep = waited.append
    assert ask(model) == Numbers(one=1)
    assert waited == [0.02]


def test_an_address_that_failed_often_is_not_asked(serve: Serve) -> None:
    server = serve(lambda wire: wire.status(503))
    model = open_chat_model(address(server.url))
    for _ in range(4):
        with pytest.raises(ModelUnavailable):
            ask(model)
    assert len(server.requests) == 5


def test_a_fault_named_by_the_check_is_asked_about_once(serve: Serve) -> None:
    server = serve(lambda wire: whole(wire, GOOD if len(server.requests) == 2 else '{"one": 7}'))
    model = open_chat_model(address(server.url))
    answer = model.answer(ASKED, Numbers, model.deadline(), check=lambda n: "too big" if n.one > 1 else None)
    assert (answer.calls, answer.usage.prompt_tokens) == (2, 20)
    *_, said, repair = server.requests[1]["messages"]
    assert said == {"role": "assistant", "content": '{"one": 7}'}
    assert "too big" in repair["content"]


def test_who_asks_is_said_in_the_headers(serve: Serve) -> None:
    server = serve(lambda wire: whole(wire, GOOD))
    given = address(server.url)._replace(organisation="org-1", headers={"X-Team": "coach"})
    ask(open_chat_model(given))
    headers = server.headers[0]
    assert (headers["authorization"], headers["openai-organization"], headers["x-team"]) == (
        "Bearer secret-key", "org-1", "coach",
    )  # fmt: skip
    ask(open_chat_model(given._replace(api_key=None)))
    assert "authorization" not in server.headers[1]


@pytest.mark.parametrize("path", ["", "/openai", "/openai/deployments/stub"])
def test_azure_has_addresses_of_its_own(serve: Serve, path: str) -> None:
    server = serve(lambda wire: whole(wire, GOOD))
    given = address(f"http://127.0.0.1:{server.port}{path}")._replace(api_version="2025-04-01")
    ask(open_chat_model(given))
    assert server.paths == ["/openai/deployments/stub/chat/completions?api-version=2025-04-01"]
    assert server.headers[0]["api-key"] == "secret-key"
    assert "authorization" not in server.headers[0]


def test_a_price_makes_a_cost(serve: Serve) -> None:
    server = serve(lambda wire: whole(wire, GOOD))
    model = open_chat_model(address(server.url)._replace(price=Price(prompt=2, cached=1, completion=8)))
    usage = model.answer(ASKED, Numbers, model.deadline()).usage
    assert usage.cost == pytest.approx((10 * 2 + 5 * 8) / 1_000_000)


@pytest.mark.parametrize("finish", ["length", "content_filter"])
def test_an_answer_that_is_cut_off_is_paid_all_the_same(serve: Serve, finish: str) -> None:
    heard = Heard()
    model = Door(meter=heard).open([address(serve(lambda wire: whole(wire, "{", finish=finish)).url)])
    with pytest.raises(ModelOutputInvalid) as failed:
        ask(model)
    asked = {"length": 2, "content_filter": 1}[finish]
    assert [call.usage.tokens for call in heard.calls] == [15] * asked
    assert (failed.value.answers, failed.value.usage.tokens) == (asked, 15 * asked)


def test_what_was_cut_off_is_asked_for_once_more_within_tighter_bounds(serve: Serve) -> None:
    """A character may be a token of its own: then the texts must be as short as the tokens are few."""

    def play(wire: Wire) -> None:
        cut = len(server.requests) == 1
        whole(wire, '{"said": "000000' if cut else '{"said": "yes", "parts": []}', finish="length" if cut else "stop")

    server = serve(play)
    model = open_chat_model(address(server.url))
    bounds = Bounds(at_most={"said": 100, "parts": 3, "parts[]": 50})
    answer = model.answer(ASKED, Texts, model.deadline(), bounds=bounds)
    assert (answer.content, answer.calls, answer.usage.tokens) == (Texts(said="yes", parts=[]), 2, 30)
    first, second = (request["response_format"]["json_schema"]["schema"] for request in server.requests)
    lengths = [
        (schema["properties"]["said"]["maxLength"], schema["properties"]["parts"]["items"]["maxLength"])
        for schema in (first, second)
    ]
    assert lengths == [(100, 50), (40, 20)]
    assert first["properties"]["parts"]["maxItems"] == second["properties"]["parts"]["maxItems"] == 3
    before, again = (request["messages"] for request in server.requests)
    assert [message["role"] for message in again] == [message["role"] for message in before]
    assert again[:-1] == before[:-1]
    assert again[-1]["content"].startswith(before[-1]["content"])
    assert "too long" in again[-1]["content"]
    assert "000000" not in json.dumps(again)


def test_what_was_answered_before_a_fault_is_told_with_the_fault(serve: Serve) -> None:
    def play(wire: Wire) -> None:
        whole(wire, '{"one": "no number"}') if len(server.requests) == 1 else wire.status(401)

    server = serve(play)
    with pytest.raises(ModelRejected) as failed:
        ask(open_chat_model(address(server.url)))
    told = failed.value
    assert (told.code, told.answers, told.usage.tokens, told.model) == ("http-401", 1, 15, "stub")


def test_a_key_is_in_no_representation() -> None:
    assert "secret" not in repr(ModelAddress("m", "http://user:secret@h/v1", "secret", 1.0))


class Nested(BaseModel):
    value: dict[str, Any]


@pytest.mark.parametrize(
    "text",
    [
        '{"value": {"a": "}"}}',
        '```json\n{"value": {"a": "}"}}\n```',
        'Thinking {about} it.\n{"value": {"a": "}"}} Done.',
        '<think>{"no": </think>{"value": {"a": "}"}}',
    ],
)
def test_the_json_is_found_in_what_surrounds_it(text: str) -> None:
    assert parsed(text, Nested) == Nested(value={"a": "}"})


@pytest.mark.parametrize("text", ["", "{", "no", "[1]", "{" * 10_000, '{"value": ' * 50_000, "{x" * 50_000])
def test_what_holds_no_object_is_named(text: str) -> None:
    with pytest.raises(ModelOutputInvalid):
        parsed(text, Nested)


def test_the_last_message_is_the_only_one_that_changes(serve: Serve) -> None:
    server = serve(knowing("json_object", status=400))
    talk = [Message("system", "a"), Message("user", "b")]
    model = open_chat_model(address(server.url))
    model.answer(talk, Numbers, model.deadline())
    first, second = (json.dumps(request["messages"][0]) for request in server.requests)
    assert first == second


CLOSED = Bounds(one_of={"name": ["a", "b"]}, at_most={"name": 9, "parts": 2, "parts[]": 40, "said": 80})


class Part(BaseModel):
    name: str
    parts: list[str]
    said: str


def refusing(*words: str) -> Play:
    """A server that refuses a schema which holds one of these words, and says which."""

    def play(wire: Wire) -> None:
        asked = json.dumps(wire.request.get("response_format", {}))
        if refused := next((word for word in words if f'"{word}"' in asked), None):
            wire.status(400, body=json.dumps({"error": {"message": f"Invalid schema: '{refused}' is not permitted."}}))
        else:
            whole(wire, '{"name": "c", "parts": [], "said": ""}')

    return play


def schemas(requests: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the properties of the schemas that were sent."""
    return [request["response_format"]["json_schema"]["schema"]["properties"] for request in requests]


def test_a_schema_names_the_values_and_how_much_there_may_be(serve: Serve) -> None:
    server = serve(refusing())
    model = open_chat_model(address(server.url))
    answer = model.answer(ASKED, Part, model.deadline(), bounds=CLOSED)
    assert answer.content.name == "c", "what a server lets through is the caller's to check"
    (properties,) = schemas(server.requests)
    assert properties["name"]["enum"] == ["a", "b"]
    assert "maxLength" not in properties["name"]
    assert (properties["parts"]["maxItems"], properties["parts"]["items"]["maxLength"]) == (2, 40)
    assert properties["said"]["maxLength"] == 80


@pytest.mark.parametrize(
    ("refused", "left"),
    [
        (("maxLength", "maxItems"), [{"enum", "maxLength", "maxItems"}, {"enum"}]),
        (("enum",), [{"enum", "maxLength", "maxItems"}, {"maxLength", "maxItems"}]),
        (("maxItems", "enum"), [{"enum", "maxLength", "maxItems"}, {"enum"}, set()]),
    ],
    ids=["lengths", "sets", "both"],
)
def test_a_server_that_takes_no_bounds_gets_the_schema_without_them(
    serve: Serve, tmp_path: Path, refused: tuple[str, ...], left: list[set[str]]
) -> None:
    server, memory = serve(refusing(*refused)), tmp_path / "models.json"
    model = Door(memory=memory).open([address(server.url)])
    model.answer(ASKED, Part, model.deadline(), bounds=CLOSED)
    sent = [json.dumps(properties) for properties in schemas(server.requests)]
    assert [{word for word in ("enum", "maxLength", "maxItems") if f'"{word}"' in text} for text in sent] == left
    again = Door(memory=memory).open([address(server.url)])
    again.answer(ASKED, Part, again.deadline(), bounds=CLOSED)
    assert schemas(server.requests)[-1] == schemas(server.requests)[-2]


def test_what_worked_without_bounds_is_no_promise_that_bounds_are_taken(serve: Serve) -> None:
    server = serve(refusing("maxLength"))
    model = open_chat_model(address(server.url))
    model.answer(ASKED, Part, model.deadline())
    assert model.answer(ASKED, Part, model.deadline(), bounds=CLOSED).calls == 1
    assert "maxLength" not in json.dumps(schemas(server.requests)[-1])
