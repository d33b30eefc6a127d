"""Every fault of a provider × every surface: what a user reads then, and that the rules' work is all there.

A new surface is one entry in SURFACES: how it asks the model, which room it tells of, and how to visit it.
"""

import json
import socket
from collections.abc import Callable
from typing import Any, Literal, NamedTuple

import langchain_openai  # noqa: F401 - loaded here, lest the first deadline pay for it
import pytest
from fastapi.testclient import TestClient
from typer.testing import CliRunner

from api import create_app
from coach.cli import review as _review  # noqa: F401 - registers the command
from coach.cli.app import app
from coach.settings import read_settings
from tests.api.sent import LOCAL
from tests.faults import FAULTS, Fault, Serve

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


SURFACES = (
    Surface("review over REST", "answer", "judge", review_over_rest),
    Surface("review over the command line", "answer", "judge", review_over_cli),
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


CASES = [
    Case(fault, surface, code, "de" if index % 2 else "en")
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
        monkeypatch.setenv("OKR_COACH_LLM_TIMEOUT", "0.8")
    monkeypatch.setenv("OKR_COACH_LLM_BASE_URL", server.url)
    read = surface.visit(language)
    assert expected(fault.reason, surface.room, language, code) in read
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
