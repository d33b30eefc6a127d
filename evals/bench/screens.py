"""Many phones on few CPUs: HTTP/1.1 by hand over asyncio, so that the clients cost less than what they measure."""

import asyncio
import json
import re
import time
from collections.abc import Callable
from typing import Any, NamedTuple

_ID = re.compile(rb"^id: (\d+)$", re.MULTILINE)
PATIENCE = 120.0


class Answer(NamedTuple):
    """Status and body of a response."""

    status: int
    body: bytes

    def json(self) -> Any:
        """Return the parsed body."""
        return json.loads(self.body)


class Phone:
    """A connection that is kept; a request on one that the server dropped goes out once more."""

    def __init__(self, port: Callable[[], int], token: str | None = None) -> None:
        self._port = port
        self.token = token
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def post(self, path: str, body: bytes) -> Answer:
        """Return the answer to a request with a JSON body."""
        while True:
            try:
                if self._streams is None:
                    self._streams = await asyncio.open_connection("127.0.0.1", self._port())
                reader, writer = self._streams
                writer.write(_request("POST", path, self.token, f"content-length: {len(body)}\r\n") + body)
                return await _answer(reader)
            except (ConnectionError, asyncio.IncompleteReadError):
                self.close()
                await asyncio.sleep(0.05)

    def close(self) -> None:
        """Hang up."""
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None


class Screen:
    """Follows a stream of events and resumes after its last one; `numbers` are the ids in the order of arrival."""

    def __init__(self, port: Callable[[], int], path: str, token: str | None = None) -> None:
        self.numbers: list[int] = []
        self.seen: dict[int, float] = {}
        self.connected = asyncio.Event()
        self._grown = asyncio.Event()
        self._port, self._path, self._token = port, path, token
        self._task = asyncio.create_task(self._follow())

    async def _follow(self) -> None:
        while True:
            writer = None
            try:
                reader, writer = await asyncio.open_connection("127.0.0.1", self._port())
                last = f"last-event-id: {self.numbers[-1]}\r\n" if self.numbers else ""
                writer.write(_request("GET", self._path, self._token, last))
                status, _ = await _head(reader)
                if status == 200:
                    self.connected.set()
                    await self._read(reader)
            except (ConnectionError, asyncio.IncompleteReadError, ValueError):
                pass
            finally:
                if writer is not None:
                    writer.close()
            await asyncio.sleep(0.05)

    async def _read(self, reader: asyncio.StreamReader) -> None:
        """Take event by event; what is cut off at the end of a connection comes again on the next."""
        rest = b""
        while size := int(await reader.readline(), 16):
            rest += (await reader.readexactly(size + 2))[:-2]
            whole, _, rest = rest.rpartition(b"\n\n")
            now = time.perf_counter()
            for found in _ID.finditer(whole):
                number = int(found[1])
                self.numbers.append(number)
                self.seen[number] = now
            self._grown.set()

    async def until(self, number: int) -> float:
        """Return when an event arrived."""
        async with asyncio.timeout(PATIENCE):
            while number not in self.seen:
                self._grown.clear()
                await self._grown.wait()
        return self.seen[number]

    def close(self) -> None:
        """Stop following."""
        self._task.cancel()

    def faults(self, last: int) -> int:
        """Return how many of the events up to the last one were lost, doubled or came out of order."""
        lost = last - len(set(self.numbers) & set(range(1, last + 1)))
        doubled = len(self.numbers) - len(set(self.numbers))
        reordered = sum(b < a for a, b in zip(self.numbers, self.numbers[1:], strict=False))
        return lost + doubled + reordered


def _request(method: str, path: str, token: str | None, more: str) -> bytes:
    key = f"authorization: Bearer {token}\r\n" if token else ""
    return f"{method} {path} HTTP/1.1\r\nhost: 127.0.0.1\r\n{key}content-type: application/json\r\n{more}\r\n".encode()


async def _head(reader: asyncio.StreamReader) -> tuple[int, dict[str, str]]:
    lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    fields = dict(line.lower().split(": ", 1) for line in lines[1:] if ": " in line)
    return int(lines[0].split(" ")[1]), fields


async def _answer(reader: asyncio.StreamReader) -> Answer:
    status, fields = await _head(reader)
    return Answer(status, await reader.readexactly(int(fields.get("content-length", "0"))))
