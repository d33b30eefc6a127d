"""Every fault of a provider × every surface: what a user reads then, and that the rules' work is all there.

A new surface is one entry in SURFACES: how it asks the model, which room it tells of, and how to visit it.
"""

import json
import socket
from collections.abc import Callable
from functools import partial
from typing import Any, Literal, NamedTuple

import langchain_openai  # noqa: F401 - loaded here, lest the first deadline pay for it
import pytest
from fastapi.testclient import TestClient
from typer.testing import CliRunner

from api import create_app
from coach.cli import chat as _chat  # noqa: F401 - registers the command
from coach.cli import review as _review  # noqa: F401 - registers the command
from coach.cli import strategy as _strategy  # noqa: F401 - registers the commands
from coach.cli.app import app
from coach.conversation import Message
from coach.settings import read_settings
from tests.api.sent import LOCAL
from tests.faults import FAULTS, Fault, Serve, Wire, streamed

Lang = Literal["de", "en"]

DRAFTS: dict[Lang, dict[str, Any]] = {
    "de": {"objective": "Mieter:innen kommen gut an", "key_results": ["Mieterportal bis Ende Q3 live schalten"]},
    "en": {"objective": "New tenants settle in quickly", "key_results": ["Launch the tenant portal by May"]},
}
FINDING = {"de": "output-as-key-result", "en": "output-as-key-result"}
REASONS: dict[str, dict[Lang, str]] = {
    "unreachable": {
        "de": "Das Modell ist gerade nicht erreichbar.",
        "en": "The model can't be reached right now.",
    },
    "late": {"de": "Das Modell hat nicht rechtzeitig geantwortet.", "en": "The model didn't answer in time."},
    "busy": {
        "de": "Das Modell bekommt gerade zu viele Anfragen.",
        "en": "The model is getting too many requests right now.",
    },
    "rejected": {
        "de": "Das Modell nimmt die Anfrage nicht an. Schlüssel, Modellname und Adresse prüft „okr-coach doctor“.",
        "en": "The model doesn't accept the request. “okr-coach doctor” checks key, model name and address.",
    },
    "refused": {
        "de": "Das Modell wollte dazu nichts sagen.",
        "en": "The model declined to say anything about this.",
    },
    "unusable": {
        "de": "Die Antwort des Modells war nicht zu gebrauchen.",
        "en": "The model's answer couldn't be used.",
    },
    "broken": {
        "de": "Die Antwort des Modells ist mittendrin abgebrochen.",
        "en": "The model's answer broke off halfway.",
    },
}
INSTEAD: dict[str, dict[Lang, str]] = {
    "judge": {
        "de": "Die Hinweise kommen deshalb allein aus den Regeln.",
        "en": "So the findings come from the rules alone.",
    },
    "alignment": {
        "de": "Die Bezüge kommen deshalb allein aus den Regeln.",
        "en": "So the links come from the rules alone.",
    },
    "bridge": {
        "de": "Die Vorschläge kommen deshalb aus den Regeln.",
        "en": "So the suggestions come from the rules.",
    },
    "chat": {"de": "Ich mache ohne Modell weiter.", "en": "I'll go on without a model."},
}


class Surface(NamedTuple):
    """Where a user meets the model: how it is asked, the room that is told of, and a visit that returns what is read."""

    name: str
    use: Literal["answer", "stream"]
    room: str
    visit: Callable[[Lang], str]

    def __str__(self) -> str:
        return self.name


def review_over_rest(language: Lang) -> str:
    with TestClient(create_app(read_settings()), base_url=LOCAL) as client:
        answer = client.post("/v1/reviews", json={**DRAFTS[language], "mode": "llm"})
    assert answer.status_code == 201
    review = answer.json()
    assert review["objectives"][0]["key_results"][0]["findings"][0]["pattern"] == FINDING[language]
    assert review["provenance"]["model"] is None
    return str(review["degraded"])


def review_over_cli(language: Lang) -> str:
    asked = ["review", "-", "--from", "json", "--mode", "llm"]
    result = CliRunner().invoke(app, asked, input=json.dumps(DRAFTS[language]))
    assert result.exit_code == 3
    assert FINDING[language] in result.stdout
    return result.stdout


FRAME = {"moal": "Neue Mieter:innen: Wir sind angekommen.", "purpose": "New tenants settle in and feel at home"}
GOALS: dict[Lang, dict[str, Any]] = {
    "de": {"perspective": "customer", "goal": "Mieter:innen vertrauen uns", "kpis": ["NPS"]},
    "en": {"perspective": "customer", "goal": "Tenants trust us", "kpis": ["NPS"]},
}


def alignment_over_rest(language: Lang) -> str:
    sent = {**DRAFTS[language], "language": language, "context": {"strategy": FRAME}}
    with TestClient(create_app(read_settings()), base_url=LOCAL) as client:
        answer = client.post("/v1/strategy/alignment", json={**sent, "mode": "llm"})
        by_rules = client.post("/v1/strategy/alignment", json={**sent, "mode": "rules"})
    assert answer.status_code == 200
    assert answer.json()["texts"] == by_rules.json()["texts"]
    return str(answer.json()["degraded"])


