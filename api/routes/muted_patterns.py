"""`/v1/muted-patterns`: the failure patterns that a tenant does not want to hear of."""

from fastapi import APIRouter

from api.dependencies import TenantCoachDependency, TenantDependency
from coach.feedback import MutedPattern

router = APIRouter(prefix="/muted-patterns", tags=["reviews"])


@router.get("")
def list_muted_patterns(coach: TenantCoachDependency, tenant: TenantDependency) -> list[MutedPattern]:
    """List what this tenant has muted."""
    return list(coach.feedback.muted(tenant))


@router.put("/{slug}")
def mute_pattern(coach: TenantCoachDependency, tenant: TenantDependency, slug: str) -> MutedPattern:
    """Keep a pattern out of the reviews of this tenant; its former slugs will do too."""
    return coach.feedback.mute(tenant, coach.catalog.pattern(slug).slug)


@router.delete("/{slug}", status_code=204)
def unmute_pattern(coach: TenantCoachDependency, tenant: TenantDependency, slug: str) -> None:
    """Let a pattern be heard again, also one that the catalogue no longer knows."""
    coach.feedback.unmute(tenant, coach.names_of(slug))
