"""The doors of the chat against their bare parts, all at one stub of a model in one run.

The stub speaks the OpenAI protocol and says the same words to everybody. Ours answers a question about the method over
`POST /v1/conversations/{id}/messages`: what was said is decided, passages are found, every word of the model is
checked and relayed to whoever listens, and the turn is stored before it is said to be done. CPU is that of the
server's process alone; per delta it is the slope between short and long answers: what a turn costs once is not in it.
"""

import asyncio
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import insert

from coach.conversation import Conversation, Message, Reply, Step, Turn, TurnKind
from coach.store import ConversationStore, open_database
from coach.store.tables import CONVERSATION_TURNS
from evals.bench.row import Row
from evals.bench.stream import slope

_STUB = """
import asyncio, json, sys
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import StreamingResponse
from starlette.routing import Route
WORDS = "An outcome is what changes for people when the work is done [1] and somebody notices it ".split()
async def complete(request: Request) -> StreamingResponse:
    asked = await request.json()
    count, pause = int(sys.argv[2]), float(sys.argv[3])
    def chunk(delta, reason=None):
        body = {"id": "c", "object": "chat.completion.chunk", "created": 0, "model": asked["model"],
                "choices": [{"index": 0, "delta": delta, "finish_reason": reason}]}
        return "data: " + json.dumps(body) + "\\n\\n"
    async def said():
        for number in range(count):
            yield chunk({"content": WORDS[number % len(WORDS)] + " "})
            if pause:
                await asyncio.sleep(pause)
        yield chunk({}, "stop")
        yield "data: [DONE]\\n\\n"
    return StreamingResponse(said(), media_type="text/event-stream")
async def healthz(request: Request) -> StreamingResponse:
    return StreamingResponse(iter(["ok"]))
app = Starlette(routes=[Route("/v1/chat/completions", complete, methods=["POST"]), Route("/healthz", healthz)])
uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_config=None, access_log=False)
"""
_OURS = """
import sys
from pathlib import Path
import uvicorn
from api import create_app
from coach.settings import Settings
port, home, stub = sys.argv[1:]
app = create_app(Settings(home=Path(home), port=int(port), llm_model="stub", llm_base_url=stub))
uvicorn.run(app, host="127.0.0.1", port=int(port), log_config=None, access_log=False)
"""
_RELAY = """
import sys
import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import StreamingResponse
from langchain_openai import ChatOpenAI
port, stub = sys.argv[1:]
model = ChatOpenAI(model="stub", base_url=stub, api_key="none", max_retries=0)
app = FastAPI()
@app.post("/chat")
async def chat(request: Request) -> StreamingResponse:
    asked = await request.json()
    async def said():
        async for chunk in model.astream(asked["text"]):
            yield f"data: {chunk.text}\\n\\n"
    return StreamingResponse(said(), media_type="text/event-stream")
@app.get("/healthz")
async def healthz() -> dict[str, str]:
    return {"status": "ok"}
uvicorn.run(app, host="127.0.0.1", port=int(port), log_config=None, access_log=False)
"""
_RAW = """
import json, os, sys, time
from openai import OpenAI
stub, turns = sys.argv[1], int(sys.argv[2])
client = OpenAI(base_url=stub, api_key="none", max_retries=0)
firsts = []
def talk(count):
    for _ in range(count):
        started, first = time.perf_counter(), None
        said = client.chat.completions.create(model="stub", messages=[{"role": "user", "content": "?"}], stream=True)
        for chunk in said:
            if first is None and chunk.choices[0].delta.content:
                first = time.perf_counter() - started
        firsts.append(first)
talk(3)
firsts.clear()
before = time.process_time()
talk(turns)
print(json.dumps({"cpu": time.process_time() - before, "firsts": firsts}))
"""
_QUESTION = "What is an outcome?"
_SHORT, _LONG, _TURNS = 20, 110, 30
_STREAMS, _PER_SECOND = 30, 50
_SIZES = (100, 1_000, 10_000, 100_000)


