"""Server-sent events on the wire, sent as they come and closed when the client has gone."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import suppress

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

_PING_SECONDS = 15.0
_HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
    (b"x-content-type-options", b"nosniff"),
]


def wire(event: str, content: str, identifier: str = "") -> str:
    """Return one event as it is sent; an unnamed one where `event` is empty."""
    head = (f"id: {identifier}\n" if identifier else "") + (f"event: {event}\n" if event else "")
    lines = content.split("\n") if "\n" in content or "\r" in content else [content]
    return head + "".join("data: " + line.replace("\r", "") + "\n" for line in lines) + "\n"


class EventStream(Response):
    """A response that sends chunks as they come, with a ping in silence; a client that goes closes the source."""

    def __init__(self, chunks: AsyncGenerator[str], *, status: int = 200) -> None:
        super().__init__(status_code=status)
        self._chunks = chunks

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        head = [*_HEADERS, *(pair for pair in self.raw_headers if pair[0] != b"content-length")]
        await send({"type": "http.response.start", "status": self.status_code, "headers": head})
        sending = asyncio.ensure_future(self._send(send))
        pinging = asyncio.ensure_future(_ping(send))
        going = asyncio.ensure_future(_gone(receive))
        try:
            await asyncio.wait({sending, going}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (sending, pinging, going):
                task.cancel()
            outcome = (await asyncio.gather(sending, pinging, going, return_exceptions=True))[0]
            await self._chunks.aclose()
        if isinstance(outcome, BaseException) and not isinstance(outcome, asyncio.CancelledError | OSError):
            raise outcome

    async def _send(self, send: Send) -> None:
        async for chunk in self._chunks:
            await send({"type": "http.response.body", "body": chunk.encode(), "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _ping(send: Send) -> None:
    with suppress(OSError):
        while True:
            await asyncio.sleep(_PING_SECONDS)
            await send({"type": "http.response.body", "body": b": ping\n\n", "more_body": True})


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
