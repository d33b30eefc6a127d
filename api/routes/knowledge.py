"""`/v1/knowledge`: search, and the passages that findings cite."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel

from api.dependencies import CoachDependency, TenantDependency
from coach.errors import NotFound
from coach.retrieval.passages import Passage
from coach.retrieval.search import Found

router = APIRouter(tags=["knowledge"])


class SearchResult(BaseModel):
    """The passages that fit; empty where nothing does."""

    query: str
    passages: list[Found]


@router.get("/knowledge/search")
def search_knowledge(
    coach: CoachDependency,
    _tenant: TenantDependency,
    q: Annotated[str, Query(min_length=1, max_length=2000, description="a question, a keyword or a draft")],
    language: Annotated[Literal["auto", "de", "en"], Query(description="auto: that of the query")] = "auto",
    limit: Annotated[int, Query(ge=1, le=50)] = 5,
) -> SearchResult:
    """Find what the method says about a question, a keyword or a draft."""
    passages = coach.search.find(q, language=None if language == "auto" else language, limit=limit)
    return SearchResult(query=q, passages=passages)


@router.get("/knowledge/passages/{passage_id:path}")
def get_passage(coach: CoachDependency, _tenant: TenantDependency, passage_id: str) -> Passage:
    """Return a passage by the id that citations name."""
    passage = coach.search.passage(passage_id)
    if passage is None:
        raise NotFound("passage", passage_id)
    return passage
