"""`/`: paste a draft and see what it leaves open while you type; JSON for programs."""

from collections.abc import Mapping

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, JSONResponse

from api.pages.accept import wants_html
from api.pages.form import FormDependency
from api.pages.marked import MarkedReview, marked_review, pattern_names
from api.pages.page import show
from api.pages.reader import ReaderCoachDependency, ReaderDependency
from api.pages.visit import Visit, VisitDependency
from coach import __version__
from coach.errors import InputError
from coach.formats.reading import read_draft
from coach.wiring import Coach

router = APIRouter(include_in_schema=False)


@router.get("/")
async def home(request: Request, visit: VisitDependency) -> Response:
    """Say what this is and where to go on: to a browser as a page, else as JSON."""
    if wants_html(request.headers.get("accept", "")):
        return _page(visit, "", None, {})
    content = {
        "name": "okr-coach",
        "version": __version__,
        "openapi": "/openapi.json",
        "reviews": "/v1/reviews",
        "patterns": "/v1/patterns",
        "articles": "/v1/knowledge/articles",
        "handbook": "/handbook",
    }
    return JSONResponse(content, headers={"Vary": "Accept"})


@router.post("/")
async def review_at_once(
    request: Request,
    coach: ReaderCoachDependency,
    tenant: ReaderDependency,
    visit: VisitDependency,
    form: FormDependency,
) -> HTMLResponse:
    """Review what stands in the field by rules, and store nothing of it; a script gets the findings alone."""
    text = form.get("draft", "")
    review = await run_in_threadpool(_review, coach, tenant, text) if text.strip() else None
    names = pattern_names(coach.catalog, visit.language)
    if "hx-request" in request.headers:
        return show(visit, "found.html", review=review, names=names)
    return _page(visit, text, review, names)


def _page(visit: Visit, text: str, review: MarkedReview | str | None, names: Mapping[str, str]) -> HTMLResponse:
    return show(visit, "start.html", scripted=True, review=review, text=text, names=names)


def _review(coach: Coach, tenant: str, text: str) -> MarkedReview | str:
    """Return the review, or the code of what keeps the text from being read."""
    try:
        draft = read_draft(text.encode("utf-8", "replace"), "md")
        chosen = draft.model_copy(update={"mode": "rules", "rewrite": False})
        return marked_review(coach.critic.review(chosen, muted=coach.muted(tenant)))
    except InputError as error:
        return error.problems[0].code
