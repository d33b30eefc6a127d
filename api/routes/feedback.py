"""`/v1/reviews/{id}/feedback`: what a team says of the findings of a review."""

from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel

from api.dependencies import CoachDependency, RemarksDependency, TenantDependency
from coach.feedback import Remarks, StoredRemark

router = APIRouter(tags=["reviews"])

_BODY: dict[str, Any] = {
    "requestBody": {"required": True, "content": {"application/json": {"schema": Remarks.model_json_schema()}}}
}


class Feedback(BaseModel):
    """The remarks on a review, as stored."""

    findings: tuple[StoredRemark, ...]


@router.post("/reviews/{review_id}/feedback", status_code=201, openapi_extra=_BODY)
def give_feedback(
    coach: CoachDependency, tenant: TenantDependency, review_id: str, remarks: RemarksDependency
) -> Feedback:
    """Accept or reject findings, or comment on them; a later remark on a finding replaces the earlier one."""
    return Feedback(findings=coach.feedback.add(tenant, review_id, remarks.findings))


@router.get("/reviews/{review_id}/feedback")
def get_feedback(coach: CoachDependency, tenant: TenantDependency, review_id: str) -> Feedback:
    """Return what was said of the findings of a review of this tenant."""
    return Feedback(findings=coach.feedback.list(tenant, review_id))
