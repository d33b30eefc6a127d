"""Who looks at a room's page: a participant, a host or the wall, with what they may see of it."""

from typing import Literal, NamedTuple

from fastapi import Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse

from api.entrance import Entered, enter
from api.pages.page import show
from api.pages.visit import Visit
from api.pages.workshop_parts import Parts, Seen, host_parts, participant_parts, stage_parts
from coach.wiring import Coach
from coach.workshop.anonymity import ParticipantActor, code_as_typed
from coach.workshop.plan import PrivateDraft

Role = Literal["participant", "host", "stage"]
SEAT, HOST = "okr-coach-seat", "okr-coach-host"
DRAFT = "mine"
_MONTH = 30 * 86_400
_COOKIES: dict[Role, str] = {"participant": SEAT, "host": HOST}
_PAGES: dict[Role, str] = {"participant": "", "host": "/host", "stage": "/stage"}


class Visitor(NamedTuple):
    """Somebody before a page of a room; `role` is the page's, `entered` says who they are."""

    request: Request
    coach: Coach
    visit: Visit
    entered: Entered
    role: Role

    @property
    def code(self) -> str:
        """The room's code."""
        return code_as_typed(self.entered.code)

    @property
    def home(self) -> str:
        """The path of the page."""
        return f"/w/{self.code}{_PAGES[self.role]}"

    @property
    def origin(self) -> str:
        """Where this server is reached."""
        return str(self.request.base_url).rstrip("/")

    @property
    def seen(self) -> Seen:
        """What templates need beside the view."""
        coach = self.coach.of(self.coach.workshops.tenant_of(self.code))
        visit = self.visit._replace(path=self.home)
        return Seen(visit, coach.catalog, self.origin, with_model=coach.models is not None)

    async def draft(self) -> PrivateDraft | None:
        """Return what a participant is writing here."""
        if self.role != "participant" or not isinstance(self.entered.actor, ParticipantActor):
            return None
        kept = await run_in_threadpool(self.coach.workshops.drafts, self.code, self.entered.actor)
        return next((draft for draft in kept if draft.id == DRAFT), None)

    def parts(self, seen: Seen, draft: PrivateDraft | None = None) -> Parts:
        """Return the parts of the page as they are now."""
        workshops = self.coach.workshops
        match self.role:
            case "participant":
                return participant_parts(workshops.participant_view(self.code, self.entered.participant), seen, draft)
            case "host":
                return host_parts(workshops.host_view(self.code, self.entered.host), seen)
            case _:
                return stage_parts(workshops.stage_view(self.code), seen)

    async def page(self, *, status: int = 200, told: str | None = None) -> HTMLResponse:
        """Return the whole page."""
        seen = self.seen
        room = self.coach.workshops.stage_view(self.code)
        key = self.request.cookies.get(HOST, "") if self.role == "host" else ""
        parts = self.parts(seen, await self.draft())
        template = f"workshop_{self.role}.html"
        page = show(
            seen.visit, template, status=status, scripted=True, room=room, seen=seen, key=key, told=told, parts=parts
        )
        return private(page)


async def visitor(request: Request, coach: Coach, visit: Visit, code: str, role: Role) -> Visitor:
    """Return who stands before a page, by the cookie that belongs to it; whoever has none is the stage."""
    credential = request.cookies.get(_COOKIES[role]) if role in _COOKIES else None
    return Visitor(request, coach, visit, await enter(request, coach, code, credential or None), role)


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


def private(page: HTMLResponse) -> HTMLResponse:
    """Return a page that nobody may keep."""
    page.headers["Cache-Control"] = "no-store"
    return page
