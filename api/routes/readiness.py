"""`/v1/readiness`: the self-check of an organisation. Nothing is stored, nobody is named."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Response

from api.dependencies import JsonDependency, TenantCoachDependency
from api.routes.strategy import body_of
from coach.cycle import parse_as
from coach.language import Language
from coach.strategy.desk import MEDIA_TYPES
from coach.strategy.drawing import draw_radar
from coach.strategy.readiness import Item, Readiness, ReadinessRequest, items
from coach.strategy.report import DOCX, MARKDOWN, as_docx, as_markdown, spokes
from coach.strategy.words import say

router = APIRouter(prefix="/readiness", tags=["readiness"])


@router.get("/items")
def list_items(_coach: TenantCoachDependency) -> list[Item]:
    """List the questions of the self-check."""
    return list(items())


@router.post("", response_model=Readiness, openapi_extra=body_of(ReadinessRequest))
def check(
    coach: TenantCoachDependency,
    body: JsonDependency,
    form: Annotated[Literal["json", "markdown", "docx", "svg", "png"], Query(alias="format")] = "json",
) -> Readiness | Response:
    """Say where stumbling blocks lie, what the articles say, and which first steps help."""
    found = coach.desk.readiness(parse_as(ReadinessRequest, body))
    language: Language = found.language
    if form == "markdown":
        return Response(as_markdown(found), media_type=MARKDOWN)
    if form == "docx":
        return Response(as_docx(found), media_type=DOCX)
    if form == "json":
        return found
    picture = draw_radar(spokes(found), title=say(language, "readiness.title"))
    return Response(coach.desk.picture_as(picture, form), media_type=MEDIA_TYPES[form])
