"""Who reads the pages: on loopback anyone; elsewhere whoever gives an API key as password, and sees their own.

Browsers cannot be told to send a bearer token, so a key is asked for by HTTP Basic; the user name does not matter.
"""

from typing import Annotated

from fastapi import Depends, HTTPException
from fastapi.concurrency import run_in_threadpool
from fastapi.security import HTTPAuthorizationCredentials, HTTPBasic, HTTPBasicCredentials, HTTPBearer

from api.dependencies import CoachDependency
from coach.llm import payer
from coach.wiring import LOCAL_TENANT, Coach

_CHALLENGE = {"WWW-Authenticate": 'Basic realm="okr-coach", charset="UTF-8"'}
_basic = HTTPBasic(auto_error=False)
_bearer = HTTPBearer(auto_error=False)


async def reader(
    coach: CoachDependency,
    basic: Annotated[HTTPBasicCredentials | None, Depends(_basic)],
    bearer: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
) -> str:
    """Return the tenant who reads, and who pays for calls to models: that of the key; without one the local tenant,
    on loopback alone."""
    secret = basic.password if basic else bearer.credentials if bearer else None
    tenant = await run_in_threadpool(coach.keys.tenant_of, secret) if secret else None
    if secret is None and coach.settings.loopback:
        tenant = LOCAL_TENANT
    if tenant is None:
        raise HTTPException(401, "a valid API key is needed as password", headers=_CHALLENGE)
    payer.set(tenant)
    return tenant


ReaderDependency = Annotated[str, Depends(reader)]


async def coach_of_reader(coach: CoachDependency, tenant: ReaderDependency) -> Coach:
    """Return the coach with the knowledge of whoever reads, and of nobody else."""
    return coach.of(tenant)


ReaderCoachDependency = Annotated[Coach, Depends(coach_of_reader)]
