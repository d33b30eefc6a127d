"""`/workshops`: prepare a workshop, and find those that are still there."""

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, RedirectResponse

from api.entrance import ThrottleDependency
from api.pages.form import FormDependency, FormWithFiles, SameOrigin, form_with_files
from api.pages.page import show
from api.pages.reader import ReaderCoachDependency, ReaderDependency
from api.pages.visit import Visit, VisitDependency
from api.pages.workshop_faults import FieldFault, faults_of
from api.pages.workshop_visitor import HOST, keep
from coach.errors import InputError, NotFound, TooLarge
from coach.wiring import Coach
from coach.workshop.plan import RETENTION_DAYS, Created, parse_plan
from coach.workshop.prepared import draft_pasted, objectives_in

router = APIRouter(prefix="/workshops", include_in_schema=False)

_REVIEW = "review."
_REVIEWS_SHOWN = 20


@router.get("")
def workshops(coach: ReaderCoachDependency, tenant: ReaderDependency, visit: VisitDependency) -> HTMLResponse:
    """Show a form for a new workshop, and those that are there."""
    return _page(coach, tenant, visit, {}, [])


@router.post("")
async def create(
    request: Request,
    coach: ReaderCoachDependency,
    tenant: ReaderDependency,
    visit: VisitDependency,
    throttle: ThrottleDependency,
    _: SameOrigin,
) -> Response:
    """Open a workshop and go to its host's page; the browser keeps the host's secret."""
    throttle.hit("create", tenant)
    form = FormWithFiles({}, [])
    try:
        form = await form_with_files(request)
        created = await run_in_threadpool(_created, coach, tenant, visit, form)
    except InputError as error:
        faults = faults_of(error.problems, [name for name, _ in form.files], visit.language)
        page = await run_in_threadpool(_page, coach, tenant, visit, form.fields, faults)
        page.status_code = 413 if isinstance(error, TooLarge) else 422
        return page
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


def _page(coach: Coach, tenant: str, visit: Visit, form: dict[str, str], faults: list[FieldFault]) -> HTMLResponse:
    page = show(
        visit,
        "workshop_create.html",
        workshops=coach.workshops.of_tenant(tenant),
        form=form,
        faults=faults,
        reviews=coach.reviews.latest(tenant, _REVIEWS_SHOWN),
        days=RETENTION_DAYS,
    )
    page.headers["Cache-Control"] = "no-store"
    return page


def _created(coach: Coach, tenant: str, visit: Visit, form: FormWithFiles) -> Created:
    fields, draft = form.fields, form.fields.get("draft", "")
    pasted = draft_pasted(draft) if draft.strip() else []
    plan = {
        "title": fields.get("title", ""),
        "language": fields.get("language") or visit.language,
        "names_allowed": "names_allowed" in fields,
        "moderated": "moderated" in fields,
        "labels_kept": "labels_kept" in fields,
        "dots": fields.get("dots") or 3,
        "retention_days": fields.get("retention_days") or RETENTION_DAYS,
        "objectives": [*pasted, *objectives_in(form.files)],
        "reviews": [name.removeprefix(_REVIEW) for name in fields if name.startswith(_REVIEW)],
    }
    return coach.workshops.create(tenant, parse_plan(plan))
