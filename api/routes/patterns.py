"""`/v1/patterns`: the failure patterns that the coach knows."""

from fastapi import APIRouter
from pydantic import BaseModel

from api.dependencies import TenantCoachDependency
from coach.catalog import FailurePattern, PatternText
from coach.language import Language
from coach.review import Level

router = APIRouter(tags=["knowledge"])


class PatternSummary(BaseModel):
    """A pattern in a list."""

    slug: str
    level: Level
    severity: dict[str, str]
    detector: str
    names: dict[Language, str]


class PatternPage(PatternSummary):
    """A pattern with its pages in both languages."""

    related: tuple[str, ...]
    sources: tuple[str, ...]
    text: dict[Language, PatternText]


@router.get("/patterns")
def list_patterns(coach: TenantCoachDependency) -> list[PatternSummary]:
    """List every failure pattern."""
    return [PatternSummary.model_validate(_summary(pattern)) for pattern in coach.catalog.patterns.values()]


@router.get("/patterns/{slug}")
def get_pattern(coach: TenantCoachDependency, slug: str) -> PatternPage:
    """Return one failure pattern, also by a former slug."""
    pattern = coach.catalog.pattern(slug)
    return PatternPage.model_validate(
        {**_summary(pattern), "related": pattern.related, "sources": pattern.sources, "text": pattern.text}
    )


def _summary(pattern: FailurePattern) -> dict[str, object]:
    return {
        "slug": pattern.slug,
        "level": pattern.level,
        "severity": pattern.severity,
        "detector": pattern.detector.kind,
        "names": {language: text.name for language, text in pattern.text.items()},
    }
