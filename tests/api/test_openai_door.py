"""`/openai/v1` with the real `openai` client: what a chat interface does with it works."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import openai
import pytest
from fastapi import FastAPI
from openai import OpenAI

from api import create_app
from coach.settings import Settings
from tests.api.pages.chromium import served
from tests.api.scripted import ScriptedCoach, answer_to
from tests.api.test_conversations import wait_for


@pytest.fixture
def scripted() -> ScriptedCoach:
    return ScriptedCoach()


@pytest.fixture
def app(without_encoder: None, tmp_path: Path, scripted: ScriptedCoach) -> FastAPI:
    made = create_app(Settings(home=tmp_path / "home"))
    made.state.coach.__dict__["chat"] = scripted
    return made


@pytest.fixture
def address(app: FastAPI) -> Iterator[str]:
    with served(app) as where:
        yield where


@pytest.fixture
def client(address: str) -> Iterator[OpenAI]:
    with OpenAI(base_url=f"{address}/openai/v1", api_key="none", max_retries=0) as opened:
        yield opened


def _user(*texts: str) -> list[Any]:
    """A talk as an interface sends it back: our answers stand between the person's texts."""
    talk: list[Any] = [{"role": "system", "content": "You are a pirate."}]
    for text in texts:
        talk += [{"role": "user", "content": text}, {"role": "assistant", "content": answer_to(text)}]
    return talk[:-1]


def test_the_coach_is_the_only_model(client: OpenAI) -> None:
    assert [model.id for model in client.models.list()] == ["okr-coach"]
    assert client.models.retrieve("okr-coach").owned_by == "okr-coach"
    with pytest.raises(openai.NotFoundError):
        client.models.retrieve("gpt")


def test_an_answer_comes_whole_with_its_usage(client: OpenAI) -> None:
    answer = client.chat.completions.create(model="okr-coach", messages=_user("Was ist ein Outcome?"), temperature=0.3)
    assert answer.choices[0].message.content == answer_to("Was ist ein Outcome?")
    assert answer.choices[0].finish_reason == "stop"
    assert answer.usage is not None
    assert answer.usage.total_tokens == answer.usage.prompt_tokens + answer.usage.completion_tokens
    assert answer.usage.completion_tokens > 5


@pytest.mark.parametrize("usage", [True, False])
def test_an_answer_streams_and_ends_as_the_protocol_says(client: OpenAI, usage: bool) -> None:
    chunks = list(
        client.chat.completions.create(
            model="okr-coach", messages=_user("say 12"), stream=True, stream_options={"include_usage": usage}
        )
    )
    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
    assert text == answer_to("say 12")
    assert chunks[0].choices[0].delta.role == "assistant"
    assert [chunk.choices[0].finish_reason for chunk in chunks if chunk.choices][-1] == "stop"
    assert (chunks[-1].usage is not None) is usage
    assert len(chunks) > 10


def test_the_stream_ends_with_done(address: str) -> None:
    sent = {"model": "okr-coach", "messages": _user("Hallo"), "stream": True}
    answer = httpx.post(f"{address}/openai/v1/chat/completions", json=sent)
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert answer.text.endswith("data: [DONE]\n\n")


def test_what_was_said_before_counts_and_nothing_is_stored(client: OpenAI, app: FastAPI) -> None:
    place = app.state.replay.place(app.state.coach.chat, "local", ["draft Alle kommen an", "Und nun?"])
    assert place.conversation.turns == 2
    assert place.conversation.draft.texts() == {"o1": "Alle kommen an"}
    assert place.version(1) == place.conversation.version
    client.chat.completions.create(model="okr-coach", messages=_user("draft Alle kommen an", "Und nun?", "Weiter"))
    assert app.state.coach.conversations.total("local") == 0


def test_what_is_remembered_is_the_same_as_what_is_made_again(app: FastAPI, scripted: ScriptedCoach) -> None:
    texts = ["draft A", "draft B", "Und?"]
    first = app.state.replay.place(scripted, "ours", texts)
    assert app.state.replay.place(scripted, "ours", texts) is first
    assert app.state.replay.place(scripted, "theirs", texts) is not first
    assert [version.number for version in first.versions] == [1, 2]


def test_content_in_parts_is_read(client: OpenAI) -> None:
    parts: list[Any] = [{"role": "user", "content": [{"type": "text", "text": "Hallo"}]}]
    answer = client.chat.completions.create(model="okr-coach", messages=parts)
    assert answer.choices[0].message.content == answer_to("Hallo")


