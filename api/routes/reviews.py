"""`/v1/reviews`: review a draft, fetch a review, delete it."""

import json
import time
from collections.abc import Iterator
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool

from api.dependencies import DraftDependency, MetricsDependency, TenantCoachDependency, TenantDependency
from api.events import MEDIA_TYPE, Event, event_response, wants_events
from api.metrics import Metrics
from coach.okr import Draft
from coach.review import Review
from coach.wiring import Coach

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


@router.post(
    "/reviews",
    status_code=201,
    response_model=Review,
    openapi_extra=_BODY,
    responses={201: {"content": {MEDIA_TYPE: {"schema": {"type": "string"}}}}},
)
async def create_review(
    request: Request,
    coach: TenantCoachDependency,
    tenant: TenantDependency,
    draft: DraftDependency,
    metrics: MetricsDependency,
) -> Response:
    """Review a draft: findings with spans and questions, kinds, rewrites, citations. The review is stored.

    Asked for `text/event-stream`, it sends the review by the rules at once where a model takes part (event `review`),
    then the stored one (`review`), then `done` with its id; a failure midway is an `error` with a problem.
    """
    if wants_events(request):
        return await event_response(request, _steps(coach, tenant, draft, metrics))
    return await run_in_threadpool(_reviewed, coach, tenant, draft, metrics)


def _reviewed(coach: Coach, tenant: str, draft: Draft, metrics: Metrics) -> Response:
    muted = coach.muted(tenant)
    started = time.thread_time()
    review = coach.review(tenant, draft, muted=muted)
    spent = (time.thread_time() - started) * 1000
    metrics.reviewed(review)
    stored = coach.reviews.add(tenant, draft, review)
    headers = {"Location": f"/v1/reviews/{stored.id}", "Server-Timing": f'review;dur={spent:.2f};desc="CPU"'}
    return Response(stored.json, status_code=201, media_type="application/json", headers=headers)


def _steps(coach: Coach, tenant: str, draft: Draft, metrics: Metrics) -> Iterator[Event]:
    """Yield each review as an event; the last one is stored."""
    steps = coach.streamed(tenant, draft)
    if coach.critic.asks_model(draft):
        yield Event("review", next(steps).model_dump_json())
    review = next(steps)
    metrics.reviewed(review)
    stored = coach.reviews.add(tenant, draft, review)
    yield Event("review", stored.json)
    yield Event("done", json.dumps({"id": stored.id}))


@router.get("/reviews/{review_id}", response_model=Review)
def get_review(coach: TenantCoachDependency, tenant: TenantDependency, review_id: str) -> Response:
    """Return a stored review of this tenant."""
    return Response(coach.reviews.get(tenant, review_id).json, media_type="application/json")


@router.delete("/reviews/{review_id}", status_code=204)
def delete_review(coach: TenantCoachDependency, tenant: TenantDependency, review_id: str) -> None:
    """Delete a stored review of this tenant, the feedback on it, and what models answered about its draft."""
    coach.delete_review(tenant, review_id)
