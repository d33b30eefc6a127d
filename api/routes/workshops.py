"""`/v1/workshops`: open a room, join it, act in it, follow it, take its result home."""

from collections.abc import AsyncIterator
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Header, Path, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import StreamingResponse
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from api.attachment import attachment
from api.dependencies import CoachDependency, SmallJsonDependency, TenantDependency, body_in
from api.entrance import ANYWHERE, EnteredDependency, ThrottleDependency, address_of
from api.multipart import files_in, is_multipart, parts_of
from coach.errors import NotFound
from coach.formats.reading import parse_json
from coach.workshop.anonymity import HostActor, ParticipantActor
from coach.workshop.commands import COMMANDS, parse_command
from coach.workshop.plan import (
    Acted,
    Admitted,
    Created,
    ListedWorkshop,
    Plan,
    PrivateDraft,
    SentDraft,
    parse_plan,
    parse_private_draft,
)
from coach.workshop.prepared import objectives_in
from coach.workshop.views import HostView, ParticipantView, RoomView, TextCheck
from coach.workshop.workshops import Workshops

router = APIRouter(prefix="/workshops", tags=["workshops"])

_EVENT_STREAM = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}
_bearer = HTTPBearer(auto_error=False)


_PLAN = Plan.model_json_schema()
_CREATE = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": _PLAN},
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["plan"],
                    "properties": {
                        "plan": _PLAN,
                        "file": {"type": "array", "items": {"type": "string", "format": "binary"}},
                    },
                }
            },
        },
    }
}


def _body(schema: dict[str, Any]) -> dict[str, Any]:
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}


async def workshops_of(coach: CoachDependency) -> Workshops:
    """Return the workshops of this application."""
    return coach.workshops


WorkshopsDependency = Annotated[Workshops, Depends(workshops_of)]


async def plan_in(request: Request) -> Plan:
    """Return the plan in a body: JSON, or a form with the plan in `plan` and drafts in files called `file`."""
    content_type = request.headers.get("content-type", "")
    body = await body_in(request)
    if not is_multipart(content_type):
        return parse_plan(parse_json(body))
    parts = parts_of(content_type, body)
    plan = parse_json(next((part.content for part in parts if part.name == "plan"), b"{}"))
    found = await run_in_threadpool(objectives_in, files_in(parts))
    if isinstance(plan, dict) and isinstance(plan.get("objectives", []), list):
        plan = {**plan, "objectives": [*plan.get("objectives", []), *found]}
    return parse_plan(plan)


@router.post("", status_code=201, openapi_extra=_CREATE)
def create_workshop(
    workshops: WorkshopsDependency,
    tenant: TenantDependency,
    throttle: ThrottleDependency,
    plan: Annotated[Plan, Depends(plan_in)],
) -> Created:
    """Open a workshop; the host's secret is told once."""
    throttle.hit("create", tenant)
    return workshops.create(tenant, plan)


@router.get("")
def list_workshops(workshops: WorkshopsDependency, tenant: TenantDependency) -> list[ListedWorkshop]:
    """List the workshops of this tenant, newest first."""
    return list(workshops.of_tenant(tenant))


@router.post("/{code}/participants", status_code=201)
async def join_workshop(
    request: Request,
    workshops: WorkshopsDependency,
    throttle: ThrottleDependency,
    code: str,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
) -> Admitted:
    """Come in without an account; with the token from before as bearer, as the same participant."""
    address = address_of(request)
    throttle.test("wrong-code", address)
    throttle.test("wrong-code-anywhere", ANYWHERE)
    throttle.hit("join", address)
    try:
        return await workshops.admit(code, credentials.credentials if credentials else None)
    except NotFound:
        throttle.hit("wrong-code", address)
        throttle.hit("wrong-code-anywhere", ANYWHERE)
        raise


@router.get("/{code}")
def see_workshop(workshops: WorkshopsDependency, entered: EnteredDependency) -> HostView | ParticipantView | RoomView:
    """Return the room as a host, a participant or the stage sees it, by who asks."""
    match entered.actor:
        case HostActor():
            return workshops.host_view(entered.code, entered.actor)
        case ParticipantActor():
            return workshops.participant_view(entered.code, entered.actor)
        case _:
            return workshops.stage_view(entered.code)


@router.post("/{code}/commands", openapi_extra=_body(COMMANDS.json_schema()))
async def act_in_workshop(
    workshops: WorkshopsDependency, throttle: ThrottleDependency, entered: EnteredDependency, body: SmallJsonDependency
) -> Acted:
    """Do something in the room; `type` says what. What is answered is stored."""
    throttle.hit("host-command" if entered.role == "host" else "command", entered.who)
    return await workshops.act(entered.code, entered.actor, parse_command(body))


