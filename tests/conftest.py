"""What all tests share: no test reaches anything but loopback, nothing is written outside a temporary home."""

import json
import os
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_WAIT_POLICY", "passive")

from coach.catalog import Catalog, open_catalog
from coach.critique import Critic
from coach.embedding import tuned_embedder
from coach.kinds import KindClassifier, open_classifier
from coach.learned import Learned
from coach.settings import Settings
from tests.faults import Serve, serving

_LOOPBACK = ("127.0.0.1", "::1", "localhost")
_POSTGRES_URL = "postgresql+psycopg://postgres@127.0.0.1:5432/test"


@pytest.fixture(autouse=True)
def _only_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse every connection that leaves this machine, and every look-up of a foreign name."""
    connect, look_up = socket.socket.connect, socket.getaddrinfo

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family != socket.AF_UNIX and address[0] not in _LOOPBACK:
            raise AssertionError(f"a test tried to reach {address[0]}")
        connect(self, address)

    def known(host: Any, *rest: Any, **options: Any) -> Any:
        if host not in (*_LOOPBACK, None, b"127.0.0.1"):
            raise AssertionError(f"a test tried to look up {host}")
        return look_up(host, *rest, **options)

    monkeypatch.setattr(socket.socket, "connect", guarded)
    monkeypatch.setattr(socket, "getaddrinfo", known)


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Take every setting of the surrounding environment away, and give each test a home of its own."""
    for name in list(os.environ):
        if name.startswith(("OKR_COACH_", "OPENAI_")) and name != "OKR_COACH_TEST_DATABASE_URL":
            monkeypatch.delenv(name)
    monkeypatch.setenv("OKR_COACH_HOME", str(tmp_path / "home"))


@pytest.fixture(scope="session")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """The knowledge base of this repository."""
    return open_catalog(cache=tmp_path_factory.mktemp("catalog") / "catalog.json")


@pytest.fixture(scope="session")
def learned(tmp_path_factory: pytest.TempPathFactory) -> Learned | None:
    """What the encoder says; None where it cannot run."""
    encoder = tuned_embedder(tmp_path_factory.mktemp("encoder"))
    return Learned(encoder) if encoder else None


@pytest.fixture(scope="session")
def classifier(learned: Learned | None) -> KindClassifier:
    """The kind classifier as it ships."""
    return open_classifier(learned)


@pytest.fixture(scope="session")
def critic(catalog: Catalog, classifier: KindClassifier, learned: Learned | None) -> Critic:
    """The walk without a model."""
    return Critic(catalog, classifier, learned=learned)


@pytest.fixture(scope="session")
def plain_critic(catalog: Catalog) -> Critic:
    """The walk without model and encoder, for tests that need findings and not the best ones."""
    return Critic(catalog, open_classifier(None))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings with a home of the test's own."""
    return Settings(home=tmp_path / "home")


def _postgres_answers(url: str) -> bool:
    from sqlalchemy import create_engine
    from sqlalchemy.exc import OperationalError

    engine = create_engine(url)
    try:
        engine.connect().close()
    except OperationalError:
        return False
    finally:
        engine.dispose()
    return True


@pytest.fixture(scope="session")
def postgres_url() -> str:
    """The address of a PostgreSQL for tests; its absence skips, with CI=true it fails."""
    url = os.environ.get("OKR_COACH_TEST_DATABASE_URL", _POSTGRES_URL)
    if not _postgres_answers(url):
        reason = f"no PostgreSQL answers at {url}; set OKR_COACH_TEST_DATABASE_URL"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A fresh database of each kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'test.db'}"
        return
    from sqlalchemy import create_engine, make_url, text

    url = request.getfixturevalue("postgres_url")
    schema = f"okr_{os.getpid()}_{abs(hash(request.node.nodeid)) % 10**8}"
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text(f'CREATE SCHEMA "{schema}"'))
    yield make_url(url).update_query_dict({"options": f"-csearch_path={schema}"}).render_as_string(hide_password=False)
    with engine.begin() as connection:
        connection.execute(text(f'DROP SCHEMA "{schema}" CASCADE'))
    engine.dispose()


class ModelServer:
    """A real HTTP server on loopback that speaks the OpenAI protocol and answers what a test scripted.

    `answers`: per call a status with headers and body, or a function from the request's JSON to the text
    that the model says. The last one repeats. `requests` keeps what was asked.
    """

    def __init__(self) -> None:
        self.requests: list[dict[str, Any]] = []
        self.answers: list[Callable[[dict[str, Any]], str] | tuple[int, dict[str, str], bytes]] = []
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["content-length"])))
                server.requests.append(body)
                answer = server.answers.pop(0) if len(server.answers) > 1 else server.answers[0]
                if callable(answer):
                    self._send(200, {"content-type": "application/json"}, completion(answer(body)))
                else:
                    self._send(*answer)

            def _send(self, status: int, headers: dict[str, str], content: bytes) -> None:
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("content-length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/v1"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End the server."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def completion(text: str, *, finish_reason: str | None = "stop") -> bytes:
    """Return the body of a chat completion that says a text."""
    choice = {"index": 0, "finish_reason": finish_reason, "message": {"role": "assistant", "content": text}}
    usage = {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15}
    body = {"id": "c", "object": "chat.completion", "created": 0, "model": "m", "choices": [choice], "usage": usage}
    return json.dumps(body).encode()


@pytest.fixture
def model_server() -> Iterator[ModelServer]:
    """A model on loopback."""
    server = ModelServer()
    yield server
    server.close()


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Start servers that play."""
    with ExitStack() as stack:
        yield lambda play: stack.enter_context(serving(play))


@pytest.fixture
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nobody wait long between two attempts at a model."""
    monkeypatch.setattr("coach.llm.attempts._FIRST_PAUSE", 0.001)