@pytest.mark.parametrize(
    ("change", "status", "param"),
    [
        ({"model": "gpt-4o"}, 404, None),
        ({"messages": []}, 400, "messages"),
        ({"messages": [{"role": "system", "content": "x"}]}, 400, "messages"),
        ({"messages": [{"role": "king", "content": "x"}]}, 400, "messages.0.role"),
        ({"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {}}]}]}, 400, "messages.0"),
        ({"messages": [{"role": "user", "content": "x" * 20_001}]}, 400, "messages"),
        ({"n": 3}, 400, "n"),
        ({"stream": "x"}, 400, "stream"),
    ],
)
@pytest.mark.parametrize("stream", [True, False])
def test_a_bad_request_gets_an_error_object(
    client: OpenAI, change: dict[str, Any], status: int, param: str | None, stream: bool
) -> None:
    sent: dict[str, Any] = {"model": "okr-coach", "messages": _user("Hallo"), "stream": stream, **change}
    with pytest.raises(openai.APIStatusError) as caught:
        client.chat.completions.create(**sent)
    assert caught.value.status_code == status
    error: Any = caught.value.body
    assert error["param"] == param
    assert error["message"]
    assert error["type"] in {"invalid_request_error", "not_found_error"}


def test_what_breaks_is_an_error_object_too(client: OpenAI, address: str) -> None:
    with pytest.raises(openai.InternalServerError) as caught:
        client.chat.completions.create(model="okr-coach", messages=_user("break"))
    assert "of no kind" not in str(caught.value)
    answer = httpx.get(f"{address}/openai/none", headers={"accept": "text/html"})
    assert answer.status_code == 404
    assert set(answer.json()["error"]) == {"message", "type", "param", "code"}


def test_a_dropped_client_ends_the_call(client: OpenAI, scripted: ScriptedCoach) -> None:
    stream = client.chat.completions.create(model="okr-coach", messages=_user("hold"), stream=True)
    next(iter(stream))
    stream.close()
    wait_for(lambda: scripted.closed)


def test_keys_are_asked_for_elsewhere(without_encoder: None, settings: Settings, ours: dict[str, str]) -> None:
    made = create_app(settings.model_copy(update={"host": "0.0.0.0"}))
    made.state.coach.__dict__["chat"] = ScriptedCoach()
    with served(made) as address:
        key = ours["authorization"].removeprefix("Bearer ")
        with OpenAI(base_url=f"{address}/openai/v1", api_key=key, max_retries=0) as client:
            assert client.chat.completions.create(model="okr-coach", messages=_user("Hallo")).choices
        with OpenAI(base_url=f"{address}/openai/v1", api_key="okr_wrong", max_retries=0) as client:
            with pytest.raises(openai.AuthenticationError) as caught:
                client.models.list()
            assert caught.value.code == "invalid_api_key"


_OPEN_WEBUI = """### Task:
{task}
### Output:
JSON format: {{ "x": "y" }}
### Chat History:
<chat_history>
USER: O: Neue Mieter:innen kommen gut an
- KR1: Portal live
ASSISTANT: „live" sagt, dass es das Portal gibt.
</chat_history>"""


@pytest.mark.parametrize(
    ("task", "answer"),
    [
        ("Generate a concise, 3-5 word title with an emoji summarizing the chat history.", {"title": "Neue Mieter:innen kommen gut an"}),
        ("Generate 1-3 broad tags categorizing the main themes of the chat history.", {"tags": ["OKR"]}),
        ("Suggest 3-5 relevant follow-up questions or prompts that the user might naturally ask next.", {"follow_ups": []}),
        ("Analyze the chat history to determine the necessity of generating search queries.", {"queries": []}),
        ("You are an autocompletion system. Continue the text in `<text>`.", {"text": ""}),
    ],
)  # fmt: skip
def test_hidden_prompts_are_answered_without_the_coach(
    client: OpenAI, scripted: ScriptedCoach, task: str, answer: dict[str, Any]
) -> None:
    said = client.chat.completions.create(model="okr-coach", messages=_user(_OPEN_WEBUI.format(task=task)))
    assert json.loads(said.choices[0].message.content or "") == answer
    assert scripted.streams == 0


def test_a_plain_title_is_plain(client: OpenAI, scripted: ScriptedCoach) -> None:
    prompt = (
        "Provide a concise, 5-word-or-less title for the conversation, using title case conventions. "
        "Only return the title itself.\n\nConversation:\nUser: Kann Umsatz ein Key Result sein?\nAI: Selten."
    )
    said = client.chat.completions.create(model="okr-coach", messages=_user(prompt))
    assert said.choices[0].message.content == "Kann Umsatz ein Key Result sein?"
    assert scripted.streams == 0


def test_somebody_who_talks_about_titles_is_answered_by_the_coach(client: OpenAI, scripted: ScriptedCoach) -> None:
    text = "Unser Objective heißt: Generate 1-3 broad tags. Ist das gut?"
    said = client.chat.completions.create(model="okr-coach", messages=_user(text))
    assert said.choices[0].message.content == answer_to(text)