def run() -> Iterator[Row]:
    """Yield first token, CPU per delta, CPU of concurrent streams, and growth with the length of a conversation."""
    with tempfile.TemporaryDirectory() as folder:
        yield from _one_stream(Path(folder))
        yield from _many_streams(Path(folder))
    yield from _length()


def _one_stream(folder: Path) -> Iterator[Row]:
    raw, ours = {}, {}
    for count in (_SHORT, _LONG):
        with _stub(count, 0.0) as stub, _ours(folder / f"one-{count}", stub) as (base, pid):
            command = [sys.executable, "-c", _RAW, stub, str(_TURNS)]
            raw[count] = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
            ours[count] = _talked(base, pid, _QUESTION)
            if count == _LONG:
                unheard = _talked(base, pid, "What is an outcome in team {number}?")
    firsts = [statistics.median(each["firsts"]) * 1000 for each in (raw[_LONG], ours[_LONG], unheard)]
    yield Row("ms to the first token, raw openai client, p50", firsts[0])
    yield Row("ms to the first token, ours, p50", firsts[1])
    yield Row("added by ours", firsts[1] - firsts[0], 8.0)
    yield Row("added by ours where every question is new and has to be embedded", firsts[2] - firsts[0])
    deltas = _TURNS * (_LONG - _SHORT)
    slopes = [(each[_LONG]["cpu"] - each[_SHORT]["cpu"]) / deltas * 1e6 for each in (raw, ours)]
    yield Row("µs of CPU per delta, raw openai client", slopes[0])
    yield Row("µs of CPU per delta, ours", slopes[1])
    yield Row("ours / raw", slopes[1] / slopes[0], 1.5)


def _talked(base: str, pid: int, question: str) -> dict[str, Any]:
    """Ask one question after another; return the seconds to each first token and the server's CPU."""
    firsts: list[float] = []
    with httpx.Client(base_url=base, timeout=60) as client:
        for number in range(_TURNS + 3):
            if number == 3:
                before = _cpu(pid)
                firsts.clear()
            talk = client.post("/v1/conversations", json={"language": "en"}).headers["location"]
            started, first = time.perf_counter(), 0.0
            headers = {"accept": "text/event-stream"}
            said = {"text": question.format(number=number)}
            with client.stream("POST", f"{talk}/messages", json=said, headers=headers) as answer:
                for line in answer.iter_lines():
                    if not first and line == "event: token":
                        first = time.perf_counter() - started
                    if line.startswith('data: {"type":"done"') or '"turn":' in line[:40]:
                        reply = json.loads(line[6:])["turn"]["reply"]
                        assert reply["source"] == "model", f"the guided words were said: {reply['degraded']}"
            firsts.append(first)
    return {"cpu": _cpu(pid) - before, "firsts": firsts}


def _many_streams(folder: Path) -> Iterator[Row]:
    with _stub(_LONG, 1 / _PER_SECOND) as stub:
        with _ours(folder / "many", stub) as (base, pid):
            ours = asyncio.run(_load(base, pid, ours=True))
        with _server(_RELAY, stub) as (base, pid):
            relay = asyncio.run(_load(base, pid, ours=False))
    yield Row(f"µs of CPU per token, {_STREAMS} streams at {_PER_SECOND}/s, ours", ours)
    yield Row("µs of CPU per token, plain FastAPI + LangChain", relay)
    yield Row("ours / plain (0.5 = twice the streams per worker)", ours / relay, 0.5)


async def _load(base: str, pid: int, *, ours: bool) -> float:
    """Return the server's CPU per token in µs, over streams that run at once."""
    async with httpx.AsyncClient(base_url=base, timeout=120) as client:

        async def opened() -> str:
            if not ours:
                return "/chat"
            talk = await client.post("/v1/conversations", json={"language": "en"})
            return talk.headers["location"] + "/messages"

        async def one(path: str) -> None:
            headers = {"accept": "text/event-stream"}
            async with client.stream("POST", path, json={"text": _QUESTION}, headers=headers) as answer:
                async for _ in answer.aiter_bytes():
                    pass

        await one(await opened())
        paths = [await opened() for _ in range(_STREAMS)]
        before = _cpu(pid)
        for _ in range(2):
            await asyncio.gather(*(one(path) for path in paths))
        return (_cpu(pid) - before) / (2 * _STREAMS * _LONG) * 1e6


