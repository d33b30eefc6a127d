"""A turn in the making: its first word goes out at once, what follows in bundles."""

import asyncio

from api.running import Running
from coach.conversation import CitationEvent, Message, TokenEvent
from coach.review import Citation


def test_the_first_word_does_not_wait_for_a_bundle_to_fill() -> None:
    async def heard_after_one_word() -> list[str]:
        running = Running(1, Message(text="Was ist ein Outcome?"), None)
        heard: list[str] = []

        async def listen() -> None:
            async for batch in running.hear():
                heard.extend(sent.event.type for sent in batch)

        listening = asyncio.create_task(listen())
        await asyncio.sleep(0)
        running.say(CitationEvent(citation=Citation(id="a", type="article", slug="a", language="de", heading="A")))
        running.say(TokenEvent(text="Ein "))
        await asyncio.sleep(0)
        running.say(TokenEvent(text="Outcome "))
        await asyncio.sleep(0)
        at_once = list(heard)
        running.end()
        await listening
        assert heard == [*at_once, "token"]
        return at_once

    assert asyncio.run(heard_after_one_word()) == ["started", "citation", "token"]