@router.get("/{code}/events", response_class=StreamingResponse)
async def follow_workshop(
    workshops: WorkshopsDependency,
    throttle: ThrottleDependency,
    entered: EnteredDependency,
    after: Annotated[int, Query(ge=0, le=1 << 31)] = 0,
    last_event_id: Annotated[str | None, Header()] = None,
) -> StreamingResponse:
    """Follow the room as server-sent events, each once and in order, from the number after the last one seen."""
    last = int(last_event_id) if last_event_id and last_event_id.isdecimal() and len(last_event_id) < 10 else after
    throttle.admit_stream(entered.role, entered.who)

    async def frames() -> AsyncIterator[bytes]:
        with throttle.stream(entered.role, entered.who):
            yield b"retry: 1000\n\n"
            async for frame in workshops.frames(entered.code, entered.actor, after=last):
                yield frame

    return StreamingResponse(frames(), media_type="text/event-stream", headers=_EVENT_STREAM)


@router.get("/{code}/drafts")
def list_private_drafts(workshops: WorkshopsDependency, entered: EnteredDependency) -> list[PrivateDraft]:
    """Return what this participant is writing; nobody else can."""
    return list(workshops.drafts(entered.code, entered.participant))


@router.put("/{code}/drafts/{draft_id}", openapi_extra=_body(SentDraft.model_json_schema()))
async def keep_private_draft(
    workshops: WorkshopsDependency,
    throttle: ThrottleDependency,
    entered: EnteredDependency,
    draft_id: Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{1,40}$")],
    body: SmallJsonDependency,
) -> PrivateDraft:
    """Keep what this participant is writing."""
    throttle.hit("command", entered.who)
    draft = parse_private_draft(body)
    return await run_in_threadpool(workshops.keep_draft, entered.code, entered.participant, draft_id, draft)


@router.delete("/{code}/drafts/{draft_id}", status_code=204)
def drop_private_draft(workshops: WorkshopsDependency, entered: EnteredDependency, draft_id: str) -> None:
    """Delete what this participant was writing."""
    workshops.drop_draft(entered.code, entered.participant, draft_id)


@router.post("/{code}/check", openapi_extra=_body(SentDraft.model_json_schema()))
async def check_private_text(
    workshops: WorkshopsDependency, throttle: ThrottleDependency, entered: EnteredDependency, body: SmallJsonDependency
) -> TextCheck:
    """Return what the rules find in a text, for whoever asks alone; it is stored nowhere."""
    _ = entered.host if entered.role == "host" else entered.participant
    throttle.hit("check", entered.who)
    return await run_in_threadpool(workshops.check, entered.code, parse_private_draft(body))


@router.post("/{code}/cards/{card}/alternatives")
async def ask_for_alternatives(
    workshops: WorkshopsDependency,
    throttle: ThrottleDependency,
    entered: EnteredDependency,
    card: str,
    mode: Annotated[Literal["rules", "llm"], Query()] = "rules",
) -> Acted:
    """Have the coach offer another wording of a card as a candidate."""
    throttle.hit("check", entered.who)
    return await workshops.offer_alternatives(entered.code, entered.host, card, mode)


@router.get("/{code}/export", response_class=Response)
def export_workshop(
    workshops: WorkshopsDependency,
    throttle: ThrottleDependency,
    entered: EnteredDependency,
    kind: Annotated[str, Query(alias="format")] = "md",
    lang: Annotated[Literal["de", "en"] | None, Query()] = None,
) -> Response:
    """Return what the workshop leaves behind as md, docx, csv, json, svg or png."""
    _ = entered.host
    throttle.hit("check", entered.who)
    exported = workshops.export(entered.code, kind, lang)
    return attachment(*exported)


@router.get("/{code}/labels", response_class=Response)
def export_labels(workshops: WorkshopsDependency, entered: EnteredDependency) -> Response:
    """Return the room's guesses against the coach's answer, one JSON a line, where the room keeps labels."""
    _ = entered.host
    lines = "".join(label.model_dump_json() + "\n" for label in workshops.labels(entered.code))
    return attachment(lines, "application/jsonl", "labels.jsonl")


@router.delete("/{code}", status_code=204)
def delete_workshop(workshops: WorkshopsDependency, entered: EnteredDependency) -> Response:
    """Delete the workshop with every word in it, at once."""
    _ = entered.host
    workshops.delete(entered.code)
    return Response(status_code=204)
