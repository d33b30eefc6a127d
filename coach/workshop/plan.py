"""How a workshop is created, what its creator gets, and what lies beside the room: private drafts."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, ValidationError

from coach.errors import InputError
from coach.okr import Objective, Strict, Text, WrittenText, problems_of
from coach.workshop.agenda import USUAL, Agenda
from coach.workshop.commands import CardLevel, Id

RETENTION_DAYS = 30


class Plan(Strict):
    """A workshop as it is asked for; `objectives` become cards that are shown from the start."""

    title: Annotated[WrittenText, Field(max_length=200)]
    language: Literal["de", "en"] = "de"
    agenda: Agenda = USUAL
    objectives: Annotated[tuple[Objective, ...], Field(max_length=100)] = ()
    reviews: Annotated[tuple[Id, ...], Field(max_length=50)] = ()
    """Earlier reviews of the same tenant, whose objectives become cards too."""
    names_allowed: bool = False
    moderated: bool = True
    labels_kept: bool = False
    """Whether the room's guesses may be exported as labels for evals."""
    dots: Annotated[int, Field(ge=1, le=20)] = 3
    retention_days: Annotated[int, Field(ge=1, le=365)] = RETENTION_DAYS


class Created(Strict):
    """A new workshop; the secret of the host's link is shown once."""

    id: str
    code: str
    host_secret: str
    expires_at: datetime


class Admitted(Strict):
    """What a phone keeps so that its owner stays the same participant; stored nowhere else."""

    code: str
    token: str


class Acted(Strict):
    """What a command did: the room's number after it, ids of what is new, a secret where a host was invited.

    `degraded`: why alternatives that a model was asked for come from the rules, in the room's language.
    """

    number: int
    ids: tuple[str, ...] = ()
    secret: str | None = None
    degraded: str | None = None


class ListedWorkshop(Strict):
    """A workshop in a tenant's list."""

    id: str
    code: str
    title: str
    created_at: datetime
    expires_at: datetime


class SentDraft(Strict):
    """A card that I am writing; nobody else sees it before I hand it in."""

    level: CardLevel = "key_result"
    objective: Id | None = None
    text: Text = ""


class PrivateDraft(SentDraft):
    """A private draft as stored under the digest of my token."""

    id: str


def parse_plan(value: object) -> Plan:
    """Return the plan in parsed JSON or YAML, or raise InputError with a pointer per fault."""
    try:
        return Plan.model_validate(value)
    except ValidationError as error:
        raise InputError(problems_of(error, body=value)) from error


def parse_private_draft(value: object) -> SentDraft:
    """Return the private draft in parsed JSON, or raise InputError with a pointer per fault."""
    try:
        return SentDraft.model_validate(value)
    except ValidationError as error:
        raise InputError(problems_of(error, body=value)) from error
