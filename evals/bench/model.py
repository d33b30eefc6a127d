"""The cost of a model's part: calls upstream, CPU of the client, and how soon the rules' findings are there."""

import asyncio
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

import httpx2
from openai import AsyncOpenAI

from coach.critique.verdicts import Judgement
from coach.okr import Draft, parse_draft
from coach.settings import Settings
from coach.wiring import Coach, open_coach
from evals.bench.row import Row

_ROUNDS = 60
_SLOW = 0.3
_STUB = """
import json, sys, time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

said = {
    "Judgement": json.dumps({"elements": [{"element": f"O1.K{n}", "findings": []} for n in range(1, 6)]}),
    "Rewrites": json.dumps({"rewrites": []}),
}
seen = {"shapes": [], "messages": []}

class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.answer(seen)
        seen["shapes"] = []

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        shape = body["response_format"]["json_schema"]["name"]
        seen["shapes"].append(shape)
        seen["messages"] = body["messages"]
        time.sleep(float(body["model"]))
        choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": said[shape]}}
        usage = {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15}
        head = {"id": "c", "object": "chat.completion", "created": 0, "model": "m"}
        self.answer({**head, "choices": [choice], "usage": usage})

    def answer(self, body):
        content = json.dumps(body).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_):
        pass

server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(server.server_address[1], flush=True)
server.serve_forever()
"""


def run() -> Iterator[Row]:
    """Yield calls per review, the client's CPU against the SDK's own, and the time to the first review."""
    draft = _draft()
    with _stub() as url:
        with _coach(url, 0.0) as coach:
            yield from _calls(coach, draft, url)
            yield from asyncio.run(_cpu(coach, draft, url))
        with _coach(url, _SLOW) as coach:
            yield from _first_review(coach, draft)


@contextmanager
def _stub() -> Iterator[str]:
    """A model in a process of its own, whose CPU does not count; its name says how many seconds it takes."""
    process = subprocess.Popen([sys.executable, "-c", _STUB], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield f"http://127.0.0.1:{process.stdout.readline().strip()}/v1"
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


@contextmanager
def _coach(url: str, seconds: float) -> Iterator[Coach]:
    with tempfile.TemporaryDirectory() as home:
        settings = Settings(home=Path(home), llm_model=str(seconds), llm_base_url=url, llm_keep_hours=0)
        coach = open_coach(settings)
        coach.critic.review(_draft())
        yield coach
        for model in coach.models or ():
            model.close()


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


def _calls(coach: Coach, draft: Draft, url: str) -> Iterator[Row]:
    _seen(url)
    for _ in range(_ROUNDS):
        coach.critic.review(draft)
    shapes = _seen(url)["shapes"]
    yield Row("judging calls per review of 3 × 5", shapes.count("Judgement") / _ROUNDS, 1.0)
    yield Row("rewriting calls per review without an offer asked for", shapes.count("Rewrites") / _ROUNDS, 0.0)


def _seen(url: str) -> dict[str, Any]:
    """Return the shapes asked for since the last look, and the messages of the last call."""
    found: dict[str, Any] = httpx2.get(url).json()
    return found


async def _cpu(coach: Coach, draft: Draft, url: str) -> list[Row]:
    """Return the CPU of the model's part of a review (with it less without) against the SDK's own structured call.

    The three are taken in turns, over all threads of this process: what disturbs one disturbs all.
    """
    rules = draft.model_copy(update={"mode": "rules"})
    messages = _seen(url)["messages"]
    ours, bare = [], []
    async with AsyncOpenAI(base_url=url, api_key="none", max_retries=0) as client:
        for _ in range(_ROUNDS):
            with_model = _spent(lambda: coach.critic.review(draft))
            ours.append(with_model - _spent(lambda: coach.critic.review(rules)))
            started = time.process_time()
            await client.chat.completions.parse(model="0", messages=messages, response_format=Judgement)
            bare.append(time.process_time() - started)
    return [
        Row("ms of client CPU for the model's part of a review", median(ours) * 1000),
        Row("ms of client CPU of AsyncOpenAI's parse of the same", median(bare) * 1000),
        Row("the first / the second", median(ours) / median(bare), 1.4),
    ]


def _spent(act: Callable[[], object]) -> float:
    """Return the CPU seconds of this process that an act takes."""
    started = time.process_time()
    act()
    return time.process_time() - started


def _first_review(coach: Coach, draft: Draft) -> Iterator[Row]:
    beside, last = [], []
    for _ in range(10):
        started, used = time.perf_counter(), time.thread_time()
        steps = coach.critic.reviews(draft)
        next(steps)
        beside.append(time.perf_counter() - started - (time.thread_time() - used))
        list(steps)
        last.append(time.perf_counter() - started)
    yield Row("ms to the rules' review beside its own CPU, p50", median(beside) * 1000, 50.0)
    yield Row(f"ms to the last review, the model taking {_SLOW * 1000:.0f}, p50", median(last) * 1000)
