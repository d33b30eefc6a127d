"""`/`, `/healthz` and `/readyz`: for whoever meets or watches the server."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from api.dependencies import CoachDependency
from api.pages.accept import wants_html
from api.pages.start import start_page
from api.pages.visit import VisitDependency
from coach import __version__

router = APIRouter(tags=["health"])


class Readiness(BaseModel):
    """Whether the server can do its work. Search answers from words alone until its index is complete."""

    ready: bool
    database: bool
    patterns: int
    search_index: bool


@router.get("/", include_in_schema=False)
async def home(request: Request, visit: VisitDependency) -> Response:
    """Say what this is and where to go on: to a browser as a page, else as JSON."""
    if wants_html(request.headers.get("accept", "")):
        return start_page(visit)
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


@router.get("/healthz")
async def healthz() -> dict[str, str]:
    """Say that the process answers."""
    return {"status": "ok"}


@router.get("/readyz")
def readyz(coach: CoachDependency, response: Response) -> Readiness:
    """Say whether reviews can be made and stored."""
    database = coach.database.answers()
    response.status_code = 200 if database else 503
    return Readiness(
        ready=database,
        database=database,
        patterns=len(coach.catalog.patterns),
        search_index=coach.search.ready(),
    )
