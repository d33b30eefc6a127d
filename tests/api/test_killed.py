"""kill -9 while eight clients talk: every acknowledged turn is there once, and none half.

`OKR_COACH_TEST_KILLS` says how often; 5 by default.
"""

import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx

from coach.conversation import Export

_ROOT = Path(__file__).parents[2]
_KILLS = int(os.environ.get("OKR_COACH_TEST_KILLS", "5"))
_CLIENTS = 8
_TEXTS = (
    "O: Alle kommen gut an\n- Portal live\n- Umsatz um 12 % steigern ({})",
    "Die neuen Mieter:innen {}",
    "Was ist ein Outcome? {}",
    "formuliere es um {}",
    "Danke {}",
)


class _Talkers:
    """Eight clients; each has a conversation of its own and shares one with the others."""

    def __init__(self, base: str, talks: list[str]) -> None:
        self.base, self.talks = base, talks
        self.acknowledged: dict[str, list[str]] = {talk: [] for talk in talks}
        self.stopping = threading.Event()
        self._lock = threading.Lock()
        self.threads = [threading.Thread(target=self._talk, args=(number,)) for number in range(_CLIENTS)]

    def _talk(self, number: int) -> None:
        choose = random.Random(number)
        with httpx.Client(base_url=self.base, timeout=10) as client:
            while not self.stopping.is_set():
                talk = choose.choice((self.talks[number], self.talks[-1]))
                text = choose.choice(_TEXTS).format(uuid4().hex)
                self._until_acknowledged(client, talk, text, uuid4().hex, streamed=choose.random() < 0.5)

    def _until_acknowledged(self, client: httpx.Client, talk: str, text: str, key: str, *, streamed: bool) -> None:
        headers = {"idempotency-key": key, **({"accept": "text/event-stream"} if streamed else {})}
        while not self.stopping.is_set():
            try:
                answer = client.post(f"{talk}/messages", json={"text": text}, headers=headers)
            except httpx.TransportError:
                time.sleep(0.02)
                continue
            assert answer.status_code == 201, answer.text
            if not streamed or "event: done" in answer.text:
                with self._lock:
                    self.acknowledged[talk].append(text)
                return


class _Servers:
    """Starts a server as often as asked; each ends by kill -9."""

    def __init__(self, port: int, home: Path) -> None:
        command = [sys.executable, "-m", "tests.api.killed_server", str(port), str(home)]
        self.log = home.parent / "server.log"
        with self.log.open("ab") as log:
            self._parent = subprocess.Popen(
                command, cwd=_ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True
            )
        self.address = f"http://127.0.0.1:{port}"

    @contextmanager
    def running(self) -> Iterator[None]:
        """Have a server that answers; at the end it is killed."""
        assert self._parent.stdin is not None
        assert self._parent.stdout is not None
        self._parent.stdin.write("go\n")
        self._parent.stdin.flush()
        server = int(self._parent.stdout.readline())
        try:
            for _ in range(1500):
                try:
                    httpx.get(f"{self.address}/healthz", timeout=5)
                    break
                except httpx.TransportError:
                    time.sleep(0.02)
            yield
        finally:
            os.kill(server, signal.SIGKILL)

    def close(self) -> None:
        """End the process that starts them."""
        self._parent.communicate()


def test_every_acknowledged_turn_is_there_once_and_none_half(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    base, home, moments = f"http://127.0.0.1:{port}", tmp_path / "home", random.Random(8321)
    home.mkdir()
    servers = _Servers(port, home)
    with servers.running(), httpx.Client(base_url=base) as client:
        talks = [client.post("/v1/conversations", json={}).headers["location"] for _ in range(_CLIENTS + 1)]
    talkers = _Talkers(base, talks)
    for thread in talkers.threads:
        thread.start()
    for _ in range(_KILLS):
        with servers.running():
            time.sleep(moments.uniform(0.02, 0.5))
    with servers.running():
        time.sleep(0.5)
        talkers.stopping.set()
        for thread in talkers.threads:
            thread.join(30)
        with httpx.Client(base_url=base, timeout=30) as client:
            exports = {talk: client.get(f"{talk}/export").json() for talk in talks}
    servers.close()
    assert sum(map(len, talkers.acknowledged.values())) > _CLIENTS
    for talk, export in exports.items():
        _assert_whole(export, talkers.acknowledged[talk])


def _assert_whole(sent: dict[str, Any], acknowledged: list[str]) -> None:
    export = Export.model_validate(sent)
    said = Counter(turn.message.text for turn in export.turns)
    assert set(said.values()) <= {1}
    assert set(acknowledged) <= set(said)
    assert [turn.number for turn in export.turns] == list(range(1, export.conversation.turns + 1))
    made = [turn.reply.version for turn in export.turns if turn.reply.version is not None]
    assert made == list(export.versions)
    assert export.conversation.version == (made[-1] if made else None)
