"""Whose client asks: OpenAI clients always send a key, so on loopback one that is none of ours counts as no key."""

from typing import Annotated

from fastapi import Depends, HTTPException
from fastapi.concurrency import run_in_threadpool
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from api.dependencies import CoachDependency
from coach.llm import payer
from coach.wiring import LOCAL_TENANT, Coach

_bearer = HTTPBearer(auto_error=False, description="An API key; on loopback any will do.")


async def client_of(
    coach: CoachDependency, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]
) -> str:
    """Return the tenant of the key, who also pays for calls to models; the local one on loopback."""
    tenant = await run_in_threadpool(coach.keys.tenant_of, credentials.credentials) if credentials else None
    if tenant is None and coach.settings.loopback:
        tenant = LOCAL_TENANT
    if tenant is None:
        raise HTTPException(401, "a valid API key is needed", headers={"WWW-Authenticate": "Bearer"})
    payer.set(tenant)
    return tenant


ClientDependency = Annotated[str, Depends(client_of)]


async def coach_of_client(coach: CoachDependency, tenant: ClientDependency) -> Coach:
    """Return the coach with the knowledge of the tenant who asks."""
    return coach.of(tenant)


ClientCoachDependency = Annotated[Coach, Depends(coach_of_client)]
