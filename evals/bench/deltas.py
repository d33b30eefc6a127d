"""A streamed answer: CPU per delta against bare HTTP with JSON, and the time to its first text against the SDK."""

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from statistics import median

import httpx2
from openai import AsyncOpenAI

from coach.llm import ModelAddress, open_chat_model
from coach.prompting import Message
from evals.bench.row import Row

_DELTAS = 3_000
_TURNS = 9
_FIRSTS = 60

_STUB = """
import asyncio, json, sys

async def lines(reader):
    while (line := await reader.readline()).strip():
        yield line

async def answer(reader, writer):
    while head := b"".join([line async for line in lines(reader)]):
        length = next(int(l.split(b":")[1]) for l in head.lower().split(b"\\r\\n") if l.startswith(b"content-length"))
        count = int(json.loads(await reader.readexactly(length))["model"])
        writer.write(b"HTTP/1.1 200 OK\\r\\ncontent-type: text/event-stream\\r\\n")
        writer.write(b"transfer-encoding: chunked\\r\\n\\r\\n")
        def event(choice):
            body = {"id": "c", "object": "chat.completion.chunk", "created": 0, "model": "m", "choices": [choice]}
            data = b"data: " + json.dumps(body).encode() + b"\\n\\n"
            return hex(len(data))[2:].encode() + b"\\r\\n" + data + b"\\r\\n"
        delta = event({"index": 0, "delta": {"content": " word"}, "finish_reason": None})
        for _ in range(count):
            writer.write(delta)
            await writer.drain()
        writer.write(event({"index": 0, "delta": {}, "finish_reason": "stop"}))
        writer.write(b"e\\r\\ndata: [DONE]\\n\\n\\r\\n0\\r\\n\\r\\n")
        await writer.drain()

async def main():
    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()

asyncio.run(main())
"""

Reader = Callable[[int], AsyncIterator[str]]


def run() -> Iterator[Row]:
    """Yield figures of all three clients at the same stub, taken in turns."""
    with _stub() as url:
        yield from asyncio.run(_measured(url))


async def _measured(url: str) -> list[Row]:
    sdk = AsyncOpenAI(base_url=url, api_key="none", max_retries=0)
    bare = httpx2.AsyncClient()
    models = {count: open_chat_model(ModelAddress(str(count), url, None, 60.0)) for count in (1, _DELTAS)}

    async def by_sdk(count: int) -> AsyncIterator[str]:
        stream = await sdk.chat.completions.create(
            model=str(count), messages=[{"role": "user", "content": "words"}], stream=True
        )
        async for chunk in stream:
            if text := chunk.choices[0].delta.content:
                yield text

    async def by_hand(count: int) -> AsyncIterator[str]:
        body = {"model": str(count), "messages": [{"role": "user", "content": "words"}], "stream": True}
        async with bare.stream("POST", f"{url}/chat/completions", json=body) as response:
            async for line in response.aiter_lines():
                if line.startswith("data: {") and (text := json.loads(line[6:])["choices"][0]["delta"].get("content")):
                    yield text

    def by_us(count: int) -> AsyncIterator[str]:
        return models[count].stream([Message("user", "words")], models[count].deadline())

    clients: dict[str, Reader] = {"ours": by_us, "bare": by_hand, "sdk": by_sdk}
    cpu: dict[str, list[float]] = {name: [] for name in clients}
    first: dict[str, list[float]] = {name: [] for name in clients}
    for read in clients.values():
        assert await _seen(read(1)) == 1
    for _ in range(_TURNS):
        for name, read in clients.items():
            started = time.process_time()
            assert await _seen(read(_DELTAS)) == _DELTAS
            cpu[name].append((time.process_time() - started) / _DELTAS * 1e6)
    for _ in range(_FIRSTS):
        for name, read in clients.items():
            first[name].append(await _first(read(1)))
    for close in (bare.aclose, sdk.close, *(model.aclose for model in models.values())):
        await close()
    micro = {name: median(values) for name, values in cpu.items()}
    milli = {name: median(values) * 1000 for name, values in first.items()}
    return [
        Row("µs of CPU per delta, ours", micro["ours"]),
        Row("µs of CPU per delta, bare HTTP and JSON", micro["bare"]),
        Row("µs of CPU per delta, the SDK", micro["sdk"]),
        Row("CPU per delta, ours / bare", micro["ours"] / micro["bare"], 1.5),
        Row("ms to the first text (p50), ours", milli["ours"]),
        Row("ms to the first text (p50), the SDK", milli["sdk"]),
        Row("ms to the first text, ours over the SDK", milli["ours"] - milli["sdk"], 8.0),
    ]


async def _seen(texts: AsyncIterator[str]) -> int:
    """Return how many texts a stream yields."""
    return sum([1 async for _ in texts])


async def _first(texts: AsyncIterator[str]) -> float:
    """Return the seconds to a stream's first text; the rest is read and not counted."""
    started = time.perf_counter()
    await anext(texts)
    seconds = time.perf_counter() - started
    await _seen(texts)
    return seconds


@contextmanager
def _stub() -> Iterator[str]:
    """A server in a process of its own, whose CPU does not count; the model's name says how many deltas it sends."""
    process = subprocess.Popen([sys.executable, "-c", _STUB], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield f"http://127.0.0.1:{process.stdout.readline().strip()}/v1"
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
