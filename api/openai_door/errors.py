"""Problems as OpenAI clients expect them: `{"error": {"message", "type", "param", "code"}}`."""

import json

from fastapi import Request
from fastapi.responses import JSONResponse
from starlette.responses import Response

from api.problems import ProblemHandler

PREFIX = "/openai"
_TYPES = {401: "authentication_error", 403: "permission_error", 404: "not_found_error", 429: "rate_limit_error"}
_CODES = {401: "invalid_api_key"}


def errors_for_openai(handler: ProblemHandler) -> ProblemHandler:
    """Return an error handler that answers under /openai as OpenAI does, and elsewhere as `handler` does."""

    async def answer(request: Request, error: Exception) -> Response:
        problem = await handler(request, error)
        if not request.url.path.startswith(f"{PREFIX}/"):
            return problem
        told = json.loads(bytes(problem.body))
        status = 400 if problem.status_code == 422 else problem.status_code
        first: dict[str, str] = next(iter(told.get("errors", [])), {})
        content = error_object(
            told["detail"],
            status=status,
            param=first.get("pointer", "").lstrip("/").replace("/", ".") or None,
            code=_CODES.get(status) or first.get("code") or told["code"],
        )
        kept = {name: value for name, value in problem.headers.items() if name in {"www-authenticate", "retry-after"}}
        return JSONResponse(content, status_code=status, headers=kept)

    return answer


def error_object(message: str, *, status: int, code: str, param: str | None = None) -> dict[str, object]:
    """Return an error as OpenAI words it."""
    kind = _TYPES.get(status, "server_error" if status >= 500 else "invalid_request_error")
    return {"error": {"message": message, "type": kind, "param": param, "code": code}}
