"""A room of 200: how fast everybody sees what one sends, against a bare broadcaster; and whether anything is lost."""

import asyncio
import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple
from uuid import uuid4

import httpx

from evals.bench.process import BIN
from evals.bench.row import Row
from evals.bench.screens import Phone, Screen

_BARE = """
import asyncio, sys, uvicorn
from starlette.applications import Starlette
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route
queues = set()
async def events(request):
    queue = asyncio.Queue()
    queues.add(queue)
    async def stream():
        yield b": hello\\n\\n"
        try:
            while True:
                yield await queue.get()
        finally:
            queues.discard(queue)
    return StreamingResponse(stream(), media_type="text/event-stream")
async def submit(request):
    frame = await request.body()
    for queue in queues:
        queue.put_nowait(frame)
    return Response(status_code=200)
async def healthz(request):
    return Response(status_code=200)
routes = [Route("/events", events), Route("/submit", submit, methods=["POST"]), Route("/healthz", healthz)]
app = Starlette(routes=routes)
uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_config=None, access_log=False)
"""
_PEOPLE, _SUBMITS, _ROUNDS, _EVENTS = 200, 150, 3, 10_000
_TEXT = "80 % der neuen Mieter:innen schaffen den Einzug ohne Rückfrage bei uns (heute 55 %), Karte "
_POSTGRES = os.environ.get("OKR_COACH_TEST_DATABASE_URL", "postgresql+psycopg://postgres@127.0.0.1:5432/test")


class Server(NamedTuple):
    """A server in a process of its own."""

    port: int
    process: "subprocess.Popen[bytes]"


class Hall(NamedTuple):
    """A workshop with everybody in it."""

    path: str
    host: str
    phones: list[Phone]
    screens: list[Screen]


class Round(NamedTuple):
    """The p95 of one round each, in milliseconds."""

    bare: float
    parked: float
    bare_beside_cards: float
    cards: float


class Vote(NamedTuple):
    """A card on stage, with what can be guessed."""

    card: str
    choices: list[str]


def run() -> Iterator[Row]:
    """Yield times to all screens with their ratios, then what went wrong on the way of 10,000 events."""
    with tempfile.TemporaryDirectory() as home, _server(_ours(), home=home) as ours:
        with _server([sys.executable, "-c", _BARE, "{port}"]) as bare:
            rounds = [asyncio.run(_round(bare, ours)) for _ in range(_ROUNDS)]
        middle = Round(*(statistics.median(column) for column in zip(*rounds, strict=True)))
        yield Row("ms to all 200 screens, p95, bare broadcaster", middle.bare)
        yield Row("ms to all 200 screens, p95, workshop (stored first)", middle.parked)
        yield Row("that / bare broadcaster", statistics.median(each.parked / each.bare for each in rounds), 3.0)
        yield Row("ms to all 200 screens, p95, bare beside cards with review", middle.bare_beside_cards)
        yield Row("ms to all 200 screens, p95, workshop, card with review", middle.cards)
        yield Row("that / bare", statistics.median(each.cards / each.bare_beside_cards for each in rounds), 3.0)
        followed, faults, seconds = asyncio.run(_flood([ours]))
        yield Row("events followed by 200 screens, one worker", followed)
        yield Row("lost, doubled or reordered among them", faults, 0)
        yield Row("deliveries per second", followed * _PEOPLE / seconds)
    yield from _replicas()


def _replicas() -> Iterator[Row]:
    """Yield the same over two replicas, one of them killed half-way; nothing where no PostgreSQL answers."""
    with _schema() as url, tempfile.TemporaryDirectory() as home:
        if url is None:
            return
        with (
            _server(_ours(), home=f"{home}/1", database=url) as one,
            _server(_ours(), home=f"{home}/2", database=url) as other,
        ):
            followed, faults, seconds = asyncio.run(_flood([one, other]))
    yield Row("events followed by 200 screens, two replicas, one killed", followed)
    yield Row("lost, doubled or reordered among them", faults, 0)
    yield Row("deliveries per second", followed * _PEOPLE / seconds)


async def _round(bare: Server, ours: Server) -> Round:
    """Send to the bare broadcaster and to the workshop in turns, so that whatever else runs here slows both."""
    screens = [Screen(lambda: bare.port, "/events") for _ in range(_PEOPLE)]
    await asyncio.gather(*(screen.connected.wait() for screen in screens))
    sender = Phone(lambda: bare.port)
    hall = await _hall([lambda: ours.port])
    sent = 0

    async def plain() -> int:
        nonlocal sent
        sent += 1
        content = {"number": sent, "type": "parked-added", "parked": f"p{sent}", "text": f"{_TEXT}{sent}"}
        content |= {"status": "shown", "flagged": False}
        frame = f"id: {sent}\nevent: parked-added\ndata: {json.dumps(content, ensure_ascii=False)}\n\n"
        await sender.post("/submit", frame.encode())
        return sent

    async def said(**command: Any) -> int:
        phone = hall.phones[sent % _PEOPLE]
        return await _does(phone, hall.path, text=f"{_TEXT}{sent}", **command)

    try:
        parked = await _in_turns(screens, plain, hall.screens, lambda: said(type="park"))
        cards = await _in_turns(screens, plain, hall.screens, lambda: said(type="hand-in", level="key_result"))
    finally:
        sender.close()
        for screen in screens:
            screen.close()
        _leave(hall)
    return Round(*parked, *cards)


