"""`/workshops`: prepare a workshop, and find those that are still there."""

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, RedirectResponse

from api.entrance import ThrottleDependency
from api.pages.form import FormDependency
from api.pages.page import show
from api.pages.reader import ReaderCoachDependency, ReaderDependency
from api.pages.texts import say, texts_in
from api.pages.visit import Visit, VisitDependency
from api.pages.workshop_visitor import HOST, keep
from coach.errors import InputError, NotFound
from coach.formats import read_draft
from coach.wiring import Coach
from coach.workshop.plan import RETENTION_DAYS, Plan, parse_plan

router = APIRouter(prefix="/workshops", include_in_schema=False)


@router.get("")
def workshops(coach: ReaderCoachDependency, tenant: ReaderDependency, visit: VisitDependency) -> HTMLResponse:
    """Show a form for a new workshop, and those that are there."""
    return _page(coach, tenant, visit, {}, "")


@router.post("")
async def create(
    request: Request,
    coach: ReaderCoachDependency,
    tenant: ReaderDependency,
    visit: VisitDependency,
    throttle: ThrottleDependency,
    form: FormDependency,
) -> Response:
    """Open a workshop and go to its host's page; the browser keeps the host's secret."""
    throttle.hit("create", tenant)
    try:
        plan = _plan(form, visit)
    except InputError as error:
        code = error.problems[0].code
        key = f"workshop.refused.{code}"
        told = say(visit.language, key if key in texts_in(visit.language) else "workshop.refused.plan")
        page = await run_in_threadpool(_page, coach, tenant, visit, form, told)
        page.status_code = 422
        return page
    created = await run_in_threadpool(coach.workshops.create, tenant, plan)
    answer = RedirectResponse(visit.link(f"/w/{created.code}/host"), status_code=303)
    keep(answer, request, HOST, created.host_secret, f"/w/{created.code}/host")
    return answer


@router.post("/{code}/delete")
def delete(
    coach: ReaderCoachDependency, tenant: ReaderDependency, visit: VisitDependency, code: str, form: FormDependency
) -> Response:
    """Delete one of the reader's workshops."""
    if code not in {each.code for each in coach.workshops.of_tenant(tenant)}:
        raise NotFound("workshop", code)
    coach.workshops.delete(code)
    return RedirectResponse(visit.link("/workshops"), status_code=303)


def _page(coach: Coach, tenant: str, visit: Visit, form: dict[str, str], told: str) -> HTMLResponse:
    page = show(
        visit,
        "workshop_create.html",
        workshops=coach.workshops.of_tenant(tenant),
        form=form,
        told=told,
        days=RETENTION_DAYS,
    )
    page.headers["Cache-Control"] = "no-store"
    return page


def _plan(form: dict[str, str], visit: Visit) -> Plan:
    draft = form.get("draft", "").strip()
    objectives = read_draft(draft.encode(), "md").model_dump(mode="json")["objectives"] if draft else []
    return parse_plan(
        {
            "title": form.get("title", ""),
            "language": form.get("language") or visit.language,
            "names_allowed": "names_allowed" in form,
            "moderated": "moderated" in form,
            "labels_kept": "labels_kept" in form,
            "dots": form.get("dots") or 3,
            "retention_days": form.get("retention_days") or RETENTION_DAYS,
            "objectives": objectives,
        }
    )
