"""`/strategy`: a frame and a draft on one map; pasted ones are shown and not stored."""

from typing import Any, Literal

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
from coach.strategy.aligned import Alignment
from coach.strategy.desk import MEDIA_TYPES, PictureForm
from coach.strategy.drawing import draw_map
from coach.strategy.importing import read_strategy
from coach.strategy.map import StrategyMap, map_of, map_of_frame
from coach.strategy.svg import as_sheets
from coach.wiring import Coach

Mode = Literal["rules", "auto"]
router = APIRouter(include_in_schema=False)


@router.get("/strategy")
def strategies(coach: ReaderCoachDependency, tenant: ReaderDependency, visit: VisitDependency) -> HTMLResponse:
    """Show the stored frames, and a form for a pasted one."""
    return _form(coach, tenant, visit)


@router.post("/strategy")
def pasted(
    coach: ReaderCoachDependency, tenant: ReaderDependency, visit: VisitDependency, fields: FormDependency
) -> Response:
    """Show a pasted frame with a pasted draft on the map, or the form again with what is wrong."""
    frame, text = fields.get("frame", ""), fields.get("draft", "")
    form = next((known for known in MEDIA_TYPES if known == fields.get("form")), None)
    try:
        strategy, draft = _read(frame, text)
        if form is not None:
            return _file(coach, _tree(coach, tenant, strategy, draft)[0], form)
    except InputError as error:
        faults = [f"{problem.pointer} {problem.detail}".strip() for problem in error.problems]
        return _form(coach, tenant, visit, frame=frame, draft=text, faults=faults, status=422)
    seen = _seen(coach, tenant, strategy, draft)
    return show(visit, "frame.html", name=None, strategy_id=None, cycle=None, mode=None, pasted=(frame, text), **seen)


@router.get("/strategy/{strategy_id}")
def frame(
    coach: ReaderCoachDependency,
    tenant: ReaderDependency,
    visit: VisitDependency,
    strategy_id: str,
    mode: Mode = "rules",
) -> HTMLResponse:
    """Show a stored frame with the OKRs of its latest cycle on the map; a model is asked only where one wishes it."""
    stored = coach.strategies.get(tenant, strategy_id)
    draft, cycle = _latest(coach, tenant, strategy_id, mode)
    return show(
        visit,
        "frame.html",
        name=stored.name,
        strategy_id=strategy_id,
        cycle=cycle,
        mode=mode if draft and coach.models else None,
        pasted=None,
        **_seen(coach, tenant, stored.strategy, draft),
    )


@router.get("/strategy/{strategy_id}/map.{form}")
def picture(
    coach: ReaderCoachDependency, tenant: ReaderDependency, strategy_id: str, form: PictureForm, mode: Mode = "rules"
) -> Response:
    """Return the map of a stored frame as a file."""
    stored = coach.strategies.get(tenant, strategy_id)
    tree, _ = _tree(coach, tenant, stored.strategy, _latest(coach, tenant, strategy_id, mode)[0])
    return _file(coach, tree, form)


def _file(coach: Coach, tree: StrategyMap, form: PictureForm) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="map.{form}"', "Cache-Control": "no-cache"}
    return Response(coach.desk.map_as(tree, form), media_type=MEDIA_TYPES[form], headers=headers)


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


def _latest(coach: Coach, tenant: str, strategy_id: str, mode: Mode) -> tuple[Draft | None, str | None]:
    for stored in coach.cycles.list(tenant, strategy_id):
        objectives: tuple[Objective, ...] = stored.cycle.objectives
        if objectives:
            return Draft(objectives=objectives, language=stored.cycle.language, mode=mode), stored.cycle.name
    return None, None


def frame_in(text: str) -> Strategy:
    """Return the frame in a pasted text, YAML or Markdown; raise InputError where it holds none."""
    return read_strategy(text.encode(), "yaml" if _is_yaml(text) else "md")


def _read(frame: str, text: str) -> tuple[Strategy, Draft | None]:
    strategy = frame_in(frame)
    content = text.encode()
    return strategy, read_draft(content, format_of("", content)) if text.strip() else None


def _tree(coach: Coach, tenant: str, strategy: Strategy, draft: Draft | None) -> tuple[StrategyMap, Alignment | None]:
    """Return the map, and the alignment that it shows; without a draft the frame alone."""
    if draft is None:
        return map_of_frame(strategy), None
    framed = draft.within(strategy)
    alignment = coach.align(tenant, framed)
    return map_of(framed, alignment), alignment


def _seen(coach: Coach, tenant: str, strategy: Strategy, draft: Draft | None) -> dict[str, Any]:
    """Return what the page shows: notes, alignment, tree and picture."""
    tree, alignment = _tree(coach, tenant, strategy, draft)
    svg = Markup(as_sheets(draw_map(tree)))  # noqa: S704 - every text in it is escaped where it is written
    labels = {node.at: node.label for _, node in tree.frame.walk()}
    notes = coach.desk.review_frame(strategy)
    return {"notes": notes, "alignment": alignment, "tree": tree, "picture": svg, "labels": labels}
