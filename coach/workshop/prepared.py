"""Objectives that a room begins with: those of its plan, and those of earlier reviews."""

from coach.errors import InputError, NotFound, Problem
from coach.okr import Objective
from coach.review import Review
from coach.store import ReviewStore
from coach.workshop.plan import Plan


def prepared(plan: Plan, reviews: ReviewStore, tenant: str) -> tuple[Objective, ...]:
    """Return the objectives of the plan, then those of the tenant's reviews that it names."""
    return (*plan.objectives, *_reviewed(plan, reviews, tenant))


def _reviewed(plan: Plan, reviews: ReviewStore, tenant: str) -> list[Objective]:
    objectives: list[Objective] = []
    for index, identifier in enumerate(plan.reviews):
        try:
            review = Review.model_validate_json(reviews.get(tenant, identifier).json)
        except NotFound as error:
            raise InputError([Problem(f"/reviews/{index}", str(error), "not-found")]) from error
        objectives.extend(
            Objective.model_validate(
                {"objective": each.objective, "key_results": [key_result.text for key_result in each.key_results]}
            )
            for each in review.objectives
        )
    return objectives
