"""`/readiness`: the self-check as a form, and what comes of it. Nothing is stored."""

from typing import Any

from fastapi import APIRouter
from fastapi.responses import HTMLResponse
from markupsafe import Markup

from api.pages.form import FormDependency
from api.pages.page import show
from api.pages.reader import ReaderCoachDependency
from api.pages.visit import VisitDependency
from coach.cycle import parse_as
from coach.language import Language
from coach.strategy.drawing import draw_radar
from coach.strategy.readiness import ReadinessRequest, items
from coach.strategy.report import spokes
from coach.strategy.svg import as_svg
from coach.strategy.words import say

router = APIRouter(include_in_schema=False)
_LONGEST = 2_000


@router.get("/readiness")
def form(_coach: ReaderCoachDependency, visit: VisitDependency) -> HTMLResponse:
    """Show the questions."""
    return show(visit, "readiness.html", found=None, picture=None, fields={}, **_words(visit.language))


@router.post("/readiness")
def evaluated(coach: ReaderCoachDependency, visit: VisitDependency, fields: FormDependency) -> HTMLResponse:
    """Show where stumbling blocks lie and which first steps help, above the answers given."""
    answers = {}
    for item in items():
        scale, text = fields.get(f"{item.id}-scale", ""), fields.get(f"{item.id}-text", "").strip()[:_LONGEST]
        if scale in set("12345") or text:
            answers[item.id] = {"scale": int(scale) if scale in set("12345") else None, "text": text or None}
    found = coach.desk.readiness(parse_as(ReadinessRequest, {"language": visit.language, "answers": answers}))
    title = say(visit.language, "readiness.title")
    picture = Markup(as_svg(draw_radar(spokes(found), title=title)))  # noqa: S704 - every text in it is escaped
    return show(visit, "readiness.html", found=found, picture=picture, fields=fields, **_words(visit.language))


def _words(language: Language) -> dict[str, Any]:
    groups = ("question", "factor", "do", "dont")
    return {
        "lead": say(language, "readiness.lead"),
        "groups": [
            (say(language, f"readiness.groups.{group}"), [item for item in items() if item.group == group])
            for group in groups
        ],
        "plan": say(language, "readiness.plan"),
        "when": {name: say(language, f"readiness.when.{name}") for name in ("week", "month", "quarter")},
    }
