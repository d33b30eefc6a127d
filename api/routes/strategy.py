"""`/v1/strategy`: frames with versions, the coach for the frame, alignment, map, scorecard bridge and the way back."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel

from api.dependencies import (
    DraftDependency,
    JsonDependency,
    TenantCoachDependency,
    TenantDependency,
    body_in,
)
from coach.cycle import parse_as
from coach.okr import Draft, Strategy, Strict, WrittenText
from coach.store import StoredStrategy
from coach.strategy.aligned import Alignment
from coach.strategy.bridge import Bridge, BridgeRequest
from coach.strategy.desk import MEDIA_TYPES
from coach.strategy.frame import FrameReview
from coach.strategy.importing import parse_strategy, read_strategy
from coach.strategy.map import StrategyMap, map_of
from coach.strategy.mirror import Mirrored, MirrorRequest, mirrored
from coach.wiring import Coach

router = APIRouter(prefix="/strategy", tags=["strategy"])


class NamedStrategy(Strict):
    """A frame as it is stored: a name and the frame."""

    name: WrittenText
    strategy: Strategy


class StoredFrame(BaseModel):
    """A stored frame in one version, with what the coach says of it."""

    id: str
    version: int
    name: str
    created_at: str
    strategy: Strategy
    review: FrameReview | None = None


class Mirrors(BaseModel):
    """What the figures say."""

    figures: tuple[Mirrored, ...]


def body_of(shape: type[BaseModel]) -> dict[str, Any]:
    """Return the OpenAPI description of a JSON body."""
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": shape.model_json_schema()}}}}


_FILE: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}
Version = Annotated[int | None, Query(ge=1)]


def _shown(stored: StoredStrategy, coach: Coach | None = None) -> StoredFrame:
    review = coach.desk.review_frame(stored.strategy) if coach else None
    return StoredFrame(
        id=stored.id,
        version=stored.version,
        name=stored.name,
        created_at=stored.created_at.isoformat(),
        strategy=stored.strategy,
        review=review,
    )


@router.post("", status_code=201, openapi_extra=body_of(NamedStrategy))
def create_frame(coach: TenantCoachDependency, tenant: TenantDependency, body: JsonDependency) -> StoredFrame:
    """Store a frame as version 1 and say what the coach sees in it."""
    sent = parse_as(NamedStrategy, body)
    return _shown(coach.strategies.add(tenant, sent.name, sent.strategy), coach)


@router.get("")
def list_frames(coach: TenantCoachDependency, tenant: TenantDependency) -> list[StoredFrame]:
    """List this tenant's frames in their newest versions."""
    return [_shown(stored) for stored in coach.strategies.list(tenant)]


@router.post("/review", openapi_extra=body_of(Strategy))
def review_frame(coach: TenantCoachDependency, body: JsonDependency) -> FrameReview:
    """Say what a frame lacks and what it has in name only; nothing is stored."""
    return coach.desk.review_frame(parse_strategy(body))


@router.post("/import", openapi_extra=_FILE)
async def import_frame(
    request: Request,
    _tenant: TenantDependency,
    source: Annotated[Literal["md", "yaml", "json", "docx"], Query(alias="from")] = "md",
) -> Strategy:
    """Read a frame from a file (Markdown, YAML, JSON, Word) without storing it."""
    return read_strategy(await body_in(request), source)


@router.post("/alignment", openapi_extra=body_of(Draft))
def align(
    coach: TenantCoachDependency, tenant: TenantDependency, draft: DraftDependency, strategy: str | None = None
) -> Alignment:
    """Say what in a draft serves which element of the frame, in `context.strategy` or stored (`?strategy=ID`)."""
    return coach.align(tenant, _framed(coach, tenant, draft, strategy))


@router.post("/map", response_model=StrategyMap, openapi_extra=body_of(Draft))
def draw(
    coach: TenantCoachDependency,
    tenant: TenantDependency,
    draft: DraftDependency,
    strategy: str | None = None,
    form: Annotated[Literal["json", "svg", "png"], Query(alias="format")] = "json",
) -> StrategyMap | Response:
    """Return the traceability map from purpose to key result, as a tree or as a picture."""
    framed = _framed(coach, tenant, draft, strategy)
    picture = map_of(framed, coach.align(tenant, framed))
    if form == "json":
        return picture
    return Response(coach.desk.map_as(picture, form), media_type=MEDIA_TYPES[form])


@router.post("/scorecard-bridge", openapi_extra=body_of(BridgeRequest))
def bridge(coach: TenantCoachDependency, tenant: TenantDependency, body: JsonDependency) -> Bridge:
    """Turn a scorecard goal with its KPIs into hypotheses and a draft in outcome form."""
    return coach.bridge(tenant, parse_as(BridgeRequest, body))


@router.post("/scorecard-mirror", openapi_extra=body_of(MirrorRequest))
def mirror(_coach: TenantCoachDependency, body: JsonDependency) -> Mirrors:
    """Mirror what a cycle found out with the KPIs: moved, not moved, wrong hypothesis."""
    sent = parse_as(MirrorRequest, body)
    return Mirrors(figures=tuple(mirrored(figure, sent.language) for figure in sent.figures))


@router.get("/{strategy_id}")
def get_frame(
    coach: TenantCoachDependency, tenant: TenantDependency, strategy_id: str, version: Version = None
) -> StoredFrame:
    """Return a frame of this tenant, the newest version unless one is named."""
    return _shown(coach.strategies.get(tenant, strategy_id, version), coach)


@router.put("/{strategy_id}", openapi_extra=body_of(NamedStrategy))
def replace_frame(
    coach: TenantCoachDependency, tenant: TenantDependency, strategy_id: str, body: JsonDependency
) -> StoredFrame:
    """Store the next version of a frame; earlier ones stay."""
    sent = parse_as(NamedStrategy, body)
    return _shown(coach.strategies.replace(tenant, strategy_id, sent.name, sent.strategy), coach)


@router.get("/{strategy_id}/versions")
def list_versions(coach: TenantCoachDependency, tenant: TenantDependency, strategy_id: str) -> list[StoredFrame]:
    """List every version of a frame, oldest first."""
    return [_shown(stored) for stored in coach.strategies.versions(tenant, strategy_id)]


@router.delete("/{strategy_id}", status_code=204)
def delete_frame(coach: TenantCoachDependency, tenant: TenantDependency, strategy_id: str) -> None:
    """Delete a frame with all its versions; its cycles stay."""
    coach.strategies.delete(tenant, strategy_id)


def _framed(coach: Coach, tenant: str, draft: Draft, strategy_id: str | None) -> Draft:
    if strategy_id is None:
        return draft
    return draft.within(coach.strategies.get(tenant, strategy_id).strategy)
