"""`/v1/reviews`: review a draft, fetch a review."""

import time
from typing import Any

from fastapi import APIRouter, Response

from api.dependencies import DraftDependency, MetricsDependency, TenantCoachDependency, TenantDependency
from coach.okr import Draft
from coach.review import Review

router = APIRouter(tags=["reviews"])

_EXAMPLES = {
    "german": {
        "summary": "Ein Objective auf Deutsch",
        "value": {
            "objective": "Neue Mieter:innen kommen gut an",
            "key_results": ["Mieterportal bis Ende Q3 live schalten", "Umsatz um 12 % steigern"],
        },
    },
    "english": {
        "summary": "With context",
        "value": {
            "language": "en",
            "objectives": [
                {
                    "objective": "Callers get help the first time they ring",
                    "key_results": [{"text": "80% of callers say their request was settled", "baseline": "55%"}],
                }
            ],
            "context": {"kpis": ["NPS"]},
        },
    },
}
_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": Draft.model_json_schema(), "examples": _EXAMPLES}},
    }
}


@router.post("/reviews", status_code=201, response_model=Review, openapi_extra=_BODY)
def create_review(
    coach: TenantCoachDependency, tenant: TenantDependency, draft: DraftDependency, metrics: MetricsDependency
) -> Response:
    """Review a draft: findings with spans and questions, kinds, rewrites, citations. The review is stored."""
    muted = coach.muted(tenant)
    started = time.thread_time()
    review = coach.critic.review(draft, muted=muted)
    spent = (time.thread_time() - started) * 1000
    metrics.reviewed(review)
    stored = coach.reviews.add(tenant, draft, review)
    headers = {"Location": f"/v1/reviews/{stored.id}", "Server-Timing": f'review;dur={spent:.2f};desc="CPU"'}
    return Response(stored.json, status_code=201, media_type="application/json", headers=headers)


@router.get("/reviews/{review_id}", response_model=Review)
def get_review(coach: TenantCoachDependency, tenant: TenantDependency, review_id: str) -> Response:
    """Return a stored review of this tenant."""
    return Response(coach.reviews.get(tenant, review_id).json, media_type="application/json")
