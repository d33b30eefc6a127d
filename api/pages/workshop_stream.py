"""What changes in a room, sent to a page that is open: the parts that differ from what it has."""

from collections.abc import AsyncGenerator
from contextlib import aclosing

from api.entrance import throttle_of
from api.pages.page import fragment
from api.pages.texts import say
from api.pages.workshop_parts import Parts, Seen, alike_in, as_changes
from api.pages.workshop_visitor import Visitor
from api.sse import EventStream, wire
from coach.errors import Forbidden, NotFound


def stream(visitor: Visitor, after: int) -> EventStream:
    """Follow a room from the number that the page shows."""
    last = visitor.request.headers.get("last-event-id", "")
    known = int(last) if last.isdecimal() and len(last) < 10 else after
    throttle_of(visitor.request).admit_stream(visitor.role, visitor.entered.who)
    return EventStream(_changes(visitor, visitor.seen, known))


async def _changes(visitor: Visitor, seen: Seen, known: int) -> AsyncGenerator[str]:
    """Yield the parts that changed since the last time; a page that missed something gets all of them."""
    workshops = visitor.coach.workshops
    room = workshops.stage_view(visitor.code)
    number, alike = room.number, alike_in(room.id)

    def render() -> Parts:
        if visitor.role != "participant":
            return visitor.parts(seen)
        return alike.parts(workshops.participant_view(visitor.code, visitor.entered.participant), seen)

    sent: Parts = render() if known == number else {}
    with throttle_of(visitor.request).stream(visitor.role, visitor.entered.who):
        async with aclosing(_watched(visitor, min(known, number) if sent else -1)) as watched:
            async for number in watched:
                try:
                    parts = render()
                except (NotFound, Forbidden):
                    break
                changed = {name: html for name, html in parts.items() if sent.get(name) != html}
                sent = parts
                if "write" in changed:
                    changed["write"] = visitor.parts(seen, await visitor.draft())["write"]
                if changed:
                    yield wire("", as_changes(changed), str(number))
        try:
            workshops.stage_view(visitor.code)
        except NotFound:
            told = say(seen.visit.language, "workshop.gone")
            yield wire("", fragment(seen.visit, "workshop_told.html", told=told, kept=True), "")


async def _watched(visitor: Visitor, after: int) -> AsyncGenerator[int]:
    async for number in visitor.coach.workshops.watch(visitor.code, after=after):
        yield number
