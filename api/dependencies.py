"""What routes are given: the coach, the tenant, what is in the body."""

from typing import Annotated, Any

from fastapi import Depends, HTTPException, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from api.metrics import Metrics
from coach.errors import Problem, TooLarge
from coach.feedback import Remarks, parse_remarks
from coach.formats.reading import parse_json
from coach.llm import payer
from coach.okr import Draft, parse_draft
from coach.wiring import LOCAL_TENANT, Coach

MAX_BODY = 4_000_000
MAX_SMALL_BODY = 200_000
_bearer = HTTPBearer(auto_error=False, description="An API key; on loopback none is needed.")


async def coach_of(request: Request) -> Coach:
    """Return the coach of this application."""
    coach: Coach = request.app.state.coach
    return coach


CoachDependency = Annotated[Coach, Depends(coach_of)]


async def metrics_of(request: Request) -> Metrics:
    """Return the counts of this application."""
    metrics: Metrics = request.app.state.metrics
    return metrics


MetricsDependency = Annotated[Metrics, Depends(metrics_of)]


async def tenant_of(
    coach: CoachDependency, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]
) -> str:
    """Return the tenant of the key, who also pays for calls to models; without a key the local one, on loopback."""
    if credentials is not None:
        tenant = await run_in_threadpool(coach.keys.tenant_of, credentials.credentials)
        if tenant is not None:
            payer.set(tenant)
            return tenant
    elif coach.settings.loopback:
        payer.set(LOCAL_TENANT)
        return LOCAL_TENANT
    raise HTTPException(401, "a valid API key is needed", headers={"WWW-Authenticate": "Bearer"})


TenantDependency = Annotated[str, Depends(tenant_of)]


async def coach_of_tenant(coach: CoachDependency, tenant: TenantDependency) -> Coach:
    """Return the coach with the knowledge of the tenant who asks, and of nobody else."""
    return coach.of(tenant)


TenantCoachDependency = Annotated[Coach, Depends(coach_of_tenant)]


async def json_in(request: Request) -> Any:
    """Return the JSON in the body; raise InputError where it is none, TooLarge where there is too much of it."""
    return await _json_within(request, MAX_BODY)


async def small_json_in(request: Request) -> Any:
    """Return the JSON in the body of a request that anybody in a room may send; an empty body is an empty object."""
    return await _json_within(request, MAX_SMALL_BODY, empty=b"{}")


async def body_in(request: Request, limit: int = MAX_BODY, *, patience: int = 0) -> bytes:
    """Return the body; raise TooLarge where there is too much of it.

    `patience`: how many bytes more are heard out first, for browsers: cut off while sending, they show no answer.
    """
    body, heard = bytearray(), 0
    async for chunk in request.stream():
        heard += len(chunk)
        if heard <= limit:
            body += chunk
        elif heard > limit + patience:
            break
    if heard > limit:
        raise TooLarge([Problem("", f"the body is over {limit} bytes; send it in several requests", "too-large")])
    return bytes(body)


async def _json_within(request: Request, limit: int, *, empty: bytes = b"") -> Any:
    return parse_json(await body_in(request, limit) or empty)


JsonDependency = Annotated[Any, Depends(json_in)]
SmallJsonDependency = Annotated[Any, Depends(small_json_in)]


async def draft_in(body: JsonDependency) -> Draft:
    """Return the draft in the body, or raise InputError with a pointer per fault."""
    return parse_draft(body)


async def remarks_in(body: JsonDependency) -> Remarks:
    """Return the feedback in the body, or raise InputError with a pointer per fault."""
    return parse_remarks(body)


DraftDependency = Annotated[Draft, Depends(draft_in)]
RemarksDependency = Annotated[Remarks, Depends(remarks_in)]
