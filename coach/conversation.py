"""A conversation: its turns, the draft that grows in it with every version, and what is streamed of a turn."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from coach.okr import MAX_KEY_RESULTS, MAX_OBJECTIVES, Context, KeyResult, Objective, Strict, Text, WrittenText
from coach.review import Citation, Finding, Review

MAX_MESSAGE = 20_000

ElementId = Annotated[str, Field(pattern=r"^[ok]\d{1,6}$")]
Address = Literal["du", "sie"]


class TurnKind(StrEnum):
    """What a turn was taken for; decided by our own code, never by a model."""

    QUESTION = "question"
    DRAFT = "draft"
    ANSWER = "answer"
    REWRITE = "rewrite"
    LOOKS_GOOD = "looks_good"
    ACCEPT = "accept"
    REJECT = "reject"
    UNDO = "undo"
    EDIT = "edit"
    LANGUAGE = "language"
    BOUNDARY = "boundary"
    OFF_TOPIC = "off_topic"
    COURTESY = "courtesy"
    OVERRIDE = "override"


class Slot(StrEnum):
    """What the coach wants to know of an element, in the order it asks."""

    PEOPLE = "people"
    CHANGE = "change"
    OBSERVATION = "observation"
    BASELINE = "baseline"
    TARGET = "target"
    WITNESS = "witness"
    GUARDRAIL = "guardrail"
    STRATEGY = "strategy"
    MEANS = "means"


class WorkingKeyResult(Strict):
    """A key result of the working draft; its id stays while its words change."""

    id: ElementId
    text: WrittenText
    baseline: Text | None = None
    target: Text | None = None


class WorkingObjective(Strict):
    """An objective of the working draft; `text` is None while only its key results are known."""

    id: ElementId
    text: WrittenText | None = None
    key_results: Annotated[tuple[WorkingKeyResult, ...], Field(max_length=MAX_KEY_RESULTS)] = ()


class WorkingDraft(Strict):
    """What is on the table; may still be empty."""

    objectives: Annotated[tuple[WorkingObjective, ...], Field(max_length=MAX_OBJECTIVES)] = ()

    def texts(self) -> dict[str, str]:
        """Return every text by the id of its element, in reading order; an objective not yet known is missing."""
        found = {}
        for objective in self.objectives:
            if objective.text is not None:
                found[objective.id] = objective.text
            found |= {key_result.id: key_result.text for key_result in objective.key_results}
        return found

    def known_objectives(self, *, unknown: str) -> tuple[Objective, ...]:
        """Return the objectives as a review takes them; `unknown` stands where one is not yet known."""
        return tuple(
            Objective(
                id=objective.id,
                objective=objective.text or unknown,
                key_results=tuple(
                    KeyResult(text=each.text, baseline=each.baseline, target=each.target)
                    for each in objective.key_results
                ),
            )
            for objective in self.objectives
        )


class DraftVersion(Strict):
    """One version of the working draft. `parent`: the version that undo leads back to."""

    number: Annotated[int, Field(ge=1)]
    parent: Annotated[int, Field(ge=1)] | None = None
    turn: Annotated[int, Field(ge=0)]
    origin: Literal["pasted", "accepted", "edited", "undone", "imported"]
    draft: WorkingDraft


class Raised(Strict):
    """The one finding that a turn raises, and the element it is about (None: the whole draft)."""

    element: ElementId | None
    finding: Finding


class Question(Strict):
    """The one question that a turn asks, what it is after, and the element it is about."""

    text: str
    slot: Slot | None = None
    element: ElementId | None = None
    objective: ElementId | None = None
    pattern: str | None = None


class DiffPiece(Strict):
    """A stretch of a text that an edit keeps, deletes or inserts."""

    change: Literal["same", "deleted", "inserted"]
    text: str


class Edit(Strict):
    """A change of one element. `before` None: added; `after` None: removed; `objective`: where an added one goes."""

    element: ElementId
    before: str | None
    after: WrittenText | None
    objective: ElementId | None = None
    diff: tuple[DiffPiece, ...] = ()
    placeholders: tuple[str, ...] = ()


class Option(Strict):
    """One way to go: edits that belong together, and whether the review of the result is clean there."""

    edits: tuple[Edit, ...]
    status: Literal["verified", "unverified", "scaffold"]
    source: Literal["rules", "model", "user"] = "rules"


class Proposal(Strict):
    """Edits offered and not yet made, one or two options; the draft changes only when one is accepted."""

    id: str
    version: Annotated[int, Field(ge=0)]
    options: Annotated[tuple[Option, ...], Field(min_length=1, max_length=2)]


class Reply(Strict):
    """What the coach said in a turn. `degraded`: why the model's words were not used, for
    people to read."""

    text: str
    raised: Raised | None = None
    question: Question | None = None
    citations: tuple[Citation, ...] = ()
    proposal: Proposal | None = None
    version: DraftVersion | None = None
    review: Review | None = None
    source: Literal["guided", "model"] = "guided"
    degraded: str | None = None


class Action(Strict):
    """What a person did by button or API rather than by words."""

    do: Literal["accept", "reject", "undo", "edit", "language"]
    proposal: str | None = None
    option: Annotated[int, Field(ge=0, le=1)] = 0
    element: ElementId | None = None
    text: Text | None = None
    language: Literal["de", "en"] | None = None


class Message(Strict):
    """What a person sent: words, or an action, or both; a text or an action there must be."""

    text: Annotated[str, Field(max_length=MAX_MESSAGE)] = ""
    action: Action | None = None


class Turn(Strict):
    """One exchange: what a person said, and what the coach answered."""

    number: Annotated[int, Field(ge=1)]
    kind: TurnKind
    language: Literal["de", "en"]
    message: Message
    reply: Reply
    status: Literal["complete", "interrupted"] = "complete"
    created_at: datetime


class Known(Strict):
    """What a person has said about an element, in their words."""

    element: ElementId
    slot: Slot
    words: str
    language: Literal["de", "en"] = "en"


class Memory(Strict):
    """What the coach keeps between turns; its size depends on the draft, not on the length of the talk."""

    known: tuple[Known, ...] = ()
    asked: tuple[str, ...] = ()
    set_aside: tuple[str, ...] = ()
    pending: Question | None = None
    proposal: Proposal | None = None
    stuck: int = 0
    next_id: int = 1


class Opening(Strict):
    """How a conversation begins. `strategy_id`: a stored frame, in place of the one in the context."""

    language: Literal["auto", "de", "en"] = "auto"
    address: Address = "du"
    context: Context = Context()
    strategy_id: Annotated[str, Field(max_length=100)] | None = None
    profile: Annotated[str, Field(max_length=100)] | None = None


class Conversation(Strict):
    """The head of a conversation: all that a turn needs, without the turns before."""

    id: str
    created_at: datetime
    title: str = ""
    language: Literal["de", "en"]
    language_fixed: bool = False
    address: Address = "du"
    context: Context = Context()
    profile: str | None = None
    turns: Annotated[int, Field(ge=0)] = 0
    version: DraftVersion | None = None
    review: Review | None = None
    memory: Memory = Memory()

    @property
    def draft(self) -> WorkingDraft:
        """The working draft as it stands."""
        return self.version.draft if self.version else WorkingDraft()


class Step(Strict):
    """What a turn made of a conversation: the head after it, and the turn to be kept (with any new version)."""

    conversation: Conversation
    turn: Turn


class Export(Strict):
    """A whole conversation as JSON that can be imported again."""

    format: Literal["okr-coach-conversation/1"] = "okr-coach-conversation/1"
    conversation: Conversation
    versions: tuple[DraftVersion, ...] = ()
    turns: tuple[Turn, ...] = ()


class StartedEvent(Strict):
    """Somebody said something; first in every stream, so that whoever follows knows what is answered."""

    type: Literal["started"] = "started"
    number: int
    message: Message


class TokenEvent(Strict):
    """A piece of the answer's text. `text` of all token events of a turn, joined, is the reply's text."""

    type: Literal["token"] = "token"
    text: str


class FindingEvent(Strict):
    """The finding that the turn raises."""

    type: Literal["finding"] = "finding"
    raised: Raised


class CitationEvent(Strict):
    """A passage that the turn rests on."""

    type: Literal["citation"] = "citation"
    citation: Citation


class DraftEvent(Strict):
    """A new version of the draft with its review, or a proposal, or both."""

    type: Literal["draft"] = "draft"
    version: DraftVersion | None = None
    review: Review | None = None
    proposal: Proposal | None = None


class DoneEvent(Strict):
    """The turn as it is kept. `conversation`: the head to be stored with it; not part of what is sent."""

    type: Literal["done"] = "done"
    turn: Turn
    conversation: Annotated[Conversation | None, Field(exclude=True)] = None


class ErrorEvent(Strict):
    """The turn failed; nothing of it was kept but the message."""

    type: Literal["error"] = "error"
    code: str
    detail: str


Event = Annotated[
    StartedEvent | TokenEvent | FindingEvent | CitationEvent | DraftEvent | DoneEvent | ErrorEvent,
    Field(discriminator="type"),
]


def events_of(step: Step) -> Iterable[TokenEvent | FindingEvent | CitationEvent | DraftEvent | DoneEvent]:
    """Return a finished step as the events that a stream of it has."""
    reply = step.turn.reply
    if reply.raised:
        yield FindingEvent(raised=reply.raised)
    if reply.version or reply.proposal:
        yield DraftEvent(version=reply.version, review=reply.review, proposal=reply.proposal)
    for citation in reply.citations:
        yield CitationEvent(citation=citation)
    yield TokenEvent(text=reply.text)
    yield DoneEvent(turn=step.turn, conversation=step.conversation)
