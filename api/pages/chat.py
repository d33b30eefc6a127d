"""`/chat`: talk with the coach on the left, the draft on the right; works without scripts, streams with them."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool

from api.leaving import while_there
from api.pages.chat_view import say_to, shown_context, shown_draft, shown_turn
from api.pages.form import FormDependency
from api.pages.marked import pattern_names
from api.pages.page import fragment, show
from api.pages.reader import ReaderCoachDependency, ReaderDependency
from api.pages.strategy import frame_in
from api.pages.visit import Visit, VisitDependency
from api.relay import Relay
from api.running import Position, Sent
from api.sse import EventStream, wire
from coach.conversation import Conversation, DoneEvent, ErrorEvent, Message, Opening, StartedEvent, TokenEvent
from coach.errors import InputError, Problem
from coach.formats.pasted import parse_pasted
from coach.formats.talk import write_draft, write_talk
from coach.okr import problems_of
from coach.wiring import Coach

router = APIRouter(prefix="/chat", include_in_schema=False)

_RECENT = 50


@router.get("")
def conversations(coach: ReaderCoachDependency, tenant: ReaderDependency, visit: VisitDependency) -> HTMLResponse:
    """Show the conversations and a way to begin one."""
    return show(visit, "chats.html", scripted=True, conversations=coach.conversations.list(tenant))


@router.post("")
async def begin(
    request: Request,
    coach: ReaderCoachDependency,
    tenant: ReaderDependency,
    visit: VisitDependency,
    form: FormDependency,
) -> Response:
    """Begin a conversation; a draft that was sent along is its first message."""
    opening = _parsed(Opening, {"context": _context(form), "address": form.get("address") or "du"})
    started = coach.chat.start(opening).model_copy(update={"language": visit.language})
    await run_in_threadpool(coach.conversations.add, tenant, started)
    if form.get("draft", "").strip():
        message = _parsed(Message, {"text": form["draft"]})
        chat = await run_in_threadpool(coach.chat_of, tenant)
        running = await _relay(request).say(chat, tenant, started.id, message)
        await while_there(request, running.result())
    return RedirectResponse(visit.link(f"/chat/{started.id}"), status_code=303)


@router.get("/{conversation_id}")
def conversation(
    coach: ReaderCoachDependency, tenant: ReaderDependency, visit: VisitDependency, conversation_id: str
) -> HTMLResponse:
    """Show a conversation with its latest turns."""
    head = coach.conversations.get(tenant, conversation_id)
    turns = coach.conversations.turns(tenant, head.id, after=max(0, head.turns - _RECENT), limit=_RECENT)
    return show(
        visit,
        "chat.html",
        scripted=True,
        head=head,
        greeting=coach.chat.greeting(head),
        turns=[shown_turn(turn, visit) for turn in turns],
        earlier=head.turns > _RECENT,
        draft=shown_draft(head),
        names=pattern_names(coach.catalog, visit.language),
        known=shown_context(head, visit),
        say=say_to(head, visit),
    )


@router.post("/{conversation_id}/messages")
async def send(
    request: Request,
    coach: ReaderCoachDependency,
    tenant: ReaderDependency,
    visit: VisitDependency,
    conversation_id: str,
    form: FormDependency,
) -> Response:
    """Say something, or accept, reject or undo; who follows the conversation hears the answer."""
    action = {name: form[name] for name in ("do", "proposal") if form.get(name)}
    if action and form.get("option", "").isdigit():
        action["option"] = form["option"]
    message = _parsed(Message, {"text": form.get("text", ""), "action": action or None})
    chat = await run_in_threadpool(coach.chat_of, tenant)
    running = await _relay(request).say(chat, tenant, conversation_id, message)
    await while_there(request, running.result())
    if "hx-request" in request.headers:
        return Response(status_code=204)
    return RedirectResponse(visit.link(f"/chat/{conversation_id}", "message"), status_code=303)


@router.get("/{conversation_id}/events")
async def follow(
    request: Request,
    coach: ReaderCoachDependency,
    tenant: ReaderDependency,
    visit: VisitDependency,
    conversation_id: str,
    after: Annotated[str, Query(max_length=40)] = "",
) -> Response:
    """Send what is said as changes to the page."""
    position = Position.parse(request.headers.get("last-event-id", after))
    if position is None:
        raise InputError([Problem("/query/after", "is no event id of ours", "invalid-event-id")])
    await run_in_threadpool(coach.conversations.count, tenant, conversation_id)
    said = _relay(request).follow(tenant, conversation_id, position)
    return EventStream(_changes(said, coach, tenant, visit, conversation_id))


@router.post("/{conversation_id}/delete")
async def delete(
    request: Request,
    tenant: ReaderDependency,
    visit: VisitDependency,
    conversation_id: str,
    form: FormDependency,
) -> Response:
    """Delete a conversation."""
    await _relay(request).forget(tenant, conversation_id)
    return RedirectResponse(visit.link("/chat"), status_code=303)


@router.get("/{conversation_id}/{name}.{kind}")
def download(
    coach: ReaderCoachDependency, tenant: ReaderDependency, conversation_id: str, name: str, kind: str
) -> Response:
    """Return the draft as Markdown, or the talk as Markdown or JSON, to be kept."""
    match name, kind:
        case "draft", "md":
            text = write_draft(coach.conversations.get(tenant, conversation_id).draft)
        case "talk", "md":
            text = write_talk(coach.conversations.export(tenant, conversation_id))
        case "talk", "json":
            text = coach.conversations.export(tenant, conversation_id).model_dump_json(indent=1)
        case _:
            raise InputError([Problem("/path", "there is draft.md, talk.md and talk.json", "unknown-file")])
    media_type = {"md": "text/markdown; charset=utf-8", "json": "application/json"}[kind]
    headers = {
        "Content-Disposition": f'attachment; filename="okr-{name}.{kind}"',
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }
    return Response(text, media_type=media_type, headers=headers)


async def _changes(
    said: AsyncGenerator[list[Sent]], coach: Coach, tenant: str, visit: Visit, identifier: str
) -> AsyncGenerator[str]:
    """Yield what is said as parts of the page and where they go."""
    started = await run_in_threadpool(coach.conversations.get, tenant, identifier)
    says = say_to(started, visit)
    async with aclosing(said):
        async for batch in said:
            changes = []
            for sent in batch:
                turn = int(sent.id.partition(".")[0])
                match sent.event:
                    case StartedEvent() | TokenEvent() | ErrorEvent():
                        html = fragment(visit, "said.html", number=turn, event=sent.event, say=says)
                    case DoneEvent():
                        head = await run_in_threadpool(coach.conversations.get, tenant, identifier)
                        html = _done(sent.event, head, coach, visit)
                    case _:
                        continue
                changes.append(wire("", html, sent.id))
            yield "".join(changes)


def _done(event: DoneEvent, head: Conversation, coach: Coach, visit: Visit) -> str:
    return fragment(
        visit,
        "done.html",
        head=head,
        shown=shown_turn(event.turn, visit),
        draft=shown_draft(head),
        names=pattern_names(coach.catalog, visit.language),
        say=say_to(head, visit),
    )


def _context(form: dict[str, str]) -> dict[str, Any]:
    context: dict[str, Any] = {}
    if frame := form.get("frame", "").strip():
        context["strategy"] = frame_in(frame).model_dump(exclude_none=True)
    if moal := form.get("moal", "").strip():
        context["strategy"] = {**context.get("strategy", {}), "moal": moal}
    if parents := form.get("parents", "").strip():
        found = parse_pasted(parents).objectives
        context["parents"] = [
            {"objective": each.objective or row_texts[0], "key_results": row_texts}
            for each in found
            if (row_texts := [row["text"] for row in each.key_results]) or each.objective
        ]
    if notes := form.get("notes", "").strip():
        context["notes"] = notes
    return context


def _parsed(shape: type[Message] | type[Opening], content: object):  # type: ignore[no-untyped-def]
    try:
        return shape.model_validate(content)
    except ValidationError as error:
        raise InputError(problems_of(error, body=content)) from error


def _relay(request: Request) -> Relay:
    relay: Relay = request.app.state.relay
    return relay
