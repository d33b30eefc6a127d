"""The agenda of a workshop: rounds in order, and what participants may do in each."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from coach.okr import Strict, Text

MAX_ROUNDS = 60


class RoundKind(StrEnum):
    """What a round is for."""

    DRAFT = "draft"
    PRIVATE_CHECK = "private-check"
    SPOTLIGHT = "spotlight"
    VOTE = "vote"
    REVEAL = "reveal"
    REWRITE = "rewrite"
    DOT_VOTE = "dot-vote"
    WRAP_UP = "wrap-up"


class Round(Strict):
    """One round as planned; after `minutes` the timer says so and nothing stops (a soft end)."""

    kind: RoundKind
    minutes: Annotated[float, Field(gt=0, le=240)] = 5.0
    note: Text = ""


Agenda = Annotated[tuple[Round, ...], Field(min_length=1, max_length=MAX_ROUNDS)]

USUAL: tuple[Round, ...] = (
    Round(kind=RoundKind.DRAFT, minutes=10),
    Round(kind=RoundKind.PRIVATE_CHECK, minutes=5),
    Round(kind=RoundKind.SPOTLIGHT, minutes=2),
    Round(kind=RoundKind.VOTE, minutes=2),
    Round(kind=RoundKind.REVEAL, minutes=5),
    Round(kind=RoundKind.REWRITE, minutes=8),
    Round(kind=RoundKind.DOT_VOTE, minutes=3),
    Round(kind=RoundKind.WRAP_UP, minutes=10),
)

WRITING = frozenset({RoundKind.DRAFT, RoundKind.PRIVATE_CHECK, RoundKind.SPOTLIGHT})
ALLOWED: Mapping[str, frozenset[RoundKind]] = {
    "hand-in": WRITING,
    "guess": frozenset({RoundKind.VOTE}),
    "suggest": frozenset({RoundKind.REVEAL, RoundKind.REWRITE}),
    "place-dots": frozenset({RoundKind.DOT_VOTE}),
    "park": frozenset(RoundKind),
    "set-name": frozenset(RoundKind),
}
"""In which rounds a participant's command is taken; before the first round only a name is set or something parked."""

BEFORE_START = frozenset({"park", "set-name"})
