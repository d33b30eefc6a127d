"""`/w`: a room on phones (whoever has the code), at its hosts' desks (a link with a secret), on the wall."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, RedirectResponse

from api.dependencies import CoachDependency
from api.entrance import ANYWHERE, Entered, ThrottleDependency, address_of, enter, throttle_of
from api.pages.form import FormDependency
from api.pages.page import fragment, show
from api.pages.texts import say, texts_in
from api.pages.visit import Visit, VisitDependency
from api.pages.workshop_command import command_in
from api.pages.workshop_parts import (
    Parts,
    Seen,
    alike_in,
    as_changes,
    host_parts,
    participant_parts,
    private_check,
    stage_parts,
)
from api.sse import EventStream, wire
from coach.errors import Forbidden, InputError, NotFound, Refused
from coach.wiring import Coach
from coach.workshop.anonymity import ParticipantActor, code_as_typed
from coach.workshop.commands import HandIn
from coach.workshop.plan import PrivateDraft, parse_private_draft

router = APIRouter(prefix="/w", include_in_schema=False)

SEAT, HOST = "okr-coach-seat", "okr-coach-host"
_DRAFT = "mine"
_MONTH = 30 * 86_400
Role = Literal["participant", "host", "stage"]


@router.get("")
def door(visit: VisitDependency, code: Annotated[str, Query(max_length=40)] = "") -> Response:
    """Ask for a code, or go where it leads."""
    if code_as_typed(code):
        return RedirectResponse(visit.link(f"/w/{code_as_typed(code)}"), status_code=303)
    return _private(show(visit, "workshop_door.html", code="", wrong=False))


@router.get("/{code}")
async def room(request: Request, coach: CoachDependency, visit: VisitDependency, code: str) -> Response:
    """Show the room on a phone; whoever is not in yet is asked in."""
    if code != code_as_typed(code):
        return RedirectResponse(visit.link(f"/w/{code_as_typed(code)}" if code_as_typed(code) else "/w"), 303)
    try:
        entered = await _entered(request, coach, code, SEAT)
    except NotFound:
        return _private(show(visit, "workshop_door.html", status=404, code=code, wrong=True))
    except Forbidden:
        entered = await enter(request, coach, code, None)
    if entered.role != "participant":
        seen = _seen(request, coach, visit, code)
        return _private(show(visit, "workshop_join.html", room=coach.workshops.stage_view(code), seen=seen))
    return await _page(request, coach, visit, entered, "participant")


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
    if key:
        entered = await enter(request, coach, code, key)
        _ = entered.host
        plain = visit._replace(query=())
        answer = RedirectResponse(plain.link(f"/w/{code_as_typed(code)}/host"), status_code=303)
        keep(answer, request, HOST, key, f"/w/{code_as_typed(code)}/host")
        return answer
    entered = await _entered(request, coach, code, HOST)
    if entered.role != "host":
        return _private(show(visit, "workshop_host_door.html", status=403, code=code_as_typed(code)))
    return await _page(request, coach, visit, entered, "host")


@router.get("/{code}/stage")
async def stage(request: Request, coach: CoachDependency, visit: VisitDependency, code: str) -> Response:
    """Show the room on a wall; unless the address names a language, in that of the room."""
    entered = await enter(request, coach, code, None)
    if not visit.chosen:
        visit = visit._replace(language=coach.workshops.stage_view(code).language)
    return await _page(request, coach, visit, entered, "stage")


@router.post("/{code}/do")
async def act(
    request: Request, coach: CoachDependency, visit: VisitDependency, code: str, form: FormDependency
) -> Response:
    """Do something as a participant."""
    entered = await _entered(request, coach, code, SEAT)
    _ = entered.participant
    return await _acted(request, coach, visit, entered, form, "participant")


@router.post("/{code}/host/do")
async def act_as_host(
    request: Request, coach: CoachDependency, visit: VisitDependency, code: str, form: FormDependency
) -> Response:
    """Do something as a host."""
    entered = await _entered(request, coach, code, HOST)
    _ = entered.host
    return await _acted(request, coach, visit, entered, form, "host")


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
    entered = await _entered(request, coach, code, SEAT)
    actor = entered.participant
    throttle.hit("check", entered.who)
    sent = parse_private_draft(
        {"level": form.get("level"), "objective": form.get("objective") or None, "text": form.get("text", "")}
    )
    await run_in_threadpool(coach.workshops.keep_draft, code, actor, _DRAFT, sent)
    found = await run_in_threadpool(coach.workshops.check, code, sent) if sent.text.strip() else None
    seen = _seen(request, coach, visit, code)
    html = private_check(seen, coach.workshops.stage_view(code), sent.text, found)
    return HTMLResponse(html, headers={"Cache-Control": "no-store"})


@router.get("/{code}/events")
async def follow(
    request: Request, coach: CoachDependency, visit: VisitDependency, code: str, after: int = 0
) -> Response:
    """Send a participant what changed."""
    entered = await _entered(request, coach, code, SEAT)
    _ = entered.participant
    return _stream(request, coach, visit, entered, "participant", after)


@router.get("/{code}/host/events")
async def follow_as_host(
    request: Request, coach: CoachDependency, visit: VisitDependency, code: str, after: int = 0
) -> Response:
    """Send a host what changed."""
    entered = await _entered(request, coach, code, HOST)
    _ = entered.host
    return _stream(request, coach, visit, entered, "host", after)


@router.get("/{code}/stage/events")
async def follow_on_stage(
    request: Request, coach: CoachDependency, visit: VisitDependency, code: str, after: int = 0
) -> Response:
    """Send the wall what changed."""
    entered = await enter(request, coach, code, None)
    return _stream(request, coach, visit, entered, "stage", after)


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
    entered = await _entered(request, coach, code, HOST)
    _ = entered.host
    throttle.hit("check", entered.who)
    exported = await run_in_threadpool(coach.workshops.export, code, kind, visit.language)
    headers = {
        "Content-Disposition": f'attachment; filename="{exported.name}"',
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
        "Cache-Control": "no-store",
    }
    return Response(exported.content, media_type=exported.media_type, headers=headers)


@router.get("/{code}/host/labels")
async def download_labels(request: Request, coach: CoachDependency, code: str) -> Response:
    """Return the room's guesses against the coach's answer, one JSON a line, where the room keeps labels."""
    entered = await _entered(request, coach, code, HOST)
    _ = entered.host
    lines = "".join(label.model_dump_json() + "\n" for label in coach.workshops.labels(code))
    headers = {"Content-Disposition": 'attachment; filename="labels.jsonl"', "Cache-Control": "no-store"}
    return Response(lines, media_type="application/jsonl", headers=headers)


async def _entered(request: Request, coach: Coach, code: str, cookie: str) -> Entered:
    return await enter(request, coach, code, request.cookies.get(cookie) or None)


def _seen(request: Request, coach: Coach, visit: Visit, code: str) -> Seen:
    tenant = coach.workshops.tenant_of(code)
    return Seen(visit, coach.of(tenant).catalog, str(request.base_url).rstrip("/"))


async def _page(request: Request, coach: Coach, visit: Visit, entered: Entered, role: Role) -> HTMLResponse:
    seen = _seen(request, coach, visit, entered.code)
    stage_view = coach.workshops.stage_view(entered.code)
    draft = await _draft(coach, entered, role)
    key = request.cookies.get(HOST, "") if role == "host" else ""
    page = show(
        visit,
        f"workshop_{role}.html",
        scripted=True,
        room=stage_view,
        seen=seen,
        key=key,
        told=None,
        parts=_parts(coach, entered, seen, role, draft),
    )
    return _private(page)


def _parts(coach: Coach, entered: Entered, seen: Seen, role: Role, draft: PrivateDraft | None = None) -> Parts:
    match role:
        case "participant":
            view = coach.workshops.participant_view(entered.code, entered.participant)
            return participant_parts(view, seen, draft)
        case "host":
            return host_parts(coach.workshops.host_view(entered.code, entered.host), seen)
        case _:
            return stage_parts(coach.workshops.stage_view(entered.code), seen)


async def _draft(coach: Coach, entered: Entered, role: Role) -> PrivateDraft | None:
    if role != "participant" or not isinstance(entered.actor, ParticipantActor):
        return None
    kept = await run_in_threadpool(coach.workshops.drafts, entered.code, entered.actor)
    return next((draft for draft in kept if draft.id == _DRAFT), None)


async def _acted(
    request: Request, coach: Coach, visit: Visit, entered: Entered, form: dict[str, str], role: Role
) -> Response:
    """Do what a form asks for; answer with what changed, or with the reason why not."""
    throttle_of(request).hit("host-command" if role == "host" else "command", entered.who)
    told, status, told_kind, replaced = "", 200, "", frozenset[str]()
    home = f"/w/{code_as_typed(entered.code)}" + ("/host" if role == "host" else "")
    try:
        if role == "host" and form.get("type") == "delete-room":
            await run_in_threadpool(coach.workshops.delete, entered.code)
            return _gone(request, visit)
        if role == "host" and form.get("type") == "ask-coach":
            mode: Literal["rules", "llm"] = "llm" if form.get("mode") == "llm" else "rules"
            await coach.workshops.offer_alternatives(entered.code, entered.actor, form.get("card", ""), mode)
        else:
            command = command_in(form)
            acted = await coach.workshops.act(entered.code, entered.actor, command)
            if isinstance(command, HandIn):
                replaced = frozenset({"write"})
            if acted.secret:
                address = f"{str(request.base_url).rstrip('/')}{home}?key={acted.secret}"
                told, told_kind = say(visit.language, "workshop.invited", address=address), "invited"
            elif f"workshop.did.{command.type}" in texts_in(visit.language):
                told = say(visit.language, f"workshop.did.{command.type}")
    except InputError as error:
        told, status = _reason(visit, error.problems[0].code), 422
    except Forbidden:
        raise
    except Refused as error:
        told, status = _reason(visit, error.code), 409
    if "hx-request" not in request.headers:
        if status == 200 and told_kind != "invited":
            return RedirectResponse(visit.link(home), status_code=303)
        seen = _seen(request, coach, visit, entered.code)
        parts = _parts(coach, entered, seen, role, await _draft(coach, entered, role))
        room_seen = coach.workshops.stage_view(entered.code)
        key = request.cookies.get(HOST, "") if role == "host" else ""
        visit = visit._replace(path=home)
        return _private(
            show(
                visit,
                f"workshop_{role}.html",
                status=status,
                scripted=True,
                room=room_seen,
                seen=seen,
                key=key,
                told=told,
                parts=parts,
            )
        )
    seen = _seen(request, coach, visit, entered.code)
    parts = _parts(coach, entered, seen, role, await _draft(coach, entered, role)) if status == 200 else {}
    changes = as_changes(parts, replaced=replaced) + fragment(visit, "workshop_told.html", told=told, kind=told_kind)
    return HTMLResponse(changes, status_code=status, headers={"Cache-Control": "no-store"})


def _gone(request: Request, visit: Visit) -> Response:
    where = visit.link("/workshops")
    if "hx-request" in request.headers:
        return Response(status_code=204, headers={"HX-Redirect": where})
    return RedirectResponse(where, status_code=303)


def _reason(visit: Visit, code: str) -> str:
    key = f"workshop.refused.{code}"
    return say(visit.language, key if key in texts_in(visit.language) else "workshop.refused.other")


def _stream(request: Request, coach: Coach, visit: Visit, entered: Entered, role: Role, after: int) -> EventStream:
    last = request.headers.get("last-event-id", "")
    known = int(last) if last.isdecimal() and len(last) < 10 else after
    throttle_of(request).admit_stream(role, entered.who)
    visit = visit._replace(path=f"/w/{entered.code}" + {"participant": "", "host": "/host", "stage": "/stage"}[role])
    seen = _seen(request, coach, visit, entered.code)
    return EventStream(_changes(request, coach, entered, seen, role, known))


async def _changes(
    request: Request, coach: Coach, entered: Entered, seen: Seen, role: Role, known: int
) -> AsyncGenerator[str]:
    """Yield the parts that changed since the last time; a page that missed something gets all of them."""
    room = coach.workshops.stage_view(entered.code)
    number, alike = room.number, alike_in(room.id)

    def render() -> Parts:
        if role != "participant":
            return _parts(coach, entered, seen, role)
        return alike.parts(coach.workshops.participant_view(entered.code, entered.participant), seen)

    sent: Parts = render() if known == number else {}
    with throttle_of(request).stream(role, entered.who):
        async with aclosing(_watched(coach, entered.code, min(known, number) if sent else -1)) as watched:
            async for number in watched:
                try:
                    parts = render()
                except (NotFound, Forbidden):
                    break
                changed = {name: html for name, html in parts.items() if sent.get(name) != html}
                sent = parts
                if "write" in changed:
                    whole = _parts(coach, entered, seen, role, await _draft(coach, entered, role))
                    changed["write"] = whole["write"]
                if changed:
                    yield wire("", as_changes(changed), str(number))
        try:
            coach.workshops.stage_view(entered.code)
        except NotFound:
            told = say(seen.visit.language, "workshop.gone")
            yield wire("", fragment(seen.visit, "workshop_told.html", told=told, kind="gone"), "")


async def _watched(coach: Coach, code: str, after: int) -> AsyncGenerator[int]:
    async for number in coach.workshops.watch(code, after=after):
        yield number


def keep(answer: Response, request: Request, name: str, secret: str, path: str) -> None:
    """Have the browser keep a secret for the pages under a path, where no script can read it."""
    answer.set_cookie(
        name,
        secret,
        max_age=12 * _MONTH,
        path=path,
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )
    answer.headers["Cache-Control"] = "no-store"


def _private(page: HTMLResponse) -> HTMLResponse:
    page.headers["Cache-Control"] = "no-store"
    return page
