"""`/strategy`: a frame and a draft on one map; pasted ones are shown and not stored."""

from typing import Any

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse
from markupsafe import Markup

from api.pages.form import FormDependency
from api.pages.page import show
from api.pages.reader import ReaderCoachDependency, ReaderDependency
from api.pages.visit import Visit, VisitDependency
from coach.errors import InputError
from coach.formats.reading import format_of, read_draft
from coach.okr import Draft, Objective, Strategy
from coach.strategy.drawing import draw_map
from coach.strategy.frame import language_of
from coach.strategy.importing import read_strategy
from coach.strategy.map import map_of
from coach.wiring import Coach

router = APIRouter(include_in_schema=False)


@router.get("/strategy")
def strategies(coach: ReaderCoachDependency, tenant: ReaderDependency, visit: VisitDependency) -> HTMLResponse:
    """Show the stored frames, and a form for a pasted one."""
    return _form(coach, tenant, visit)


@router.post("/strategy")
def pasted(
    coach: ReaderCoachDependency, tenant: ReaderDependency, visit: VisitDependency, fields: FormDependency
) -> HTMLResponse:
    """Show a pasted frame with a pasted draft on the map, or the form again with what is wrong."""
    frame, text = fields.get("frame", ""), fields.get("draft", "")
    try:
        strategy = read_strategy(frame.encode(), "yaml" if _is_yaml(frame) else "md")
        content = text.encode()
        draft = read_draft(content, format_of("", content)) if text.strip() else None
    except InputError as error:
        faults = [f"{problem.pointer} {problem.detail}".strip() for problem in error.problems]
        return _form(coach, tenant, visit, frame=frame, draft=text, faults=faults, status=422)
    return show(visit, "frame.html", name=None, strategy_id=None, cycle=None, **_seen(coach, strategy, draft))


@router.get("/strategy/{strategy_id}")
def frame(
    coach: ReaderCoachDependency, tenant: ReaderDependency, visit: VisitDependency, strategy_id: str
) -> HTMLResponse:
    """Show a stored frame with the OKRs of its latest cycle on the map."""
    stored = coach.strategies.get(tenant, strategy_id)
    draft, cycle = _latest(coach, tenant, strategy_id)
    return show(
        visit,
        "frame.html",
        name=stored.name,
        strategy_id=strategy_id,
        cycle=cycle,
        **_seen(coach, stored.strategy, draft),
    )


@router.get("/strategy/{strategy_id}/map.svg")
def picture(coach: ReaderCoachDependency, tenant: ReaderDependency, strategy_id: str) -> Response:
    """Return the map of a stored frame as a file."""
    stored = coach.strategies.get(tenant, strategy_id)
    seen = _seen(coach, stored.strategy, _latest(coach, tenant, strategy_id)[0])
    headers = {"Content-Disposition": 'attachment; filename="map.svg"', "Cache-Control": "no-cache"}
    return Response(str(seen["picture"]), media_type="image/svg+xml", headers=headers)


def _form(
    coach: Coach,
    tenant: str,
    visit: Visit,
    *,
    frame: str = "",
    draft: str = "",
    faults: list[str] | None = None,
    status: int = 200,
) -> HTMLResponse:
    stored = coach.strategies.list(tenant)
    return show(visit, "strategy.html", status=status, stored=stored, frame=frame, draft=draft, faults=faults or [])


def _is_yaml(text: str) -> bool:
    first = next((line.strip() for line in text.splitlines() if line.strip()), "")
    known = (*Strategy.model_fields, "strategy")
    return first.split(":")[0] in known or first.startswith("{")


def _latest(coach: Coach, tenant: str, strategy_id: str) -> tuple[Draft | None, str | None]:
    for stored in coach.cycles.list(tenant, strategy_id):
        objectives: tuple[Objective, ...] = stored.cycle.objectives
        if objectives:
            return Draft(objectives=objectives, language=stored.cycle.language), stored.cycle.name
    return None, None


def _seen(coach: Coach, strategy: Strategy, draft: Draft | None) -> dict[str, Any]:
    """Return what the page shows: notes, alignment, tree and picture; without a draft the frame alone."""
    notes = coach.desk.review_frame(strategy)
    whole = draft or Draft(objectives=(Objective(objective="…"),), language=language_of(strategy))
    framed = whole.model_copy(update={"context": whole.context.model_copy(update={"strategy": strategy})})
    alignment = coach.desk.align(framed)
    tree = map_of(strategy, alignment, framed)
    if draft is None:
        tree = tree.model_copy(update={"unlinked": None})
    title = strategy.purpose or strategy.vision or tree.frame.label
    svg = Markup(draw_map(tree, title=title))  # noqa: S704 - every text in it is escaped where it is drawn
    return {"notes": notes, "alignment": alignment if draft else None, "tree": tree, "picture": svg}
