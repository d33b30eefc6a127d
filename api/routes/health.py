"""`/healthz` and `/readyz`: for whoever watches the server."""

from fastapi import APIRouter, Response
from pydantic import BaseModel

from api.dependencies import CoachDependency

router = APIRouter(tags=["health"])


class Readiness(BaseModel):
    """Whether the server can do its work. Search answers from words alone until its index is complete."""

    ready: bool
    database: bool
    patterns: int
    search_index: bool


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
