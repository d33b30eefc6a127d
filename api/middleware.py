"""What every request passes: an id, a log line without any text, and a check of the Host header."""

import re
import time
from uuid import uuid4

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.metrics import Metrics
from api.problems import problem

_SANE_ID = re.compile(r"[\w.-]{1,64}")
_LOOPBACK_HOST = re.compile(r"(?:127\.0\.0\.1|localhost|\[::1\])(?::\d+)?", re.IGNORECASE)
_PARAMETER = re.compile(r"\{([^}:]+)(?::[^}]*)?\}")
_LOG = structlog.get_logger("okr-coach")


class RequestGuard:
    """Gives each request an id, counts it, and refuses foreign Host headers while no key protects the server.

    A page on the web could otherwise point a name of its own at 127.0.0.1 and read reviews.
    """

    def __init__(self, app: ASGIApp, *, only_loopback: bool, counts: Metrics) -> None:
        self._app = app
        self._only_loopback = only_loopback
        self._counts = counts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        given = headers.get("x-request-id", "")
        request_id = given if _SANE_ID.fullmatch(given) else uuid4().hex
        scope.setdefault("state", {})["request_id"] = request_id
        started = time.perf_counter()
        status = 500

        async def tagged(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)["x-request-id"] = request_id
            await send(message)

        if self._only_loopback and not _LOOPBACK_HOST.fullmatch(headers.get("host", "")):
            detail = "without an API key the server answers only to localhost"
            response = problem(421, "misdirected-host", "Misdirected request", detail, request_id=request_id)
            await response(scope, receive, tagged)
        else:
            await self._app(scope, receive, tagged)
        seconds = time.perf_counter() - started
        self._counts.requested(scope["method"], _pattern_of(scope), status, seconds)
        _LOG.info(
            "request",
            method=scope["method"],
            path=scope["path"],
            status=status,
            ms=round(seconds * 1000, 1),
            request_id=request_id,
        )


def _pattern_of(scope: Scope) -> str:
    """Return the route's pattern with its prefix, which the route itself does not know; nothing that was typed."""
    pattern: str | None = getattr(scope.get("route"), "path", None)
    if pattern is None:
        return "unmatched"
    values = scope.get("path_params", {})
    typed = _PARAMETER.sub(lambda name: str(values.get(name[1])), pattern)
    path: str = scope["path"]
    return path.removesuffix(typed) + pattern if path.endswith(typed) else pattern
