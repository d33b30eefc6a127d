"""A turn in the making: what is said goes out at once, what is said in one breath together."""

import asyncio

import pytest

from api.running import Running, Sent
from coach.conversation import CitationEvent, Message, TokenEvent
from coach.review import Citation


def test_what_is_said_in_one_breath_is_heard_together_and_what_follows_at_once() -> None:
    async def heard() -> list[list[Sent]]:
        running = Running(1, Message(text="Was ist ein Outcome?"), None)
        batches: list[list[Sent]] = []

        async def listen() -> None:
            async for batch in running.hear():
                batches.append(batch)

        listening = asyncio.create_task(listen())
        await asyncio.sleep(0)
        running.say(CitationEvent(citation=Citation(id="a", type="article", slug="a", language="de", heading="A")))
        running.say(TokenEvent(text="Ein "))
        running.say(TokenEvent(text="Outcome "))
        await asyncio.sleep(0)
        running.say(TokenEvent(text="ist "))
        await asyncio.sleep(0)
        running.end()
        await listening
        return batches

    started, breath, rest = asyncio.run(heard())
    assert [sent.event.type for sent in started] == ["started"]
    assert [sent.event.type for sent in breath] == ["citation", "token"]
    assert (breath[1].id, breath[1].event) == ("1.12", TokenEvent(text="Ein Outcome "))
    assert [(sent.id, sent.event) for sent in rest] == [("1.16", TokenEvent(text="ist "))]


def test_who_was_told_that_it_begun_may_take_a_while_to_listen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.running._GRACE", 0.01)

    async def stopped() -> bool:
        running = Running(1, Message(text="Was ist ein Outcome?"), None)
        running.task = asyncio.create_task(asyncio.sleep(60))
        running.say(TokenEvent(text="Ein "))
        await running.begun()
        await asyncio.sleep(0.05)  # a busy machine
        heard = running.hear()
        await anext(heard)
        await asyncio.sleep(0.05)
        ended = running.task.done()
        await heard.aclose()
        await asyncio.wait([running.task], timeout=5)
        return ended

    assert not asyncio.run(stopped())


def test_who_leaves_before_anything_is_said_ends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.running._GRACE", 0.01)

    async def left() -> bool:
        running = Running(1, Message(text="Was ist ein Outcome?"), None)
        running.task = asyncio.create_task(asyncio.sleep(60))
        waiting = asyncio.create_task(running.begun())
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.wait([running.task], timeout=5)
        return running.task.cancelled()

    assert asyncio.run(left())
