"""Objectives that a room begins with: those of its plan, those in files, those of earlier reviews."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import PurePath
from typing import Any

from coach.errors import InputError, NotFound, Problem, TooLarge
from coach.formats.reading import FORMATS, format_by_name, format_of, read_draft
from coach.okr import Objective
from coach.review import Review
from coach.store import ReviewStore
from coach.workshop.plan import Plan

MAX_FILE = 2_000_000


def objectives_in(files: Iterable[tuple[str, bytes]]) -> list[dict[str, Any]]:
    """Return what is in files, by their names and contents, as a plan has it; problems point to `/files/N`."""
    objectives: list[dict[str, Any]] = []
    for index, (name, content) in enumerate(files):
        with _pointing_to(f"/files/{index}"):
            objectives.extend(_read(name, content))
    return objectives


def draft_pasted(text: str) -> list[dict[str, Any]]:
    """Return what somebody pasted, as a plan has it; problems point to `/draft`."""
    with _pointing_to("/draft"):
        return _objectives(text.encode("utf-8", "replace"), "md")


@contextmanager
def _pointing_to(place: str) -> Iterator[None]:
    try:
        yield
    except InputError as error:
        raise type(error)([each._replace(pointer=f"{place}{each.pointer}") for each in error.problems]) from error


def prepared(plan: Plan, reviews: ReviewStore, tenant: str) -> tuple[Objective, ...]:
    """Return the objectives of the plan, then those of the tenant's reviews that it names."""
    return (*plan.objectives, *_reviewed(plan, reviews, tenant))


def _read(name: str, content: bytes) -> list[dict[str, Any]]:
    if len(content) > MAX_FILE:
        raise TooLarge([Problem("", f"is over {MAX_FILE} bytes", "too-large")])
    if not content.strip():
        raise InputError([Problem("", "is empty", "empty-draft")])
    kind = format_of(name, content)
    if kind not in FORMATS or (PurePath(name).suffix and format_by_name(name) is None):
        raise InputError([Problem("", f"is none of {', '.join(FORMATS)}", "unknown-format")])
    return _objectives(content, kind)


def _objectives(content: bytes, kind: str) -> list[dict[str, Any]]:
    objectives: list[dict[str, Any]] = read_draft(content, kind).model_dump(mode="json")["objectives"]
    return objectives


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
