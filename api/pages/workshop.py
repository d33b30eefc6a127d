"""`/w`: a room on phones (whoever has the code), at its hosts' desks (a link with a secret), on the wall."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, RedirectResponse

from api.attachment import attachment
from api.dependencies import CoachDependency
from api.entrance import ANYWHERE, ThrottleDependency, address_of, enter
from api.pages.form import FormDependency
from api.pages.page import show
from api.pages.visit import VisitDependency
from api.pages.workshop_acting import acted
from api.pages.workshop_parts import private_check
from api.pages.workshop_stream import stream
from api.pages.workshop_visitor import DRAFT, HOST, SEAT, Visitor, keep, private, visitor
from coach.errors import Forbidden, NotFound
from coach.workshop.anonymity import code_as_typed
from coach.workshop.plan import parse_private_draft

router = APIRouter(prefix="/w", include_in_schema=False)


@router.get("")
def door(visit: VisitDependency, code: Annotated[str, Query(max_length=40)] = "") -> Response:
    """Ask for a code, or go where it leads."""
    if code_as_typed(code):
        return RedirectResponse(visit.link(f"/w/{code_as_typed(code)}"), status_code=303)
    return private(show(visit, "workshop_door.html", code="", wrong=False))


@router.get("/{code}")
async def room(request: Request, coach: CoachDependency, visit: VisitDependency, code: str) -> Response:
    """Show the room on a phone; whoever is not in yet is asked in."""
    plain = code_as_typed(code)
    if code != plain:
        return RedirectResponse(visit.link(f"/w/{plain}" if plain else "/w"), 303)
    try:
        somebody = await visitor(request, coach, visit, code, "participant")
    except NotFound:
        return private(show(visit, "workshop_door.html", status=404, code=code, wrong=True))
    except Forbidden:
        somebody = Visitor(request, coach, visit, await enter(request, coach, code, None), "participant")
    if somebody.entered.role != "participant":
        seen = somebody.seen
        return private(show(visit, "workshop_join.html", room=coach.workshops.stage_view(code), seen=seen))
    return await somebody.page()


@router.post("/{code}/join")
async def join(
    request: Request,
    coach: CoachDependency,
    visit: VisitDependency,
    throttle: ThrottleDependency,
    code: str,
    form: FormDependency,
) -> Response:
    """Come in; the browser keeps the token, so that its owner stays the same participant."""
    address = address_of(request)
    throttle.test("wrong-code", address)
    throttle.test("wrong-code-anywhere", ANYWHERE)
    throttle.hit("join", address)
    try:
        admitted = await coach.workshops.admit(code, request.cookies.get(SEAT))
    except NotFound:
        throttle.hit("wrong-code", address)
        throttle.hit("wrong-code-anywhere", ANYWHERE)
        raise
    answer = RedirectResponse(visit.link(f"/w/{admitted.code}"), status_code=303)
    keep(answer, request, SEAT, admitted.token, f"/w/{admitted.code}")
    return answer


@router.get("/{code}/host")
async def host(
    request: Request,
    coach: CoachDependency,
    visit: VisitDependency,
    code: str,
    key: Annotated[str, Query(max_length=200)] = "",
) -> Response:
    """Show the room to a host; a link with the secret becomes a cookie and an address without it."""
    plain = code_as_typed(code)
    if key:
        _ = (await enter(request, coach, code, key)).host
        answer = RedirectResponse(visit._replace(query=()).link(f"/w/{plain}/host"), status_code=303)
        keep(answer, request, HOST, key, f"/w/{plain}/host")
        return answer
    somebody = await visitor(request, coach, visit, code, "host")
    if somebody.entered.role != "host":
        return private(show(visit, "workshop_host_door.html", status=403, code=plain))
    return await somebody.page()


@router.get("/{code}/stage")
async def stage(request: Request, coach: CoachDependency, visit: VisitDependency, code: str) -> Response:
    """Show the room on a wall; unless the address names a language, in that of the room."""
    wall = await visitor(request, coach, visit, code, "stage")
    if not visit.chosen:
        wall = wall._replace(visit=visit._replace(language=coach.workshops.stage_view(code).language))
    return await wall.page()


@router.post("/{code}/do")
async def act(
    request: Request, coach: CoachDependency, visit: VisitDependency, code: str, form: FormDependency
) -> Response:
    """Do something as a participant."""
    somebody = await visitor(request, coach, visit, code, "participant")
    _ = somebody.entered.participant
    return await acted(somebody, form)


@router.post("/{code}/host/do")
async def act_as_host(
    request: Request, coach: CoachDependency, visit: VisitDependency, code: str, form: FormDependency
) -> Response:
    """Do something as a host."""
    somebody = await visitor(request, coach, visit, code, "host")
    _ = somebody.entered.host
    return await acted(somebody, form)


@router.post("/{code}/check")
async def check(
    request: Request,
    coach: CoachDependency,
    visit: VisitDependency,
    throttle: ThrottleDependency,
    code: str,
    form: FormDependency,
) -> Response:
    """Keep what a participant is writing, and show them alone what the rules find in it."""
    somebody = await visitor(request, coach, visit, code, "participant")
    actor = somebody.entered.participant
    throttle.hit("check", somebody.entered.who)
    sent = parse_private_draft(
        {"level": form.get("level"), "objective": form.get("objective") or None, "text": form.get("text", "")}
    )
    await run_in_threadpool(coach.workshops.keep_draft, code, actor, DRAFT, sent)
    found = await run_in_threadpool(coach.workshops.check, code, sent) if sent.text.strip() else None
    html = private_check(somebody.seen, coach.workshops.stage_view(code), sent.text, found)
    return HTMLResponse(html, headers={"Cache-Control": "no-store"})


@router.get("/{code}/events")
async def follow(
    request: Request, coach: CoachDependency, visit: VisitDependency, code: str, after: int = 0
) -> Response:
    """Send a participant what changed."""
    somebody = await visitor(request, coach, visit, code, "participant")
    _ = somebody.entered.participant
    return stream(somebody, after)


@router.get("/{code}/host/events")
async def follow_as_host(
    request: Request, coach: CoachDependency, visit: VisitDependency, code: str, after: int = 0
) -> Response:
    """Send a host what changed."""
    somebody = await visitor(request, coach, visit, code, "host")
    _ = somebody.entered.host
    return stream(somebody, after)


@router.get("/{code}/stage/events")
async def follow_on_stage(
    request: Request, coach: CoachDependency, visit: VisitDependency, code: str, after: int = 0
) -> Response:
    """Send the wall what changed."""
    return stream(await visitor(request, coach, visit, code, "stage"), after)


@router.get("/{code}/host/export")
async def download(
    request: Request,
    coach: CoachDependency,
    visit: VisitDependency,
    throttle: ThrottleDependency,
    code: str,
    kind: Annotated[str, Query(alias="format")] = "md",
) -> Response:
    """Return what the workshop leaves behind, as a file."""
    entered = (await visitor(request, coach, visit, code, "host")).entered
    _ = entered.host
    throttle.hit("check", entered.who)
    exported = await run_in_threadpool(coach.workshops.export, code, kind, visit.language)
    return attachment(*exported)


@router.get("/{code}/host/labels")
async def download_labels(request: Request, coach: CoachDependency, visit: VisitDependency, code: str) -> Response:
    """Return the room's guesses against the coach's answer, one JSON a line, where the room keeps labels."""
    _ = (await visitor(request, coach, visit, code, "host")).entered.host
    lines = "".join(label.model_dump_json() + "\n" for label in coach.workshops.labels(code))
    return attachment(lines, "application/jsonl", "labels.jsonl")