def _length() -> Iterator[Row]:
    """Yield what opening and appending take in conversations of growing length (two messages are a turn)."""
    opening, appending = [], []
    with tempfile.TemporaryDirectory() as folder:
        database = open_database(f"sqlite:///{folder}/bench.db")
        store = ConversationStore(database)
        for messages in _SIZES:
            head = _filled(store, database, messages // 2)
            times: list[tuple[float, float]] = []
            for _ in range(60):
                started = time.perf_counter()
                head = store.get("local", head.id)
                store.turns("local", head.id, after=max(0, head.turns - 50), limit=50)
                between = time.perf_counter()
                step = _step(head, head.turns + 1)
                store.append("local", step)
                times.append((between - started, time.perf_counter() - between))
                head = step.conversation
            opened, appended = (statistics.median(side) * 1000 for side in zip(*times, strict=True))
            opening.append(opened)
            appending.append(appended)
            yield Row(f"ms to open a conversation of {messages} messages", opened)
            yield Row("ms to append a turn to it", appended)
        database.close()
    yield Row("growth exponent of opening", slope(_SIZES, opening), 0.1)
    yield Row("growth exponent of appending", slope(_SIZES, appending), 0.1)


def _filled(store: ConversationStore, database: Any, turns: int) -> Conversation:
    head = Conversation(id=f"c{turns}", created_at=datetime.now(UTC), language="en", turns=turns)
    store.add("local", head)
    with database.transaction() as connection:
        for start in range(0, turns, 1000):
            rows = [
                {
                    "tenant": "local",
                    "conversation_id": head.id,
                    "number": number + 1,
                    "key": None,
                    "turn": _step(head, number + 1).turn.model_dump_json(),
                }
                for number in range(start, min(start + 1000, turns))
            ]
            connection.execute(insert(CONVERSATION_TURNS), rows)
    return head


def _step(head: Conversation, number: int) -> Step:
    turn = Turn(
        number=number,
        kind=TurnKind.QUESTION,
        language="en",
        message=Message(text="Which change do we want to see, and for whom? " * 3),
        reply=Reply(text="What would your customers notice first in September? " * 5),
        created_at=datetime.now(UTC),
    )
    return Step(conversation=head.model_copy(update={"turns": number}), turn=turn)


@contextmanager
def _stub(count: int, pause: float) -> Iterator[str]:
    with _server(_STUB, str(count), str(pause)) as (base, _):
        yield f"{base}/v1"


@contextmanager
def _ours(home: Path, stub: str) -> Iterator[tuple[str, int]]:
    with _server(_OURS, str(home), stub) as (base, pid):
        for _ in range(600):
            if httpx.get(f"{base}/readyz", timeout=120).json()["search_index"]:
                break
            time.sleep(0.2)
        yield base, pid


@contextmanager
def _server(source: str, *rest: str) -> Iterator[tuple[str, int]]:
    """Run a server until the end of the block; yield its address and process id."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_WAIT_POLICY": "passive"}
    command = [sys.executable, "-c", source, str(port), *rest]
    with tempfile.TemporaryFile() as errors:
        server = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=errors)
        try:
            base = f"http://127.0.0.1:{port}"
            for _ in range(600):
                if server.poll() is not None:
                    errors.seek(0)
                    raise RuntimeError(errors.read().decode()[-2000:])
                try:
                    httpx.get(f"{base}/healthz", timeout=5)
                    break
                except httpx.TransportError:
                    time.sleep(0.1)
            yield base, server.pid
        finally:
            server.terminate()
            server.wait()


def _cpu(pid: int) -> float:
    """Return the CPU seconds that a process has used, user and system."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