def bridge_over_rest(language: Lang) -> str:
    sent = {"goal": GOALS[language], "language": language, "mode": "llm"}
    with TestClient(create_app(read_settings()), base_url=LOCAL) as client:
        answer = client.post("/v1/strategy/scorecard-bridge", json=sent)
    assert answer.status_code == 200
    assert {each["source"] for each in answer.json()["key_results"]} == {"rules"}
    return str(answer.json()["degraded"])


def bridge_over_cli(language: Lang) -> str:
    goal = GOALS[language]["goal"]
    asked = ["strategy", "bridge", goal, "--kpi", "NPS", "--lang", language, "--mode", "llm"]
    result = CliRunner().invoke(app, asked)
    assert result.exit_code == 3
    assert "[verified]" in result.stdout
    return result.stderr


def talk_over_rest(language: Lang, accept: str) -> str:
    """A turn about the draft: whatever the model does, it is made, raises the finding, and asks what is to be asked."""
    said = "\n".join(
        ["Objective: " + DRAFTS[language]["objective"], *(f"KR: {k}" for k in DRAFTS[language]["key_results"])]
    )
    served = create_app(read_settings())
    with TestClient(served, base_url=LOCAL) as client:
        talk = client.post("/v1/conversations", json={"language": language}).headers["location"]
        coach = served.state.coach
        head = coach.conversations.get("local", talk.rpartition("/")[2])
        guided = coach.chat.turn(head, Message(text=said), lambda number: pytest.fail(f"there is no version {number}"))
        answer = client.post(f"{talk}/messages", json={"text": said}, headers={"accept": accept})
        kept = client.get(talk).json()
    assert answer.status_code == 201
    turn = _streamed_turn(answer.text) if "event-stream" in accept else answer.json()
    assert kept["recent"] == [turn]
    reply = turn["reply"]
    assert (turn["status"], reply["source"]) == ("complete", "guided")
    assert reply["text"].endswith(guided.turn.reply.text)
    assert reply["question"] == guided.turn.reply.question.model_dump(mode="json")
    assert reply["raised"]["finding"]["pattern"] == guided.turn.reply.raised.finding.pattern
    assert reply["version"]["draft"] == kept["conversation"]["version"]["draft"]
    return str(reply["degraded"])


def _streamed_turn(stream: str) -> dict[str, Any]:
    """Return the turn that a stream ends with; what was said in it must be the reply's text."""
    blocks = [block.splitlines() for block in stream.strip().split("\n\n") if not block.startswith(":")]
    events = [dict(line.split(": ", 1) for line in lines) for lines in blocks]
    names = [event["event"] for event in events]
    assert names[0] == "started"
    assert names[-1] == "done"
    assert "error" not in names
    turn: dict[str, Any] = json.loads(events[-1]["data"])["turn"]
    said = [json.loads(event["data"])["text"] for event in events if event["event"] == "token"]
    assert "".join(said) == turn["reply"]["text"]
    return turn


def talk_over_cli(language: Lang) -> str:
    draft = f"Objective: {DRAFTS[language]['objective']} KR1: {DRAFTS[language]['key_results'][0]}"
    result = CliRunner().invoke(app, ["chat", "--lang", language], input=f"{draft}\n/draft\n/quit\n")
    assert result.exit_code == 0
    assert "KR 1: " + DRAFTS[language]["key_results"][0] in result.stdout
    return result.stdout


def wordings_in_a_room(language: Lang) -> str:
    """Wordings for a card, asked of the model by a host: the rules' come, and the room goes on."""
    draft = DRAFTS[language]
    with TestClient(create_app(read_settings()), base_url=LOCAL) as client:
        plan = {"title": "Q3", "language": language, "objectives": [draft]}
        made = client.post("/v1/workshops", json=plan).json()
        room, host = f"/v1/workshops/{made['code']}", {"authorization": f"Bearer {made['host_secret']}"}
        lit = client.post(f"{room}/commands", json={"type": "spotlight", "card": "c3"}, headers=host)
        assert lit.status_code == 200
        asked = client.post(f"{room}/cards/c3/alternatives", params={"mode": "llm"}, headers=host)
        assert asked.status_code == 200, asked.text
        candidates = client.get(room, headers=host).json()["room"]["spotlight"]["candidates"]
        assert [(each["id"], each["source"]) for each in candidates] == [(asked.json()["ids"][0], "rules")]
        assert candidates[0]["text"] != draft["key_results"][0]
        assert (
            client.post(f"{room}/commands", json={"type": "start-round", "round": 0}, headers=host).status_code == 200
        )
    return str(asked.json()["degraded"])


SURFACES = (
    Surface("review over REST", "answer", "judge", review_over_rest),
    Surface("review over the command line", "answer", "judge", review_over_cli),
    Surface("wordings in a room", "answer", "judge", wordings_in_a_room),
    Surface("alignment over REST", "answer", "alignment", alignment_over_rest),
    Surface("bridge over REST", "answer", "bridge", bridge_over_rest),
    Surface("bridge over the command line", "answer", "bridge", bridge_over_cli),
    Surface("talk over REST", "stream", "chat", partial(talk_over_rest, accept="application/json")),
    Surface("talk over REST, streamed", "stream", "chat", partial(talk_over_rest, accept="text/event-stream")),
    Surface("talk over the command line", "stream", "chat", talk_over_cli),
)


