"""What a form of a room does, and what its sender reads then: what changed, or the reason why nothing did."""

from typing import Literal, NamedTuple

from fastapi import Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, RedirectResponse

from api.entrance import throttle_of
from api.pages.page import fragment
from api.pages.texts import say, texts_in
from api.pages.workshop_command import command_in
from api.pages.workshop_parts import as_changes
from api.pages.workshop_visitor import Visitor
from coach.errors import Forbidden, InputError, Refused
from coach.workshop.commands import HandIn


class Told(NamedTuple):
    """What is said to whoever sent a form. `kept`: it has to be read, so the page does not load anew."""

    text: str = ""
    status: int = 200
    kept: bool = False
    cleared: frozenset[str] = frozenset()


async def acted(visitor: Visitor, form: dict[str, str]) -> Response:
    """Do what a form asks for."""
    throttle_of(visitor.request).hit("host-command" if visitor.role == "host" else "command", visitor.entered.who)
    scripted = "hx-request" in visitor.request.headers
    if visitor.role == "host" and form.get("type") == "delete-room":
        await run_in_threadpool(visitor.coach.workshops.delete, visitor.code)
        where = visitor.visit.link("/workshops")
        return Response(status_code=204, headers={"HX-Redirect": where}) if scripted else RedirectResponse(where, 303)
    told = await _told(visitor, form)
    if scripted:
        seen = visitor.seen
        parts = visitor.parts(seen, await visitor.draft()) if told.status == 200 else {}
        said = fragment(seen.visit, "workshop_told.html", told=told.text, kept=told.kept)
        changes = as_changes(parts, replaced=told.cleared) + said
        return HTMLResponse(changes, status_code=told.status, headers={"Cache-Control": "no-store"})
    if told.status == 200 and not told.kept:
        return RedirectResponse(visitor.visit.link(visitor.home), status_code=303)
    return await visitor.page(status=told.status, told=told.text)


async def _told(visitor: Visitor, form: dict[str, str]) -> Told:
    try:
        if visitor.role == "host" and form.get("type") == "ask-coach":
            return await _asked_coach(visitor, form)
        return await _commanded(visitor, form)
    except InputError as error:
        return Told(_reason(visitor, error.problems[0].code), 422)
    except Forbidden:
        raise
    except Refused as error:
        return Told(_reason(visitor, error.code), 409)


async def _asked_coach(visitor: Visitor, form: dict[str, str]) -> Told:
    mode: Literal["rules", "llm"] = "llm" if form.get("mode") == "llm" else "rules"
    workshops = visitor.coach.workshops
    offered = await workshops.offer_alternatives(visitor.code, visitor.entered.actor, form.get("card", ""), mode)
    if offered.degraded is None:
        return Told()
    return Told(say(visitor.visit.language, "workshop.from_rules", reason=offered.degraded), kept=True)


async def _commanded(visitor: Visitor, form: dict[str, str]) -> Told:
    command = command_in(form)
    done = await visitor.coach.workshops.act(visitor.code, visitor.entered.actor, command)
    language, said = visitor.visit.language, f"workshop.did.{command.type}"
    if done.secret:
        address = f"{visitor.origin}{visitor.home}?key={done.secret}"
        return Told(say(language, "workshop.invited", address=address), kept=True)
    cleared = frozenset({"write"}) if isinstance(command, HandIn) else frozenset[str]()
    return Told(say(language, said) if said in texts_in(language) else "", cleared=cleared)


def _reason(visitor: Visitor, code: str) -> str:
    language, key = visitor.visit.language, f"workshop.refused.{code}"
    return say(language, key if key in texts_in(language) else "workshop.refused.other")