async def _in_turns(
    theirs: list[Screen], plain: Callable[[], Awaitable[int]], ours: list[Screen], said: Callable[[], Awaitable[int]]
) -> tuple[float, float]:
    """Return the 95th percentiles of both, in milliseconds from sending to the last of all screens."""
    spent: tuple[list[float], list[float]] = ([], [])
    for _ in range(_SUBMITS):
        for took, screens, submit in zip(spent, (theirs, ours), (plain, said), strict=True):
            started = time.perf_counter()
            event = await submit()
            took.append(max([await screen.until(event) for screen in screens]) - started)
    first, second = (statistics.quantiles(took, n=20)[18] * 1000 for took in spent)
    return first, second


async def _flood(servers: list[Server]) -> tuple[int, int, float]:
    """Return events, faults and seconds when everybody sends at once; a second server is killed half-way."""
    alive = [server.port for server in servers]

    def port(start: int) -> Callable[[], int]:
        return lambda: alive[start % len(alive)]

    hall = await _hall([port(0), port(1)])
    vote = await _vote(hall, port(1))
    started = time.perf_counter()
    sent = 0

    async def guesses(phone: Phone) -> int:
        nonlocal sent
        last = 0
        for number in range(_EVENTS // _PEOPLE):
            last = await _does(phone, hall.path, type="guess", card=vote.card, pattern=vote.choices[number % 4])
            sent += 1
            if len(alive) > 1 and sent > _EVENTS // 2:
                alive.remove(servers[0].port)
                servers[0].process.send_signal(signal.SIGKILL)
        return last

    try:
        last = max(await asyncio.gather(*(guesses(phone) for phone in hall.phones)))
        await asyncio.gather(*(screen.until(last) for screen in hall.screens))
        seconds = time.perf_counter() - started
        return last, sum(screen.faults(last) for screen in hall.screens), seconds
    finally:
        _leave(hall)


async def _vote(hall: Hall, port: Callable[[], int]) -> Vote:
    """Put a card on stage and start the vote."""
    host = Phone(port, hall.host)
    added = await host.post(f"{hall.path}/commands", _json(type="add-card", level="key_result", text=_TEXT))
    (card,) = added.json()["ids"]
    lit = await _does(host, hall.path, type="spotlight", card=card)
    await _does(host, hall.path, type="start-round", round=3)
    await hall.screens[0].until(lit)
    host.close()
    seen = httpx.get(f"http://127.0.0.1:{port()}{hall.path}", headers={"authorization": f"Bearer {hall.host}"})
    return Vote(card, seen.json()["room"]["spotlight"]["choices"])


async def _hall(ports: list[Callable[[], int]]) -> Hall:
    owner = Phone(ports[0])
    made = (await owner.post("/v1/workshops", _json(title="Halle", moderated=False))).json()
    path = f"/v1/workshops/{made['code']}"
    host = Phone(ports[0], made["host_secret"])
    await _does(host, path, type="start-round", round=0)
    phones = []
    for number in range(_PEOPLE):
        phone = Phone(ports[number % len(ports)])
        while (joined := await phone.post(f"{path}/participants", b"")).status == 429:
            await asyncio.sleep(1)
        phone.token = joined.json()["token"]
        phones.append(phone)
    screens = [Screen(ports[n % len(ports)], f"{path}/events", phone.token) for n, phone in enumerate(phones)]
    await asyncio.gather(*(screen.connected.wait() for screen in screens))
    return Hall(path, made["host_secret"], phones, screens)


async def _does(phone: Phone, path: str, **command: Any) -> int:
    """Return the number of the event; wait where the server says so."""
    while True:
        answer = await phone.post(f"{path}/commands", _json(**command))
        if answer.status == 200:
            return int(answer.json()["number"])
        if answer.status != 429:
            raise RuntimeError(f"{command}: {answer.status} {answer.body[:300]!r}")
        await asyncio.sleep(1)


def _leave(hall: Hall) -> None:
    for phone, screen in zip(hall.phones, hall.screens, strict=True):
        phone.close()
        screen.close()


def _json(**content: Any) -> bytes:
    return json.dumps(content).encode()


def _ours() -> list[str]:
    return [str(BIN / "okr-coach"), "serve", "--port", "{port}"]


@contextmanager
def _server(command: list[str], *, home: str = "", database: str = "") -> Iterator[Server]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {"PATH": "/usr/bin:/bin", "OPENBLAS_NUM_THREADS": "1", "OKR_COACH_HOME": home}
    if database:
        environment["OKR_COACH_DATABASE_URL"] = database
    command = [part.replace("{port}", str(port)) for part in command]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait(port)
        yield Server(port, process)
    finally:
        process.terminate()
        process.wait()


def _wait(port: int) -> None:
    """Wait until the server answers and has built its index, so that it does nothing else while it is measured."""
    for _ in range(600):
        try:
            ready = httpx.get(f"http://127.0.0.1:{port}/readyz", timeout=5)
            if ready.status_code == 404 or ready.json().get("search_index"):
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    raise RuntimeError("the server did not become ready")


@contextmanager
def _schema() -> Iterator[str | None]:
    """Give the address of a fresh schema, or None where no PostgreSQL answers."""
    from sqlalchemy import create_engine, make_url, text  # noqa: PLC0415 - only for this part
    from sqlalchemy.exc import OperationalError  # noqa: PLC0415

    engine = create_engine(_POSTGRES)
    name = f"bench_{uuid4().hex}"
    try:
        with engine.begin() as connection:
            connection.execute(text(f'CREATE SCHEMA "{name}"'))
    except OperationalError:
        yield None
        return
    options = {"options": f"-csearch_path={name}"}
    yield make_url(_POSTGRES).update_query_dict(options).render_as_string(hide_password=False)
    with engine.begin() as connection:
        connection.execute(text(f'DROP SCHEMA "{name}" CASCADE'))
    engine.dispose()
