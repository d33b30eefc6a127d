"""Errors as pages: who reads in a browser is told in words; programs keep the problem."""

from fastapi import Request
from starlette.responses import Response

from api.pages.accept import wants_html
from api.pages.page import show
from api.pages.texts import texts_in
from api.pages.visit import visit_of
from api.problems import ProblemHandler

_PAGES = ("/handbook", "/patterns", "/chat", "/workshops", "/w")
_PROGRAMS = ("/v1", "/openai", "/static")
_KEPT = ("allow", "www-authenticate", "retry-after")


def page_for_readers(handler: ProblemHandler) -> ProblemHandler:
    """Return an error handler that answers readers with a page and everyone else as `handler` does."""

    async def answer(request: Request, error: Exception) -> Response:
        problem = await handler(request, error)
        return await _page(request, problem) if _is_read(request) else problem

    return answer


def _is_read(request: Request) -> bool:
    path = request.url.path
    if _under(path, _PAGES):
        return True
    return wants_html(request.headers.get("accept", "")) and not _under(path, _PROGRAMS)


def _under(path: str, roots: tuple[str, ...]) -> bool:
    return any(path == root or path.startswith(f"{root}/") for root in roots)


async def _page(request: Request, problem: Response) -> Response:
    visit = await visit_of(request)
    status = problem.status_code
    key = str(status) if f"error.{status}.title" in texts_in(visit.language) else "other"
    request_id = getattr(request.state, "request_id", "")
    page = show(visit, "error.html", status=status, key=f"error.{key}", code=status, request_id=request_id)
    page.headers.update({name: problem.headers[name] for name in _KEPT if name in problem.headers})
    return page
