"""`/v1/conversations`: talk with the coach, one turn at a time, streamed or whole."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from datetime import datetime
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Depends, Header, Query, Request, Response
from pydantic import BaseModel, ValidationError
from starlette.concurrency import run_in_threadpool

from api.dependencies import JsonDependency, TenantCoachDependency, TenantDependency
from api.leaving import while_there
from api.pages.form import same_origin
from api.relay import Relay
from api.running import Position, Sent
from api.sse import EventStream, wire
from coach.conversation import Conversation, DoneEvent, Export, Message, Opening, Turn
from coach.errors import InputError, Problem
from coach.formats.talk import write_talk
from coach.okr import problems_of
from coach.store import ConversationSummary

Shape = TypeVar("Shape", bound=BaseModel)

router = APIRouter(prefix="/conversations", tags=["conversations"], dependencies=[Depends(same_origin)])

_RECENT = 50
_LONGEST_KEY = 200


async def relay_of(request: Request) -> Relay:
    """Return the relay of this application."""
    relay: Relay = request.app.state.relay
    return relay


RelayDependency = Annotated[Relay, Depends(relay_of)]


class ConversationPage(BaseModel):
    """The head of a conversation with its latest turns; `greeting` is what the coach said first."""

    conversation: Conversation
    greeting: str
    recent: tuple[Turn, ...]


class ConversationList(BaseModel):
    """A tenant's conversations, the one used last first."""

    conversations: list[ConversationSummary]


class Turns(BaseModel):
    """Turns of a conversation, by number."""

    turns: tuple[Turn, ...]


def _body(shape: type[BaseModel]) -> dict[str, Any]:
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": shape.model_json_schema()}}}}


def _parsed(shape: type[Shape], body: object) -> Shape:
    try:
        return shape.model_validate(body)
    except ValidationError as error:
        raise InputError(problems_of(error, body=body)) from error


@router.post("", status_code=201, openapi_extra=_body(Opening))
def open_conversation(
    coach: TenantCoachDependency, tenant: TenantDependency, body: JsonDependency, response: Response
) -> ConversationPage:
    """Begin a conversation, with context if there is some; an exported one is imported under a new id."""
    if isinstance(body, dict) and "format" in body:
        conversation = coach.conversations.add_export(tenant, _parsed(Export, body))
    else:
        conversation = coach.chat.start(coach.framed(tenant, _parsed(Opening, body)))
        coach.conversations.add(tenant, conversation)
    response.headers["Location"] = f"/v1/conversations/{conversation.id}"
    return _page(coach, tenant, conversation)


@router.get("")
def list_conversations(
    coach: TenantCoachDependency,
    tenant: TenantDependency,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    before: Annotated[datetime | None, Query(description="only those used last before this moment")] = None,
) -> ConversationList:
    """List the conversations of this tenant."""
    return ConversationList(conversations=coach.conversations.list(tenant, limit=limit, before=before))


@router.get("/{conversation_id}")
def get_conversation(coach: TenantCoachDependency, tenant: TenantDependency, conversation_id: str) -> ConversationPage:
    """Return a conversation: draft, review, and the latest turns."""
    return _page(coach, tenant, coach.conversations.get(tenant, conversation_id))


@router.get("/{conversation_id}/turns")
def list_turns(
    coach: TenantCoachDependency,
    tenant: TenantDependency,
    conversation_id: str,
    after: Annotated[int, Query(ge=0)] = 0,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Turns:
    """Return turns by number."""
    coach.conversations.count(tenant, conversation_id)
    return Turns(turns=coach.conversations.turns(tenant, conversation_id, after=after, limit=limit))


@router.post(
    "/{conversation_id}/messages",
    status_code=201,
    response_model=Turn,
    openapi_extra=_body(Message),
    responses={201: {"content": {"text/event-stream": {}}}},
)
async def send_message(
    request: Request,
    coach: TenantCoachDependency,
    tenant: TenantDependency,
    relay: RelayDependency,
    conversation_id: str,
    body: JsonDependency,
    idempotency_key: Annotated[str | None, Header(max_length=_LONGEST_KEY, pattern=r"^[\x21-\x7e]+$")] = None,
    last_event_id: Annotated[str | None, Header()] = None,
) -> Response:
    """Say something; the answer is one turn, as JSON or, with `Accept: text/event-stream`, as it comes.

    The same Idempotency-Key never makes a second turn; with Last-Event-ID its stream goes on where it broke off.
    """
    message, position = _parsed(Message, body), position_of(last_event_id)
    chat = await run_in_threadpool(coach.chat_of, tenant)
    running = await relay.say(chat, tenant, conversation_id, message, idempotency_key)
    if "text/event-stream" in request.headers.get("accept", ""):
        await while_there(request, running.begun())
        return EventStream(streamed(running.hear(position)), status=201)
    turn = await while_there(request, running.result())
    return Response(turn.model_dump_json(), status_code=201, media_type="application/json")


@router.get("/{conversation_id}/events")
async def follow_conversation(
    coach: TenantCoachDependency,
    tenant: TenantDependency,
    relay: RelayDependency,
    conversation_id: str,
    after: Annotated[
        str, Query(max_length=40, description="an event id; left out: only what is said from now on")
    ] = "",
    last_event_id: Annotated[str | None, Header()] = None,
) -> Response:
    """Follow a conversation: every tab, and every client, hears the same turns."""
    turns = await run_in_threadpool(coach.conversations.count, tenant, conversation_id)
    position = position_of(last_event_id or after) or Position(turns)
    return EventStream(streamed(relay.follow(tenant, conversation_id, position)))


@router.get("/{conversation_id}/export", response_model=Export)
def export_conversation(
    coach: TenantCoachDependency,
    tenant: TenantDependency,
    conversation_id: str,
    format: Annotated[str, Query(pattern="^(json|markdown)$")] = "json",
) -> Response:
    """Return the whole conversation: JSON that can be imported again, or Markdown to read."""
    export = coach.conversations.export(tenant, conversation_id)
    if format == "markdown":
        return Response(write_talk(export), media_type="text/markdown; charset=utf-8")
    return Response(export.model_dump_json(), media_type="application/json")


@router.delete("/{conversation_id}", status_code=204)
async def delete_conversation(tenant: TenantDependency, relay: RelayDependency, conversation_id: str) -> None:
    """Delete a conversation with its turns and drafts; nothing of it is left."""
    await relay.forget(tenant, conversation_id)


def _page(coach: Any, tenant: str, conversation: Conversation) -> ConversationPage:
    after = max(0, conversation.turns - _RECENT)
    return ConversationPage(
        conversation=conversation,
        greeting=coach.chat.greeting(conversation),
        recent=coach.conversations.turns(tenant, conversation.id, after=after, limit=_RECENT),
    )


def position_of(identifier: str | None) -> Position | None:
    """Return the position that an event id names; raise InputError where it names none."""
    if not identifier:
        return None
    position = Position.parse(identifier)
    if position is None:
        raise InputError([Problem("/header/last-event-id", "is no event id of ours", "invalid-event-id")])
    return position


async def streamed(batches: AsyncGenerator[list[Sent]]) -> AsyncGenerator[str]:
    """Yield events as they go over the wire."""
    async with aclosing(batches):
        async for batch in batches:
            yield "".join(_wired(sent) for sent in batch)


def _wired(sent: Sent) -> str:
    event = sent.event
    if isinstance(event, DoneEvent):
        return wire("done", event.model_dump_json(), sent.id)
    return wire(event.type, event.model_dump_json(exclude={"type"}), sent.id)
