"""`/openai/v1`: models and chat completions."""

import json
import re
import time
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import Any, NamedTuple
from uuid import uuid4

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import JSONResponse
from starlette.concurrency import run_in_threadpool

from api.dependencies import JsonDependency
from api.leaving import while_there
from api.openai_door.asked import MODEL, Asked, parse_asked
from api.openai_door.chores import done_chore
from api.openai_door.client import ClientCoachDependency, ClientDependency
from api.openai_door.replay import Place, Replay
from api.pages.form import same_origin
from api.sse import EventStream, wire
from coach.conversation import MAX_MESSAGE, DoneEvent, ErrorEvent, Message, TokenEvent
from coach.errors import InputError, ModelUnavailable, NotFound, Problem
from coach.wiring import Coach

router = APIRouter(prefix="/openai/v1", tags=["openai"], dependencies=[Depends(same_origin)])

_WORD = re.compile(r"\w+|[^\w\s]")


class _Completion(NamedTuple):
    """What all parts of one answer share."""

    id: str
    created: int
    asked: Asked

    def part(self, kind: str, choices: list[dict[str, Any]], **rest: Any) -> dict[str, Any]:
        """Return one object of the answer."""
        head = {"id": self.id, "object": kind, "created": self.created, "model": MODEL}
        return {**head, "choices": choices, **rest}

    def usage(self, text: str) -> dict[str, int]:
        """Return the usage; words and marks are counted, for there is no tokenizer here."""
        sent, said = len(_WORD.findall(self.asked.prompt())), len(_WORD.findall(text))
        return {"prompt_tokens": sent, "completion_tokens": said, "total_tokens": sent + said}


@router.get("/models")
async def list_models(tenant: ClientDependency) -> dict[str, Any]:
    """List the one model that there is: the coach."""
    return {"object": "list", "data": [_model()]}


@router.get("/models/{name}")
async def get_model(tenant: ClientDependency, name: str) -> dict[str, Any]:
    """Return the coach as a model."""
    if name != MODEL:
        raise NotFound("model", name)
    return _model()


@router.post("/chat/completions")
async def complete(
    request: Request, coach: ClientCoachDependency, tenant: ClientDependency, body: JsonDependency
) -> Response:
    """Answer the last message of a talk, streamed or whole; nothing is stored."""
    asked = parse_asked(body)
    texts = _texts(coach, asked, tenant, request.app.state.replay)
    completion = _Completion(f"chatcmpl-{uuid4().hex}", int(time.time()), asked)
    if asked.stream:
        first = await while_there(request, anext(texts))  # what cannot be answered is an error and no stream
        return EventStream(_streamed(completion, first, texts))
    text = await while_there(request, _whole(texts))
    choice = {"index": 0, "message": {"role": "assistant", "content": text, "refusal": None}, "finish_reason": "stop"}
    return JSONResponse(
        completion.part("chat.completion", [{**choice, "logprobs": None}], usage=completion.usage(text))
    )


def _model() -> dict[str, Any]:
    return {"id": MODEL, "object": "model", "created": 1_767_225_600, "owned_by": MODEL}


async def _texts(coach: Coach, asked: Asked, tenant: str, replay: Replay) -> AsyncGenerator[str]:
    """Yield the pieces of the answer."""
    *before, last = asked.user_texts()
    if (answer := done_chore(last)) is not None:
        yield answer
        return
    if len(last) > MAX_MESSAGE:
        raise InputError([Problem("/messages", f"the last is over {MAX_MESSAGE} characters", "string_too_long")])
    chat = await run_in_threadpool(coach.chat_of, tenant)
    place: Place = await run_in_threadpool(replay.place, chat, tenant, before)
    events = chat.stream(place.conversation, Message(text=last), place.version, drafts=False)
    try:
        async for event in events:
            if isinstance(event, TokenEvent) and event.text:
                yield event.text
            elif isinstance(event, ErrorEvent):
                raise ModelUnavailable(event.code, event.detail)
            elif isinstance(event, DoneEvent):
                if why := event.turn.reply.degraded:
                    yield f"\n\n({why})"
                return
    finally:
        await _close(events)


async def _close(events: AsyncIterator[Any]) -> None:
    if isinstance(events, AsyncGenerator):
        await events.aclose()


async def _whole(texts: AsyncGenerator[str]) -> str:
    async with aclosing(texts):
        return "".join([text async for text in texts])


async def _streamed(completion: _Completion, first: str, texts: AsyncGenerator[str]) -> AsyncGenerator[str]:
    """Yield the answer as chunks on the wire; a failure on the way is an error object instead of the end."""
    said = [first]
    kind = "chat.completion.chunk"
    yield _chunk(completion.part(kind, [_choice({"role": "assistant", "content": first})]))
    try:
        async with aclosing(texts):
            async for text in texts:
                said.append(text)
                yield _chunk(completion.part(kind, [_choice({"content": text})]))
    except ModelUnavailable as error:
        yield _chunk({"error": {"message": error.detail, "type": "server_error", "param": None, "code": error.code}})
        return
    yield _chunk(completion.part(kind, [_choice({}, "stop")]))
    options = completion.asked.stream_options
    if options is not None and options.include_usage:
        yield _chunk(completion.part(kind, [], usage=completion.usage("".join(said))))
    yield wire("", "[DONE]")


def _choice(delta: dict[str, str], reason: str | None = None) -> dict[str, Any]:
    return {"index": 0, "delta": delta, "finish_reason": reason, "logprobs": None}


def _chunk(content: dict[str, Any]) -> str:
    return wire("", json.dumps(content, ensure_ascii=False, separators=(",", ":")))
