"""Errors as RFC 9457 problems: stable `type` and `code`, `request_id`, a JSON pointer per bad field."""

from collections.abc import Awaitable, Callable, Sequence
from http import HTTPStatus
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.responses import Response

from coach.errors import (
    CoachError,
    Conflict,
    Forbidden,
    InputError,
    ModelError,
    NotFound,
    Problem,
    Refused,
    TooLarge,
)
from coach.okr import pointer

ProblemHandler = Callable[[Request, Exception], Awaitable[Response]]

MEDIA_TYPE = "application/problem+json"
_LOG = structlog.get_logger("okr-coach")
_SYNTAX = frozenset({"invalid-json", "invalid-utf8"})


def problem(
    status: int, code: str, title: str, detail: str, *, request_id: str, errors: Sequence[Problem] = ()
) -> JSONResponse:
    """Return a problem response."""
    body: dict[str, Any] = {
        "type": f"urn:okr-coach:problem:{code}",
        "title": title,
        "status": status,
        "detail": detail,
        "code": code,
        "request_id": request_id,
    }
    if errors:
        body["errors"] = [{"pointer": e.pointer, "detail": e.detail, "code": e.code} for e in errors]
    return JSONResponse(body, status_code=status, media_type=MEDIA_TYPE)


def register_problems(app: FastAPI, *, present: Callable[[ProblemHandler], ProblemHandler]) -> None:
    """Turn every failure of the application into a problem; `present` may show it to readers otherwise."""
    handlers: dict[type[Exception], ProblemHandler] = {
        InputError: _input,
        RequestValidationError: _parameters,
        NotFound: _not_found,
        Conflict: _conflict,
        Refused: _refused,
        ModelError: _model,
        HTTPException: _http,
        CoachError: _unexpected,
        Exception: _unexpected,
    }
    for error, handler in handlers.items():
        app.add_exception_handler(error, present(handler))


def _request_id(request: Request) -> str:
    return str(getattr(request.state, "request_id", ""))


async def _input(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, InputError)
    codes = {found.code for found in error.problems}
    if isinstance(error, TooLarge):
        status, code, title = 413, "too-large", "Too large"
    elif codes <= _SYNTAX:
        status, code, title = 400, error.problems[0].code, "The body cannot be read"
    else:
        status, code, title = 422, "invalid-input", "The input has faults"
    detail = "; ".join(f"{found.pointer or '/'}: {found.detail}" for found in error.problems[:3])
    return problem(status, code, title, detail, request_id=_request_id(request), errors=error.problems)


async def _parameters(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    problems = [Problem(pointer(fault["loc"]), fault["msg"], fault["type"]) for fault in error.errors()]
    detail = "; ".join(f"{found.pointer}: {found.detail}" for found in problems[:3])
    return problem(
        422, "invalid-input", "The input has faults", detail, request_id=_request_id(request), errors=problems
    )


async def _not_found(request: Request, error: Exception) -> JSONResponse:
    return problem(404, "not-found", "Not found", str(error), request_id=_request_id(request))


async def _conflict(request: Request, error: Exception) -> JSONResponse:
    return problem(409, "conflict", "Conflict", str(error), request_id=_request_id(request))


async def _refused(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, Refused)
    status, title = (403, "Forbidden") if isinstance(error, Forbidden) else (409, "Not possible now")
    return problem(status, error.code, title, error.detail, request_id=_request_id(request))


async def _model(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, ModelError)
    return problem(503, "model-unavailable", "The model did not deliver", error.detail, request_id=_request_id(request))


async def _http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    phrase = HTTPStatus(error.status_code).phrase
    code = phrase.lower().replace(" ", "-")
    response = problem(error.status_code, code, phrase, str(error.detail), request_id=_request_id(request))
    response.headers.update(error.headers or {})
    return response


async def _unexpected(request: Request, error: Exception) -> JSONResponse:
    """Say that something broke, and nothing of what: details go to the log under the request id."""
    request_id = _request_id(request)
    _LOG.error("unexpected", error=type(error).__name__, request_id=request_id, exc_info=error)
    detail = "Something broke here. The log has the details under this request id."
    return problem(500, "internal-error", "Internal error", detail, request_id=request_id)
