"""The cost of a model's part: calls upstream, CPU of the client, and how soon the rules' findings are there."""

import asyncio
import json
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from openai import AsyncOpenAI

from coach.critique.verdicts import Judgement
from coach.llm import strict_schema
from coach.okr import Draft, parse_draft
from coach.settings import Settings
from coach.wiring import Coach, open_coach
from evals.bench.row import Row

_ROUNDS = 30
_SLOW = 0.3
_JUDGEMENT = json.dumps({"elements": [{"element": f"O1.K{n}", "findings": []} for n in range(1, 6)]})
_REWRITES = json.dumps({"rewrites": []})


class _Stub(ThreadingHTTPServer):
    """A model that answers at once, or after `wait` seconds, and counts what it is asked."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.asked: list[str] = []
        self.bodies: list[dict[str, Any]] = []
        self.wait = 0.0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Stub

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        shape = body["response_format"]["json_schema"]["name"]
        self.server.asked.append(shape)
        self.server.bodies.append(body)
        time.sleep(self.server.wait)
        said = _JUDGEMENT if shape == "Judgement" else _REWRITES
        choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": said}}
        usage = {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15}
        answer = {
            "id": "c",
            "object": "chat.completion",
            "created": 0,
            "model": "m",
            "choices": [choice],
            "usage": usage,
        }
        content = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: Any) -> None:
        pass


def run() -> Iterator[Row]:
    """Yield calls per review, the client's CPU against the SDK's own, and the time to the first review."""
    stub = _Stub()
    thread = threading.Thread(target=stub.serve_forever, daemon=True)
    thread.start()
    with tempfile.TemporaryDirectory() as home:
        coach = open_coach(Settings(home=Path(home), llm_model="stub", llm_base_url=stub.url, llm_keep_hours=0))
        yield from _rows(coach, stub)
        for model in coach.models or ():
            model.close()
    stub.shutdown()
    stub.server_close()
    thread.join()


def _rows(coach: Coach, stub: _Stub) -> Iterator[Row]:
    draft = _draft()
    coach.critic.review(draft)
    stub.asked.clear()
    for _ in range(_ROUNDS):
        coach.critic.review(draft)
    yield Row("judging calls per review of 3 × 5", stub.asked.count("Judgement") / _ROUNDS, 1.0)
    yield Row("rewriting calls per review without an offer asked for", stub.asked.count("Rewrites") / _ROUNDS, 0.0)
    rules = draft.model_copy(update={"mode": "rules"})
    ours = _cpu(lambda: coach.critic.review(draft)) - _cpu(lambda: coach.critic.review(rules))
    bare = asyncio.run(_parse_cpu(stub))
    yield Row("ms of client CPU for the model's part of a review", ours * 1000)
    yield Row("ms of client CPU of AsyncOpenAI's parse of the same", bare * 1000)
    yield Row("the first / the second", ours / bare, 1.4)
    stub.wait = _SLOW
    yield from _first_review(coach, draft)


def _draft() -> Draft:
    """Return three objectives with five key results each."""
    objectives = [
        {
            "objective": f"New tenants of house {name} settle in quickly",
            "key_results": [
                f"Launch the portal of house {name} by May",
                "Grow ARR from 3 to 4 M€",
                "Improve collaboration",
                "70% of new tenants register without help (today 40%)",
                "Hold weekly calls",
            ],
        }
        for name in ("A", "B", "C")
    ]
    return parse_draft({"objectives": objectives, "mode": "llm", "language": "en", "rewrite": False})


def _cpu(act: Any) -> float:
    """Return the CPU seconds of this thread that an act takes, the median of many."""
    spent = []
    for _ in range(_ROUNDS):
        started = time.thread_time()
        act()
        spent.append(time.thread_time() - started)
    return statistics.median(spent)


async def _parse_cpu(stub: _Stub) -> float:
    """Return the CPU seconds that the SDK's own structured call takes with the same messages and schema."""
    messages = stub.bodies[-1]["messages"]
    schema = {"name": "Judgement", "schema": strict_schema(Judgement), "strict": True}
    assert schema["schema"]
    spent = []
    async with AsyncOpenAI(base_url=stub.url, api_key="none", max_retries=0) as client:
        for _ in range(_ROUNDS + 1):
            started = time.thread_time()
            await client.chat.completions.parse(model="stub", messages=messages, response_format=Judgement)
            spent.append(time.thread_time() - started)
    return statistics.median(spent[1:])


def _first_review(coach: Coach, draft: Draft) -> Iterator[Row]:
    beside, last = [], []
    for _ in range(10):
        started, used = time.perf_counter(), time.thread_time()
        steps = coach.critic.reviews(draft)
        next(steps)
        beside.append(time.perf_counter() - started - (time.thread_time() - used))
        list(steps)
        last.append(time.perf_counter() - started)
    yield Row("ms to the rules' review beside its own CPU, p50", statistics.median(beside) * 1000, 50.0)
    yield Row(f"ms to the last review, the model taking {_SLOW * 1000:.0f}, p50", statistics.median(last) * 1000)
