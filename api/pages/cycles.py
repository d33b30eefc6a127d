"""`/cycles`: the cycles of an organisation, and one of them to read."""

from datetime import UTC, datetime

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from api.pages.page import show
from api.pages.reader import ReaderCoachDependency, ReaderDependency
from api.pages.texts import say as words
from api.pages.visit import Visit, VisitDependency
from coach.cycle import Cycle, Progress
from coach.strategy.words import say

router = APIRouter(include_in_schema=False)


@router.get("/cycles")
def cycles(coach: ReaderCoachDependency, tenant: ReaderDependency, visit: VisitDependency) -> HTMLResponse:
    """Show the cycles, latest first."""
    stored = coach.cycles.list(tenant)
    stages = {each.id: say(visit.language, f"cycle.stages.{each.cycle.stage}") for each in stored}
    return show(visit, "cycles.html", stored=stored, stages=stages)


@router.get("/cycles/{cycle_id}")
def cycle(
    coach: ReaderCoachDependency, tenant: ReaderDependency, visit: VisitDependency, cycle_id: str
) -> HTMLResponse:
    """Show a cycle: its OKRs, what was learned, what to ask next."""
    found = coach.cycles.get(tenant, cycle_id).cycle
    state = coach.desk.accompany(found, datetime.now(UTC).date())
    stage = say(visit.language, f"cycle.stages.{found.stage}")
    return show(visit, "cycle.html", cycle=found, state=state, stage=stage, courses=_courses(found, visit))


def _courses(cycle: Cycle, visit: Visit) -> dict[tuple[int, int], str]:
    """Return how confidence went and what was seen last, for each key result (objective, number) looked at."""
    seen: dict[tuple[int, int], list[Progress]] = {}
    for check_in in cycle.check_ins:
        for progress in check_in.progress:
            seen.setdefault((progress.objective, progress.key_result), []).append(progress)
    return {at: _course(looks, visit) for at, looks in seen.items()}


def _course(looks: list[Progress], visit: Visit) -> str:
    course = words(visit.language, "cycles.confidence", course=" → ".join(str(look.confidence) for look in looks))
    latest = next((look.now for look in reversed(looks) if look.now), None)
    return course + words(visit.language, "cycles.latest", now=latest) if latest else course
