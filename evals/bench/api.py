"""The API's own cost: requests per second against a bare FastAPI echo, the review's CPU taken off."""

import asyncio
import json
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from typing import NamedTuple

import httpx

from evals.bench.process import BIN
from evals.bench.row import Row

_ECHO = """
import sys, uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import Response
app = FastAPI()
@app.post("/v1/reviews")
async def echo(request: Request) -> Response:
    return Response(await request.body(), media_type="application/json")
@app.get("/healthz")
async def healthz() -> dict[str, str]:
    return {"status": "ok"}
uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_config=None, access_log=False)
"""
_DRAFT = {
    "objective": "Neue Mieter:innen kommen gut an",
    "key_results": ["Mieterportal bis Ende Q3 live schalten", "Umsatz um 12 % steigern", "Zusammenarbeit verbessern"],
    "mode": "rules",
}
_REQUESTS, _CLIENTS, _ROUNDS = 600, 4, 3


class Load(NamedTuple):
    """Requests per second, and the mean CPU of a review in seconds as the server itself says."""

    rate: float
    review: float


def run() -> Iterator[Row]:
    """Yield both rates and what is left of ours after the review itself."""
    with tempfile.TemporaryDirectory() as home:
        ours = _measure([str(BIN / "okr-coach"), "serve", "--port", "{port}"], home)
    echo = _measure([sys.executable, "-c", _ECHO, "{port}"], "")
    overhead = 1 / ours.rate - ours.review
    yield Row("ms of CPU of the review itself", ours.review * 1000)
    yield Row("requests per second, API review", ours.rate)
    yield Row("requests per second, bare echo", echo.rate)
    yield Row("ms per request beside the review", overhead * 1000)
    yield Row("that / bare echo (2 = half its rate)", overhead * echo.rate, 2.0)


def _measure(command: list[str], home: str) -> Load:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [part.replace("{port}", str(port)) for part in command]
    environment = {"OKR_COACH_HOME": home, "PATH": "/usr/bin:/bin", "OPENBLAS_NUM_THREADS": "1"}
    server = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        base = f"http://127.0.0.1:{port}"
        _wait(base)
        return sorted(asyncio.run(_load(base)) for _ in range(_ROUNDS))[_ROUNDS // 2]
    finally:
        server.terminate()
        server.wait()


def _wait(base: str) -> None:
    for _ in range(600):
        try:
            ready = httpx.get(f"{base}/readyz", timeout=5)
            if ready.status_code == 404 or ready.json().get("search_index"):
                return
        except httpx.TransportError:
            pass
        time.sleep(0.2)
    raise RuntimeError("the server did not become ready")


async def _load(base: str) -> Load:
    """Return what several clients see that ask one request after another."""
    reviews: list[float] = []
    body = json.dumps(_DRAFT).encode()
    async with httpx.AsyncClient(base_url=base, timeout=60) as client:

        async def ask(count: int) -> None:
            for _ in range(count):
                response = await client.post("/v1/reviews", content=body, headers={"content-type": "application/json"})
                response.raise_for_status()
                reviews.append(_review_seconds(response.headers.get("server-timing", "")))

        await ask(20)
        reviews.clear()
        started = time.perf_counter()
        await asyncio.gather(*(ask(_REQUESTS // _CLIENTS) for _ in range(_CLIENTS)))
        return Load(_REQUESTS / (time.perf_counter() - started), statistics.fmean(reviews))


def _review_seconds(timing: str) -> float:
    found = re.search(r"dur=([\d.]+)", timing)
    return float(found[1]) / 1000 if found else 0.0
