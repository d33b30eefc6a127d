"""`/v1/conversations` over real HTTP: streams, resumption, dropped clients, keys, tenants, deletion."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from api import create_app
from coach.settings import Settings
from coach.wiring import open_coach
from tests.api.pages.chromium import served
from tests.api.scripted import ScriptedCoach, answer_to

STREAM = {"accept": "text/event-stream"}


@pytest.fixture
def scripted() -> ScriptedCoach:
    return ScriptedCoach()


@pytest.fixture
def app(without_encoder: None, tmp_path: Path, scripted: ScriptedCoach) -> FastAPI:
    made = create_app(Settings(home=tmp_path / "home"))
    made.state.coach.__dict__["chat"] = scripted
    return made


@pytest.fixture
def client(app: FastAPI) -> Iterator[httpx.Client]:
    with served(app) as address, httpx.Client(base_url=address, timeout=20) as opened:
        yield opened


@pytest.fixture
def talk(client: httpx.Client) -> str:
    """The address of a new conversation."""
    return opened(client)


def opened(client: httpx.Client, **opening: Any) -> str:
    made = client.post("/v1/conversations", json=opening)
    assert made.status_code == 201, made.text
    return str(made.headers["location"])


class Heard:
    """The events of a stream, as they came."""

    def __init__(self) -> None:
        self.events: list[tuple[str, str, dict[str, Any]]] = []

    @property
    def text(self) -> str:
        return "".join(content["text"] for _, name, content in self.events if name == "token")

    @property
    def names(self) -> list[str]:
        return [name for _, name, _ in self.events]

    @property
    def last(self) -> str:
        return self.events[-1][0]


def hear(
    client: httpx.Client, method: str, path: str, *, until: Callable[[Heard], bool] = lambda _: False, **rest: Any
) -> Heard:
    """Read a stream to its end, or until a condition holds; then the connection is closed."""
    heard, fields = Heard(), {}
    headers = {**STREAM, **rest.pop("headers", {})}
    with client.stream(method, path, headers=headers, **rest) as response:
        assert response.headers["content-type"].startswith("text/event-stream"), response.read()
        for line in response.iter_lines():
            name, _, value = line.partition(": ")
            if line:
                fields[name] = value
                continue
            heard.events.append((fields["id"], fields["event"], json.loads(fields["data"])))
            fields = {}
            if until(heard):
                break
    return heard


def wait_for(condition: Callable[[], Any], seconds: float = 10) -> Any:
    end = time.monotonic() + seconds
    while not (met := condition()):
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.01)
    return met


def test_a_turn_as_json_is_stored_and_found_again(client: httpx.Client, talk: str) -> None:
    turn = client.post(f"{talk}/messages", json={"text": "draft Alle kommen an"})
    assert turn.status_code == 201
    assert turn.json()["reply"]["text"] == answer_to("draft Alle kommen an")
    page = client.get(talk).json()
    assert page["greeting"] == "Guten Tag"
    assert page["recent"] == [turn.json()]
    assert page["conversation"]["version"]["draft"]["objectives"][0]["text"] == "Alle kommen an"
    listed = client.get("/v1/conversations").json()["conversations"]
    assert [(each["title"], each["turns"]) for each in listed] == [("draft Alle kommen an", 1)]


def test_a_stream_says_the_same_and_ends_with_the_stored_turn(client: httpx.Client, talk: str) -> None:
    heard = hear(client, "POST", f"{talk}/messages", json={"text": "draft say 7"})
    assert heard.names[:2] == ["started", "draft"]
    assert heard.events[0][2] == {"number": 1, "message": {"text": "draft say 7", "action": None}}
    assert heard.names[-1] == "done"
    assert heard.text == answer_to("draft say 7")
    assert heard.events[-1][2]["turn"] == client.get(talk).json()["recent"][0]
    assert heard.last == "1"


@pytest.mark.parametrize("after", [0, 5, 290])
def test_a_dropped_stream_goes_on_where_it_broke_off(client: httpx.Client, talk: str, after: int) -> None:
    headers = {"idempotency-key": "k1"}
    first = hear(
        client, "POST", f"{talk}/messages", json={"text": "say 60"}, headers=headers, until=lambda h: len(h.text) >= after
    )  # fmt: skip
    rest = hear(
        client, "POST", f"{talk}/messages", json={"text": "say 60"}, headers={**headers, "last-event-id": first.last}
    )
    assert first.text + rest.text == answer_to("say 60")
    assert client.get(talk).json()["conversation"]["turns"] == 1


def test_a_stored_turn_is_told_again_from_any_position(client: httpx.Client, talk: str) -> None:
    client.post(f"{talk}/messages", json={"text": "say 5"})
    whole = answer_to("say 5")
    for characters in range(1, len(whole)):
        heard = hear(
            client, "GET", f"{talk}/events?after=1.{characters}", until=lambda heard: heard.names[-1] == "done"
        )
        assert heard.text == whole[characters:]


def test_two_tabs_hear_the_same(client: httpx.Client, scripted: ScriptedCoach, talk: str) -> None:
    tabs = [Heard(), Heard()]

    def follow(index: int) -> None:
        tabs[index] = hear(client, "GET", f"{talk}/events?after=0", until=lambda heard: heard.last == "2")

    threads = [threading.Thread(target=follow, args=(index,)) for index in range(2)]
    for thread in threads:
        thread.start()
    heard = hear(client, "POST", f"{talk}/messages", json={"text": "say 20"})
    client.post(f"{talk}/messages", json={"text": "noch etwas"})
    for thread in threads:
        thread.join(10)
    assert tabs[0].text == tabs[1].text == heard.text + answer_to("noch etwas")
    assert [e for e in tabs[0].events if e[1] == "done"] == [e for e in tabs[1].events if e[1] == "done"]


def test_a_turn_of_another_process_is_heard_too(client: httpx.Client, app: FastAPI, talk: str) -> None:
    other = open_coach(app.state.coach.settings)
    identifier = talk.rpartition("/")[2]
    step = ScriptedCoach().turn(other.conversations.get("local", identifier), _message("von nebenan"), _none)
    thread = threading.Timer(0.3, other.conversations.append, ("local", step))
    thread.start()
    heard = hear(client, "GET", f"{talk}/events", until=lambda heard: heard.names[-1] == "done")
    assert heard.text == answer_to("von nebenan")
    thread.join()
    other.database.close()


def _message(text: str) -> Any:
    from coach.conversation import Message

    return Message(text=text)


def _none(number: int) -> Any:
    raise AssertionError(number)


@pytest.mark.parametrize("headers", [STREAM, {}], ids=["stream", "json"])
def test_a_dropped_client_ends_the_call_and_the_turn_is_kept_as_interrupted(
    client: httpx.Client, scripted: ScriptedCoach, talk: str, headers: dict[str, str]
) -> None:
    with httpx.Client(base_url=client.base_url) as leaving:
        if headers:
            hear(leaving, "POST", f"{talk}/messages", json={"text": "draft hold"}, until=lambda h: bool(h.text))
        else:
            with pytest.raises(httpx.ReadTimeout):
                leaving.post(f"{talk}/messages", json={"text": "draft hold"}, timeout=0.3)
    wait_for(lambda: scripted.closed)
    (turn,) = wait_for(lambda: client.get(talk).json()["recent"])
    assert turn["status"] == "interrupted"
    assert answer_to("draft hold").startswith(turn["reply"]["text"])
    assert turn["reply"]["text"]
    assert client.get(talk).json()["conversation"]["version"]["draft"]["objectives"][0]["text"] == "hold"
    scripted.release.set()
    assert client.post(f"{talk}/messages", json={"text": "weiter"}).json()["number"] == 2


def test_one_of_two_listeners_may_go(client: httpx.Client, scripted: ScriptedCoach, talk: str) -> None:
    stays: list[Heard] = []
    thread = threading.Thread(
        target=lambda: stays.append(
            hear(client, "GET", f"{talk}/events", until=lambda heard: heard.names[-1] == "done")
        )
    )
    thread.start()
    with httpx.Client(base_url=client.base_url) as leaving:
        hear(leaving, "POST", f"{talk}/messages", json={"text": "hold"}, until=lambda heard: bool(heard.text))
    time.sleep(0.6)
    scripted.release.set()
    thread.join(10)
    assert stays[0].text == answer_to("hold")
    assert scripted.closed == 0


def test_the_same_key_never_doubles_a_turn(client: httpx.Client, scripted: ScriptedCoach, talk: str) -> None:
    answers = []

    def send() -> None:
        answers.append(
            client.post(f"{talk}/messages", json={"text": "say 9"}, headers={"idempotency-key": "same"}).json()
        )

    threads = [threading.Thread(target=send) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    send()
    assert len(answers) == 7
    assert all(answer == answers[0] for answer in answers)
    assert scripted.streams == 1
    other = client.post(f"{talk}/messages", json={"text": "anders"}, headers={"idempotency-key": "same"})
    assert other.status_code == 409
    assert other.json()["code"] == "conflict"


def test_messages_sent_at_once_are_answered_one_after_another(client: httpx.Client, talk: str) -> None:
    def send(number: int) -> None:
        assert client.post(f"{talk}/messages", json={"text": f"Nachricht {number}"}).status_code == 201

    threads = [threading.Thread(target=send, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    turns = client.get(talk).json()["recent"]
    assert [turn["number"] for turn in turns] == list(range(1, 9))
    assert len({turn["message"]["text"] for turn in turns}) == 8


@pytest.mark.parametrize(
    ("content", "status", "pointer"),
    [
        (b"{", 400, ""),
        (b"{}", 422, "/text"),
        (b'{"text": 3}', 422, "/text"),
        (b'{"text": "x", "colour": 1}', 422, "/colour"),
        (b'{"action": {"do": "sing"}}', 422, "/action/do"),
        (json.dumps({"text": "x" * 20_001}).encode(), 422, "/text"),
    ],
)
@pytest.mark.parametrize("headers", [STREAM, {}], ids=["stream", "json"])
def test_a_bad_message_is_a_problem_with_a_pointer(
    client: httpx.Client, talk: str, content: bytes, status: int, pointer: str, headers: dict[str, str]
) -> None:
    answer = client.post(f"{talk}/messages", content=content, headers=headers)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert pointer in [error["pointer"] for error in answer.json()["errors"]]
    assert client.get(talk).json()["conversation"]["turns"] == 0


def test_what_breaks_ends_the_stream_with_an_error_and_the_talk_goes_on(client: httpx.Client, talk: str) -> None:
    assert client.post(f"{talk}/messages", json={"text": "break"}).status_code == 500
    broken = client.post(f"{talk}/messages", json={"text": "break"}, headers=STREAM)
    assert broken.status_code == 500
    assert "of no kind" not in broken.text
    assert client.post(f"{talk}/messages", json={"text": "weiter"}).json()["number"] == 1


@pytest.mark.parametrize("header", ["x", "1.", "-1", "1.x", "0.4", "1" * 40])
def test_an_event_id_that_is_none_is_a_problem(client: httpx.Client, talk: str, header: str) -> None:
    answer = client.get(f"{talk}/events", headers={"last-event-id": header})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/header/last-event-id"


def test_an_export_is_imported_again_and_reads_as_markdown(client: httpx.Client, talk: str) -> None:
    client.post(f"{talk}/messages", json={"text": "draft Alle <b>kommen</b> an"})
    exported = client.get(f"{talk}/export").json()
    again = client.post("/v1/conversations", json=exported)
    assert again.status_code == 201
    assert again.headers["location"] != talk
    copied = client.get(f"{again.headers['location']}/export").json()
    copied["conversation"]["id"] = exported["conversation"]["id"]
    assert copied == exported
    markdown = client.get(f"{talk}/export?format=markdown")
    assert markdown.headers["content-type"].startswith("text/markdown")
    assert markdown.text.startswith("## Alle \\<b>kommen\\</b> an\n")
    assert "> draft Alle" in markdown.text
    exported["turns"] = []
    refused = client.post("/v1/conversations", json=exported)
    assert refused.json()["errors"][0]["pointer"] == "/conversation/turns"


def test_deleted_means_gone_from_every_file_and_from_the_log(
    client: httpx.Client, app: FastAPI, scripted: ScriptedCoach, talk: str, capfd: pytest.CaptureFixture[str]
) -> None:
    client.post(f"{talk}/messages", json={"text": "draft Qqzzyx kommt an " + "Qqzzyx " * 200})
    client.post(f"{talk}/messages", json={"text": "break Qqzzyx"})
    thread = threading.Thread(target=lambda: client.post(f"{talk}/messages", json={"text": "hold Qqzzyx"}))
    thread.start()
    wait_for(lambda: scripted.streams == 2)
    assert client.delete(talk).status_code == 204
    thread.join(10)
    for path in (talk, f"{talk}/export", f"{talk}/turns", f"{talk}/events"):
        assert client.get(path).status_code == 404
    assert client.delete(talk).status_code == 404
    assert client.get("/v1/conversations").json() == {"conversations": []}
    home = app.state.coach.settings.home
    assert not [path for path in home.rglob("*") if path.is_file() and b"Qqzzyx" in path.read_bytes()]
    assert "Qqzzyx" not in "".join(capfd.readouterr())
    assert app.state.relay._channels == {}


def test_followers_of_a_deleted_conversation_are_let_go(client: httpx.Client, talk: str) -> None:
    heard: list[Heard] = []
    thread = threading.Thread(target=lambda: heard.append(hear(client, "GET", f"{talk}/events?after=0")))
    thread.start()
    client.delete(talk)
    thread.join(10)
    assert heard[0].events == []


def test_tenants_do_not_see_each_other(
    without_encoder: None, settings: Settings, ours: dict[str, str], theirs: dict[str, str]
) -> None:
    app = create_app(settings.model_copy(update={"host": "0.0.0.0"}))
    app.state.coach.__dict__["chat"] = ScriptedCoach()
    with served(app) as address, httpx.Client(base_url=address, headers=ours) as client:
        talk = opened(client)
        client.post(f"{talk}/messages", json={"text": "geheim"})
        rest: Any
        for method, path, rest in (
            ("GET", talk, {}),
            ("GET", f"{talk}/turns", {}),
            ("GET", f"{talk}/events", {}),
            ("GET", f"{talk}/export", {}),
            ("DELETE", talk, {}),
            ("POST", f"{talk}/messages", {"json": {"text": "x"}}),
        ):
            assert client.request(method, path, headers=theirs, **rest).status_code == 404, (method, path)
            assert client.request(method, path, headers={"authorization": "Bearer x"}, **rest).status_code == 401
        assert client.get("/v1/conversations", headers=theirs).json() == {"conversations": []}
        assert len(client.get(talk).json()["recent"]) == 1


def test_another_site_cannot_talk(client: httpx.Client, talk: str) -> None:
    for header in ({"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"}):
        assert client.post(f"{talk}/messages", json={"text": "x"}, headers=header).status_code == 403
        assert client.post("/v1/conversations", json={}, headers=header).status_code == 403
        assert client.delete(talk, headers=header).status_code == 403
