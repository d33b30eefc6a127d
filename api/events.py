"""Server-sent events: what comes step by step, with a sign of life between the steps."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import NamedTuple

import structlog
from fastapi import Request
from fastapi.concurrency import run_in_threadpool
from starlette.responses import Response, StreamingResponse

from api.problems import problem

MEDIA_TYPE = "text/event-stream"
_PING = b": ping\n\n"
_SILENCE = 10.0
_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
_LOG = structlog.get_logger("okr-coach")


class Event(NamedTuple):
    """One event; `json` is a single line."""

    name: str
    json: str

    def encoded(self) -> bytes:
        """Return the event as it is sent."""
        return f"event: {self.name}\ndata: {self.json}\n\n".encode()


def wants_events(request: Request) -> bool:
    """Whether the client asks for events."""
    return MEDIA_TYPE in request.headers.get("accept", "").lower()


async def event_response(request: Request, steps: Iterator[Event]) -> Response:
    """Return the steps as events; each is made in a thread. What fails before the first is raised, later it is told."""
    first = await run_in_threadpool(next, steps, None)
    return StreamingResponse(
        _encoded(request, first, steps), status_code=201, media_type=MEDIA_TYPE, headers=dict(_HEADERS)
    )


async def _encoded(request: Request, event: Event | None, steps: Iterator[Event]) -> AsyncIterator[bytes]:
    while event is not None:
        yield event.encoded()
        following = asyncio.ensure_future(run_in_threadpool(next, steps, None))
        try:
            while not following.done():
                done, _ = await asyncio.wait({following}, timeout=_SILENCE)
                if not done:
                    yield _PING
            event = following.result()
        except Exception as error:
            yield _failure(request, error).encoded()
            return


def _failure(request: Request, error: Exception) -> Event:
    """Return the failure as a problem, and say nothing of what broke: details go to the log under the request id."""
    request_id = str(getattr(request.state, "request_id", ""))
    _LOG.error("unexpected", error=type(error).__name__, request_id=request_id, exc_info=error)
    detail = "Something broke here. The log has the details under this request id."
    response = problem(500, "internal-error", "Internal error", detail, request_id=request_id)
    return Event("error", bytes(response.body).decode())
