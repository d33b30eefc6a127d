"""What an alignment says: links with quoted words on both sides, loose ends, gaps, decisions turned round."""

from typing import Annotated, Literal

from pydantic import Field

from coach.language import Language
from coach.okr import Strict
from coach.review import Citation, Finding, Provenance, Span
from coach.strategy.elements import Element


class Quote(Strict):
    """Words of the frame: the element's place, and the words as they stand there."""

    at: str
    text: str


class Link(Strict):
    """A text serves an element: how strongly (0–1), with the words on both sides, and why in a sentence.

    `reason`: what a model says of it, where one confirmed or added it.
    """

    element: str
    layer: str
    strength: Annotated[float, Field(ge=0, le=1)]
    said: Span
    asked: Quote
    why: str
    source: Literal["rule", "model"] = "rule"
    reason: str | None = None


class Conflict(Strict):
    """A text turns round a trade-off that the frame states."""

    at: str
    said: Span
    trade_off: Quote
    message: str
    question: str


class AlignedText(Strict):
    """An objective or key result, its place in the draft, what it serves (strongest first) and what is off."""

    at: str
    level: Literal["objective", "key_result"]
    text: str
    links: tuple[Link, ...] = ()
    findings: tuple[Finding, ...] = ()


class DismissedLink(Strict):
    """A link that the rules saw and a model did not confirm."""

    at: str
    element: str
    reason: str


class Unserved(Strict):
    """An element of the frame that nothing in the draft serves."""

    element: str
    layer: str
    text: str
    message: str
    question: str


class AlignmentCounts(Strict):
    """Counts over the whole alignment."""

    texts: int
    served: int
    elements: int
    unserved: int


class Alignment(Strict):
    """What `POST /v1/strategy/alignment` answers. `by`: whether vectors or words alone found the links."""

    language: Language
    texts: tuple[AlignedText, ...]
    unserved: tuple[Unserved, ...]
    conflicts: tuple[Conflict, ...]
    elements: tuple[Element, ...]
    citations: tuple[Citation, ...]
    summary: AlignmentCounts
    message: str
    by: Literal["meaning", "words"]
    dismissed: tuple[DismissedLink, ...] = ()
    degraded: str | None = None
    provenance: Provenance
