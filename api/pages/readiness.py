"""`/readiness`: the self-check as a form, and what comes of it. Nothing is stored."""

from collections.abc import Callable
from typing import Any, NamedTuple

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse
from markupsafe import Markup

from api.pages.form import FormDependency
from api.pages.page import show
from api.pages.reader import ReaderCoachDependency
from api.pages.visit import VisitDependency
from coach.cycle import parse_as
from coach.language import Language
from coach.strategy.drawing import draw_radar
from coach.strategy.readiness import Readiness, ReadinessRequest, Standing, items
from coach.strategy.report import DOCX, MARKDOWN, as_docx, as_markdown, spokes
from coach.strategy.svg import as_svg
from coach.strategy.words import say

router = APIRouter(include_in_schema=False)
_LONGEST = 2_000


class _File(NamedTuple):
    ending: str
    media_type: str
    write: Callable[[Readiness], str | bytes]


_FILES = {"markdown": _File("md", MARKDOWN, as_markdown), "docx": _File("docx", DOCX, as_docx)}


@router.get("/readiness")
def form(_coach: ReaderCoachDependency, visit: VisitDependency) -> HTMLResponse:
    """Show the questions."""
    return show(visit, "readiness.html", found=None, picture=None, fields={}, **_words(visit.language))


@router.post("/readiness")
def evaluated(coach: ReaderCoachDependency, visit: VisitDependency, fields: FormDependency) -> Response:
    """Show where stumbling blocks lie and which first steps help, above the answers given; or return it as a file."""
    answers = {}
    for item in items():
        scale, text = fields.get(f"{item.id}-scale", ""), fields.get(f"{item.id}-text", "").strip()[:_LONGEST]
        if scale in set("12345") or text:
            answers[item.id] = {"scale": int(scale) if scale in set("12345") else None, "text": text or None}
    found = coach.desk.readiness(parse_as(ReadinessRequest, {"language": visit.language, "answers": answers}))
    if form := _FILES.get(fields.get("form", "")):
        content: str | bytes = form.write(found)
        headers = {"Content-Disposition": f'attachment; filename="readiness.{form.ending}"'}
        return Response(content, media_type=form.media_type, headers=headers)
    title = say(visit.language, "readiness.title")
    picture = Markup(as_svg(draw_radar(spokes(found), title=title)))  # noqa: S704 - every text in it is escaped
    return show(
        visit,
        "readiness.html",
        found=found,
        picture=picture,
        told=_told(found),
        fields=fields,
        **_words(visit.language),
    )


def _told(found: Readiness) -> list[tuple[str | None, list[Standing]]]:
    """Return what the handbook says, each passage once with the standings it belongs to; and what was heard."""
    told: dict[str, list[Standing]] = {}
    for standing in found.standings:
        block = standing.id in found.blocks
        if block or standing.heard:
            told.setdefault((standing.says if block else None) or "", []).append(standing)
    return [(said or None, standings) for said, standings in told.items()]


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