@pytest.fixture(autouse=True)
def _settings(without_encoder: None, short_pauses: None, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"MODEL": "stub", "API_KEY": "secret-key", "TIMEOUT": "60", "CONNECT_TIMEOUT": "20"}.items():
        monkeypatch.setenv(f"OKR_COACH_LLM_{name}", value)


@pytest.fixture
def without_encoder(monkeypatch: pytest.MonkeyPatch) -> None:
    """Run as on a machine where the encoder cannot: these tests need findings and not the best ones."""
    monkeypatch.setattr("coach.wiring.tuned_embedder", lambda _folder: None)


def expected(reason: str, room: str, language: Lang, code: str) -> str:
    return f"{REASONS[reason][language]} {INSTEAD[room][language]} ({code})"


class Case(NamedTuple):
    """A fault at a surface, with the code and the language in which it is met there."""

    fault: Fault
    surface: Surface
    code: str
    language: Lang

    def __str__(self) -> str:
        return f"{self.fault} · {self.surface}"


ENDED_BY_THE_TALK = {"endless": "too-long"}

CASES = [
    Case(
        fault,
        surface,
        ENDED_BY_THE_TALK.get(code, code) if surface.room == "chat" else code,
        "de" if index % 2 else "en",
    )
    for index, fault in enumerate(FAULTS)
    for surface in SURFACES
    if (code := fault.answer if surface.use == "answer" else fault.stream)
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_fault_is_told_in_words_and_the_rules_do_their_work(
    serve: Serve,
    monkeypatch: pytest.MonkeyPatch,
    case: Case,
) -> None:
    fault, surface, code, language = case
    server = serve(fault.play)
    if fault.waits:
        name, seconds = ("BETWEEN_TIMEOUT", "0.3") if code == "stall" else ("TIMEOUT", "0.8")
        monkeypatch.setenv(f"OKR_COACH_LLM_{name}", seconds)
    monkeypatch.setenv("OKR_COACH_LLM_BASE_URL", server.url)
    read = surface.visit(language)
    reason = (surface.use == "stream" and fault.stream_reason) or fault.reason
    assert expected(reason, surface.room, language, code) in read
    assert "secret-key" not in read


@pytest.mark.parametrize("surface", SURFACES, ids=str)
@pytest.mark.parametrize(
    ("code", "reason"), [("connection", "unreachable"), ("tls", "unreachable"), ("dns", "unreachable")]
)
def test_what_cannot_be_reached_is_told_in_words(
    serve: Serve,
    monkeypatch: pytest.MonkeyPatch,
    surface: Surface,
    code: str,
    reason: str,
) -> None:
    plain = serve(lambda wire: None)
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    urls = {
        "connection": f"http://127.0.0.1:{port}/v1",
        "tls": f"https://127.0.0.1:{plain.port}/v1",
        "dns": "http://nowhere.invalid/v1",
    }
    look_up = socket.getaddrinfo

    def unknown(host: Any, *rest: Any, **options: Any) -> Any:
        if host in {"nowhere.invalid", b"nowhere.invalid"}:
            raise socket.gaierror(-2, "Name or service not known")
        return look_up(host, *rest, **options)

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    monkeypatch.setenv("OKR_COACH_LLM_BASE_URL", urls[code])
    assert expected(reason, surface.room, "de", code) in surface.visit("de")


NONSENSE: dict[str, dict[Lang, str]] = {
    "invented-number": {"de": "Das bringt 37 Prozent mehr. ", "en": "That brings 37 percent more. "},
    "foreign-citation": {"de": "So steht es geschrieben [9]. ", "en": "It says so in the book [9]. "},
    "several-questions": {"de": "Wer merkt es? Und woran? ", "en": "Who notices? And by what? "},
    "out-of-bounds": {"de": "Mehr unter https://example.org steht. ", "en": "More is at https://example.org now. "},
    "other-language": {
        "de": "This is something that you make and nobody knows what is better because of it. ",
        "en": "Das ist etwas, das ihr macht, und niemand weiß, was danach für wen besser ist. ",
    },
    "too-long": {"de": "Ja " * 140, "en": "Yes " * 140},
}


@pytest.mark.parametrize("surface", [each for each in SURFACES if each.use == "stream"], ids=str)
@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("code", NONSENSE)
def test_what_a_model_may_not_say_in_a_talk_is_not_said(
    serve: Serve, monkeypatch: pytest.MonkeyPatch, code: str, language: Lang, surface: Surface
) -> None:
    def play(wire: Wire) -> None:
        streamed(wire, NONSENSE[code][language])

    monkeypatch.setenv("OKR_COACH_LLM_BASE_URL", serve(play).url)
    read = surface.visit(language)
    assert expected("unusable", "chat", language, code) in read
    assert not {"37", "[9]", "example.org"} & set(read.split())
