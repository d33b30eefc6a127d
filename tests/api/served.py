"""A real server in a process of its own, to be killed; and a stream of events read from it."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

PATIENCE = 60.0


class Served:
    """`okr-coach serve` on a free port of loopback, with a home and a database of the test's choice."""

    def __init__(self, home: Path, database_url: str) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._log = home / f"serve-{self.port}.log"
        home.mkdir(parents=True, exist_ok=True)
        self._environment = {**os.environ, "OKR_COACH_HOME": str(home), "OKR_COACH_DATABASE_URL": database_url}
        self.start()

    def start(self) -> None:
        """Start the server, again on the same port after it was killed."""
        command = [str(Path(sys.executable).parent / "okr-coach"), "serve", "--port", str(self.port)]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(command, env=self._environment, stdout=log, stderr=log)
        self._wait()

    def _wait(self) -> None:
        transport = httpx.HTTPTransport(retries=0)
        with httpx.Client(base_url=self.url, transport=transport, timeout=5) as client:
            for _ in range(600):
                assert self._process.poll() is None, self.log()
                try:
                    if client.get("/healthz").status_code == 200:
                        return
                except httpx.TransportError:
                    threading.Event().wait(0.1)
        raise AssertionError("the server did not start")

    def log(self) -> str:
        """Return what the server wrote."""
        return self._log.read_text(encoding="utf-8", errors="replace")

    def kill(self) -> None:
        """End the server without asking it."""
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()

    def close(self) -> None:
        """End the server."""
        if self._process.poll() is None:
            self._process.terminate()
            self._process.wait(timeout=PATIENCE)


@contextmanager
def served(home: Path, database_url: str) -> Iterator[Served]:
    """Serve until the end of a block."""
    server = Served(home, database_url)
    try:
        yield server
    finally:
        server.close()


class Follower:
    """Follows a workshop as a browser does: resumes from the last number, on whichever server answers."""

    def __init__(self, urls: Callable[[], list[str]], code: str, token: str | None) -> None:
        self.events: list[dict[str, Any]] = []
        self.connections = 0
        self._urls = urls
        self._code = code
        self._headers = {"authorization": f"Bearer {token}"} if token else {}
        self._changed = threading.Condition()
        self._end = False
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        turn = 0
        while not self._end:
            urls = self._urls()
            url = urls[turn % len(urls)]
            turn += 1
            try:
                self._follow(url)
            except httpx.TransportError:
                threading.Event().wait(0.05)

    def _follow(self, url: str) -> None:
        last = {"last-event-id": str(self.events[-1]["number"])} if self.events else {}
        path = f"{url}/v1/workshops/{self._code}/events"
        timeout = httpx.Timeout(5, read=PATIENCE)
        with httpx.stream("GET", path, headers={**self._headers, **last}, timeout=timeout) as response:
            if response.status_code != 200:
                threading.Event().wait(0.05)
                return
            self.connections += 1
            for line in response.iter_lines():
                if self._end:
                    return
                if line.startswith("data: "):
                    with self._changed:
                        self.events.append(json.loads(line[6:]))
                        self._changed.notify_all()

    def until(self, number: int) -> list[dict[str, Any]]:
        """Return the events once the one with a number has come."""
        with self._changed:
            arrived = self._changed.wait_for(
                lambda: bool(self.events) and self.events[-1]["number"] >= number, timeout=PATIENCE
            )
            assert arrived, f"event {number} did not come; the last was {self.events[-1:]}"
            return list(self.events)

    def close(self) -> None:
        """Stop following with the next event."""
        self._end = True
