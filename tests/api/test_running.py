"""A turn in the making: what is said goes out at once, what is said in one breath together."""

import asyncio

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
