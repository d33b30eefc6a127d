"""A cycle as it is written down: drafts, check-ins, review, retrospective.

About texts and what was learned, never about people: there is no field for a name, a grade or a bonus.
"""

from datetime import date
from typing import Annotated, Literal, Self, TypeVar

from pydantic import Field, ValidationError, model_validator

from coach.errors import InputError
from coach.language import Language
from coach.okr import MAX_OBJECTIVES, Notes, Objective, Strict, Text, WrittenText, problems_of

SHORTEST, LONGEST = 80, 190
Stage = Literal["drafting", "agreed", "reviewed", "reflected"]
Objectives = Annotated[tuple[Objective, ...], Field(max_length=MAX_OBJECTIVES)]


class Progress(Strict):
    """How sure the team is (1–10) that a key result will come true, and where it stands. By its numbers from 0."""

    objective: Annotated[int, Field(ge=0)]
    key_result: Annotated[int, Field(ge=0)]
    confidence: Annotated[int, Field(ge=1, le=10)]
    now: Text | None = None


class CheckIn(Strict):
    """A look at where things stand: what was learned, and a story from a customer."""

    day: date
    progress: Annotated[tuple[Progress, ...], Field(max_length=500)] = ()
    learned: Notes | None = None
    story: Notes | None = None


class Figure(Strict):
    """A KPI before and after a cycle, as written, and whether what people experience changed as hoped.

    `wanted`: which way it should go. `experienced`: what the team saw, not a grade.
    """

    kpi: WrittenText
    before: Text | None = None
    after: Text | None = None
    wanted: Literal["up", "down"] = "up"
    experienced: bool


class CycleReview(Strict):
    """What came of the key results, mirrored with the figures of the scorecard."""

    day: date
    figures: Annotated[tuple[Figure, ...], Field(max_length=200)] = ()
    learned: Notes | None = None


class Retrospective(Strict):
    """What the cycle was like: experience and stories first; `adaptations` go into the next draft."""

    day: date
    experience: Notes | None = None
    stories: Annotated[tuple[WrittenText, ...], Field(max_length=50)] = ()
    tried: Notes | None = None
    adaptations: Annotated[tuple[WrittenText, ...], Field(max_length=50)] = ()


class Cycle(Strict):
    """A cycle of three to six months. `carried`: what the cycle before wants this one to know."""

    name: WrittenText
    language: Language
    starts: date
    ends: date
    strategy_id: str | None = None
    carried: Annotated[tuple[WrittenText, ...], Field(max_length=50)] = ()
    drafted: Objectives = ()
    agreed: Objectives = ()
    check_ins: Annotated[tuple[CheckIn, ...], Field(max_length=200)] = ()
    review: CycleReview | None = None
    retrospective: Retrospective | None = None

    @model_validator(mode="after")
    def _three_to_six_months(self) -> Self:
        if not SHORTEST <= (self.ends - self.starts).days <= LONGEST:
            raise ValueError("lasts three to six months")
        return self

    @property
    def stage(self) -> Stage:
        """How far the cycle is."""
        if self.retrospective:
            return "reflected"
        if self.review:
            return "reviewed"
        return "agreed" if self.agreed else "drafting"

    @property
    def objectives(self) -> tuple[Objective, ...]:
        """The agreed objectives, before that the drafted ones."""
        return self.agreed or self.drafted


class NewCycle(Strict):
    """What starts a cycle."""

    name: WrittenText
    language: Language = "de"
    starts: date
    ends: date
    strategy_id: str | None = None
    objectives: Objectives = ()


class NextCycle(Strict):
    """What follows a cycle: its name and its dates."""

    name: WrittenText
    starts: date
    ends: date


class DraftedObjectives(Strict):
    """The objectives of a cycle as sent."""

    objectives: Annotated[tuple[Objective, ...], Field(min_length=1, max_length=MAX_OBJECTIVES)]


Sent = TypeVar("Sent", bound=Strict)


def parse_as(shape: type[Sent], value: object) -> Sent:
    """Return what was sent in its shape, or raise InputError with a pointer per fault."""
    try:
        return shape.model_validate(value)
    except ValidationError as error:
        raise InputError(problems_of(error, body=value)) from error
