"""What teams say of findings: texts about texts, without an author."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, ValidationError, model_validator

from coach.errors import InputError
from coach.language import Language
from coach.okr import Strict, WrittenText, problems_of


class Remark(Strict):
    """What is said of one finding: a verdict, a comment, or both."""

    fingerprint: str
    verdict: Literal["accept", "reject"] | None = None
    comment: WrittenText | None = None

    @model_validator(mode="after")
    def _says_something(self) -> "Remark":
        if self.verdict is None and self.comment is None:
            raise ValueError("has neither a verdict nor a comment")
        return self


class Remarks(Strict):
    """Feedback as sent: one remark per finding of a review."""

    findings: Annotated[tuple[Remark, ...], Field(min_length=1)]


class StoredRemark(Remark):
    """A remark as stored, with the pattern that it is about."""

    id: str
    review_id: str
    pattern: str
    created_at: datetime


class MutedPattern(Strict):
    """A pattern that a tenant does not want to hear of."""

    pattern: str
    created_at: datetime


class Example(Strict):
    """A finding that a team accepted or rejected, with the text that it was about."""

    pattern: str
    text: str
    words: str
    language: Language
    verdict: Literal["accept", "reject"]


def parse_remarks(value: object) -> Remarks:
    """Return the feedback in parsed JSON, or raise InputError with a pointer per fault."""
    try:
        return Remarks.model_validate(value)
    except ValidationError as error:
        raise InputError(problems_of(error, body=value)) from error
