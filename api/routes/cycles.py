"""`/v1/cycles`: a cycle from draft to adaptation. Questions instead of grades; nobody is named."""

from collections.abc import Callable
from datetime import UTC, datetime

from fastapi import APIRouter
from pydantic import BaseModel

from api.dependencies import JsonDependency, TenantCoachDependency, TenantDependency
from api.routes.strategy import body_of
from coach.cycle import (
    CheckIn,
    Cycle,
    CycleReview,
    DraftedObjectives,
    NewCycle,
    NextCycle,
    Retrospective,
    parse_as,
)
from coach.store import StoredCycle
from coach.strategy import cycle as steps
from coach.strategy.cycle import CycleState
from coach.wiring import Coach

router = APIRouter(prefix="/cycles", tags=["cycles"])


class ShownCycle(BaseModel):
    """A cycle as it was written, and where it stands."""

    id: str
    updated_at: str
    cycle: Cycle
    state: CycleState


def _shown(coach: Coach, stored: StoredCycle) -> ShownCycle:
    state = coach.desk.accompany(stored.cycle, datetime.now(UTC).date())
    return ShownCycle(id=stored.id, updated_at=stored.updated_at.isoformat(), cycle=stored.cycle, state=state)


def _step(coach: Coach, tenant: str, cycle_id: str, step: Callable[[Cycle], Cycle]) -> ShownCycle:
    return _shown(coach, coach.cycles.change(tenant, cycle_id, step))


@router.post("", status_code=201, openapi_extra=body_of(NewCycle))
def start_cycle(coach: TenantCoachDependency, tenant: TenantDependency, body: JsonDependency) -> ShownCycle:
    """Start a cycle of three to six months, with a draft or without."""
    new = parse_as(NewCycle, body)
    if new.strategy_id is not None:
        coach.strategies.get(tenant, new.strategy_id)
    return _shown(coach, coach.cycles.add(tenant, steps.started(new)))


@router.get("")
def list_cycles(
    coach: TenantCoachDependency, tenant: TenantDependency, strategy: str | None = None
) -> list[ShownCycle]:
    """List this tenant's cycles (of a frame), latest first."""
    return [_shown(coach, stored) for stored in coach.cycles.list(tenant, strategy)]


@router.get("/{cycle_id}")
def get_cycle(coach: TenantCoachDependency, tenant: TenantDependency, cycle_id: str) -> ShownCycle:
    """Return a cycle of this tenant."""
    return _shown(coach, coach.cycles.get(tenant, cycle_id))


@router.put("/{cycle_id}/draft", openapi_extra=body_of(DraftedObjectives))
def draft_cycle(
    coach: TenantCoachDependency, tenant: TenantDependency, cycle_id: str, body: JsonDependency
) -> ShownCycle:
    """Write the draft of a cycle anew."""
    sent = parse_as(DraftedObjectives, body)
    return _step(coach, tenant, cycle_id, lambda cycle: steps.drafted(cycle, sent.objectives))


@router.post("/{cycle_id}/agreement")
def agree(coach: TenantCoachDependency, tenant: TenantDependency, cycle_id: str) -> ShownCycle:
    """Agree on the draft; agreeing anew while the cycle runs is learning, not failing."""
    return _step(coach, tenant, cycle_id, steps.agreed)


@router.post("/{cycle_id}/check-ins", status_code=201, openapi_extra=body_of(CheckIn))
def check_in(coach: TenantCoachDependency, tenant: TenantDependency, cycle_id: str, body: JsonDependency) -> ShownCycle:
    """Write down a check-in: confidence, what was learned, a story from a customer."""
    sent = parse_as(CheckIn, body)
    return _step(coach, tenant, cycle_id, lambda cycle: steps.checked_in(cycle, sent))


@router.put("/{cycle_id}/review", openapi_extra=body_of(CycleReview))
def review_cycle(
    coach: TenantCoachDependency, tenant: TenantDependency, cycle_id: str, body: JsonDependency
) -> ShownCycle:
    """Write down the review, mirrored with the figures of the scorecard."""
    sent = parse_as(CycleReview, body)
    return _step(coach, tenant, cycle_id, lambda cycle: steps.reviewed(cycle, sent))


@router.put("/{cycle_id}/retrospective", openapi_extra=body_of(Retrospective))
def reflect(coach: TenantCoachDependency, tenant: TenantDependency, cycle_id: str, body: JsonDependency) -> ShownCycle:
    """Write down the retrospective: experience and stories, and what changes in the next draft."""
    sent = parse_as(Retrospective, body)
    return _step(coach, tenant, cycle_id, lambda cycle: steps.reflected(cycle, sent))


@router.post("/{cycle_id}/next", status_code=201, openapi_extra=body_of(NextCycle))
def follow(coach: TenantCoachDependency, tenant: TenantDependency, cycle_id: str, body: JsonDependency) -> ShownCycle:
    """Start the next cycle with the agreed OKRs as a first draft and the adaptations beside it."""
    following = parse_as(NextCycle, body)
    return _shown(coach, coach.cycles.add(tenant, steps.followed(coach.cycles.get(tenant, cycle_id).cycle, following)))


@router.delete("/{cycle_id}", status_code=204)
def delete_cycle(coach: TenantCoachDependency, tenant: TenantDependency, cycle_id: str) -> None:
    """Delete a cycle with everything that was written in it."""
    coach.cycles.delete(tenant, cycle_id)
