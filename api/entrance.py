"""Who enters a workshop, by code and credential; wrong codes are counted, and look alike whatever they miss."""

from typing import Annotated, NamedTuple

from fastapi import Depends, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from api.dependencies import CoachDependency
from api.throttle import Throttle
from coach.errors import Forbidden, NotFound
from coach.wiring import Coach
from coach.workshop.anonymity import (
    HOST_PREFIX,
    PARTICIPANT_PREFIX,
    Actor,
    HostActor,
    ParticipantActor,
    Stage,
)
from coach.workshop.workshops import Workshops

ANYWHERE = "anywhere"
_bearer = HTTPBearer(auto_error=False, description="A host's secret, a participant's token, or the owner's API key.")


class Entered(NamedTuple):
    """Somebody in a workshop. `who`: by what they are counted; for those without a credential their address."""

    code: str
    actor: Actor
    who: str
    role: str

    @property
    def host(self) -> HostActor:
        """The host that this is, or Forbidden."""
        if not isinstance(self.actor, HostActor):
            raise Forbidden("this is for hosts")
        return self.actor

    @property
    def participant(self) -> ParticipantActor:
        """The participant that this is, or Forbidden."""
        if not isinstance(self.actor, ParticipantActor):
            raise Forbidden("this is for participants")
        return self.actor


def throttle_of(request: Request) -> Throttle:
    """Return the throttle of this application."""
    throttle: Throttle = request.app.state.throttle
    return throttle


def address_of(request: Request) -> str:
    """Return the address that a request came from."""
    return request.client.host if request.client else "unknown"


async def entered(
    request: Request,
    coach: CoachDependency,
    code: str,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
) -> Entered:
    """Return who asks; NotFound, Forbidden, or 429 after too many wrong ones."""
    return await enter(request, coach, code, credentials.credentials if credentials else None)


async def enter(request: Request, coach: Coach, code: str, credential: str | None) -> Entered:
    """Return who asks, by a credential from wherever it came (a header, a page's cookie)."""
    throttle, address = throttle_of(request), address_of(request)
    if credential is None:
        throttle.test("wrong-code", address)
        throttle.test("wrong-code-anywhere", ANYWHERE)
    try:
        if coach.workshops.is_open(code) and not _is_key(credential):
            actor = coach.workshops.actor(code, credential)
        else:
            actor = await run_in_threadpool(_actor, coach, code, credential)
    except (NotFound, Forbidden):
        throttle.hit("wrong-code", address)
        throttle.hit("wrong-code-anywhere", ANYWHERE)
        raise
    match actor:
        case HostActor():
            return Entered(code, actor, f"{code} {actor.host}", "host")
        case ParticipantActor():
            return Entered(code, actor, actor.seat, "participant")
        case _:
            return Entered(code, Stage(), address, "stage")


def _actor(coach: Coach, code: str, credential: str | None) -> Actor:
    workshops: Workshops = coach.workshops
    if credential is None or not _is_key(credential):
        return workshops.actor(code, credential)
    if coach.keys.tenant_of(credential) == workshops.tenant_of(code):
        return HostActor(workshops.room(code).first_host)
    raise NotFound("workshop", code)


def _is_key(credential: str | None) -> bool:
    return credential is not None and not credential.startswith((HOST_PREFIX, PARTICIPANT_PREFIX))


EnteredDependency = Annotated[Entered, Depends(entered)]
ThrottleDependency = Annotated[Throttle, Depends(throttle_of)]
