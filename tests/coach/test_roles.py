"""Models by role: each role has its own model and its own chain of fallbacks, at a real server."""

import asyncio
from typing import Any

import pytest
from pydantic import BaseModel

from coach.errors import ModelUnavailable
from coach.llm import ChatModel
from coach.okr import parse_draft
from coach.prompting import Message
from coach.roles import Roles, open_roles
from coach.settings import Settings, read_settings
from coach.wiring import open_coach
from tests.faults import FaultServer, Serve, Wire, streamed, whole

pytestmark = pytest.mark.usefixtures("short_pauses")

ASKED = [Message("system", "You answer."), Message("user", "Hello?")]
DRAFT = {"objective": "New tenants settle in quickly", "key_results": ["Launch the tenant portal by May"]}
EMPTY = {"Judgement": '{"elements": []}', "Rewrites": '{"rewrites": []}'}


class Hello(BaseModel):
    hello: str


def away(*models: str) -> Any:
    """Return a play in which these models are away and all others answer."""

    def play(wire: Wire) -> None:
        if wire.request["model"] in models:
            wire.status(503)
        elif wire.stream:
            streamed(wire, "Hello")
        else:
            name = wire.request["response_format"]["json_schema"]["name"]
            whole(wire, EMPTY.get(name, '{"hello": "you"}'))

    return play


def roles(server: FaultServer, **settings: Any) -> Roles:
    opened = open_roles(read_settings(llm_model="all", llm_base_url=server.url, llm_api_key="own", **settings))
    assert opened is not None
    return opened


def chain(model: ChatModel) -> list[str]:
    return [upstream.address.model for upstream in model.upstreams]


def answered_by(model: ChatModel) -> str:
    return model.answer(ASKED, Hello, model.deadline()).model


def streamed_text(model: ChatModel) -> str:
    async def read() -> str:
        try:
            return "".join([text async for text in model.stream(ASKED, model.deadline())])
        finally:
            await model.aclose()

    return asyncio.run(read())


def asked(server: FaultServer) -> list[str]:
    """Return whom the server was asked for, in order, without repeats in a row."""
    names = [str(request["model"]) for request in server.requests]
    return [name for at, name in enumerate(names) if at == 0 or names[at - 1] != name]


OWN = {
    "llm_fallback_models": "spare",
    "llm_judge_model": "sharp",
    "llm_judge_fallback_models": "sharp-2, sharp-3",
    "llm_rewrite_fallback_models": "",
}


def test_each_role_has_its_own_chain_and_the_shared_one_where_it_has_none(serve: Serve) -> None:
    opened = roles(serve(away()), **OWN)
    assert {name: chain(model) for name, model in opened._asdict().items()} == {
        "judge": ["sharp", "sharp-2", "sharp-3"],
        "rewrite": ["all"],
        "chat": ["all", "spare"],
    }


def test_a_role_falls_back_along_its_own_chain(serve: Serve) -> None:
    server = serve(away("all", "sharp", "sharp-2"))
    opened = roles(server, **OWN)
    assert answered_by(opened.judge) == "sharp-3"
    assert asked(server) == ["sharp", "sharp-2", "sharp-3"]
    server.requests.clear()
    with pytest.raises(ModelUnavailable, match="http-503"):
        answered_by(opened.rewrite)
    assert asked(server) == ["all"]
    server.requests.clear()
    assert streamed_text(opened.chat) == "Hello"
    assert asked(server) == ["all", "spare"]


def test_a_model_that_fails_does_not_close_the_way_to_another_at_its_address(serve: Serve) -> None:
    """Five failures in a row open a breaker: that of the model that failed."""
    server = serve(away("all"))
    opened = roles(server, llm_chat_fallback_models="spare")
    for _ in range(3):
        assert answered_by(opened.chat) == "spare"
    assert [request["model"] for request in server.requests].count("all") == 5


def test_a_long_retry_after_rests_one_model_and_not_its_neighbour(serve: Serve) -> None:
    def play(wire: Wire) -> None:
        if wire.request["model"] == "all":
            wire.status(429, "retry-after: 3600")
        else:
            away()(wire)

    server = serve(play)
    opened = roles(server, llm_fallback_models="spare")
    assert [answered_by(opened.judge), answered_by(opened.judge)] == ["spare", "spare"]
    assert [request["model"] for request in server.requests] == ["all", "spare", "spare"]


def test_a_fallback_of_a_role_elsewhere_gets_no_key_but_its_own(serve: Serve) -> None:
    here, there = serve(away("all")), serve(away())
    settings = {"llm_chat_fallback_models": f"spare@{there.url}", "llm_fallback_api_key": "theirs"}
    assert answered_by(roles(here, **settings).chat) == "spare"
    assert here.headers[0]["authorization"] == "Bearer own"
    assert there.headers[0]["authorization"] == "Bearer theirs"


def test_judging_and_rewriting_of_a_review_go_along_their_own_chains(serve: Serve, settings: Settings) -> None:
    server = serve(away("sharp", "nimble"))
    changes = {
        "llm_model": "all",
        "llm_base_url": server.url,
        "llm_judge_model": "sharp",
        "llm_judge_fallback_models": ("sharp-2",),
        "llm_rewrite_model": "nimble",
        "llm_rewrite_fallback_models": ("nimble-2",),
    }
    review = open_coach(settings.model_copy(update=changes)).critic.review(parse_draft({**DRAFT, "mode": "llm"}))
    assert review.degraded is None
    assert list(dict.fromkeys(asked(server))) == ["sharp", "sharp-2", "nimble", "nimble-2"]
