"""What people write: drafts of objectives and key results, and the context around them."""

import re
from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    PlainValidator,
    ValidationError,
    WithJsonSchema,
    field_validator,
    model_validator,
)
from pydantic_core import ErrorDetails, PydanticCustomError

from coach.errors import InputError, Problem

MAX_TEXT = 2_000
MAX_NOTES = 20_000
MAX_OBJECTIVES = 100
MAX_KEY_RESULTS = 200
MAX_IDENTIFIER = 200
MAX_DRAFT = 200_000

_VISIBLE = re.compile(r"[^\s\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")


class Strict(BaseModel):
    """Frozen, and no unknown keys: a misspelt field is an error, never silence."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def _unicode(text: str) -> str:
    if "\x00" in text:
        raise ValueError("contains a NUL character")
    if found := _SURROGATE.search(text):
        raise ValueError(f"contains a lone surrogate at position {found.start()}: not valid Unicode")
    return text


def _written(text: str) -> str:
    if not _VISIBLE.search(text):
        raise ValueError("is empty")
    return text


def _identifier(value: object) -> str | int:
    """Return a caller's own id as it came: a text or a whole number."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise PydanticCustomError("string_type", "must be a text or a whole number")
    if isinstance(value, int):
        return value
    if len(value) > MAX_IDENTIFIER:
        raise PydanticCustomError("string_too_long", "too long", {"max_length": MAX_IDENTIFIER})
    if _SURROGATE.search(value):
        raise PydanticCustomError("string_unicode", "no Unicode")
    return _unicode(value)


Text = Annotated[str, Field(max_length=MAX_TEXT), AfterValidator(_unicode)]
WrittenText = Annotated[Text, AfterValidator(_written)]
Notes = Annotated[str, Field(max_length=MAX_NOTES), AfterValidator(_unicode)]
Identifier = Annotated[
    str | int,
    PlainValidator(_identifier),
    WithJsonSchema({"anyOf": [{"type": "string", "maxLength": MAX_IDENTIFIER}, {"type": "integer"}]}),
]


class KeyResult(Strict):
    """One key result as written; `baseline` and `target` where the caller's tool keeps them apart."""

    text: WrittenText
    baseline: Text | None = None
    target: Text | None = None

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, value: Any) -> Any:
        if isinstance(value, str):
            return {"text": value}
        if not isinstance(value, dict | KeyResult):
            raise PydanticCustomError("key_result_type", "must be a text, or an object with a text")
        return value


class Objective(Strict):
    """One objective with its key results."""

    id: Identifier | None = None
    objective: WrittenText
    key_results: Annotated[tuple[KeyResult, ...], Field(max_length=MAX_KEY_RESULTS)] = ()


Perspective = Literal["finance", "customer", "process", "learning"]


class ScorecardGoal(Strict):
    """A goal of the Balanced Scorecard in one perspective, with its KPIs."""

    perspective: Perspective
    goal: WrittenText
    kpis: Annotated[tuple[Text, ...], Field(max_length=50)] = ()


class EconomicDirection(Strict):
    """HED, the High-Level Economic Direction: the economic logic and what is put over what."""

    economic_logic: Text | None = None
    north_star_metric: Text | None = None
    trade_offs: Annotated[tuple[Text, ...], Field(max_length=50)] = ()
    health_metric: Text | None = None


class MidtermDirection(Strict):
    """MED, the MidTerm Economic Direction: the field that pays in, and whom to learn from."""

    field: Text | None = None
    worthy_rivals: Annotated[tuple[Text, ...], Field(max_length=50)] = ()
    trade_offs: Annotated[tuple[Text, ...], Field(max_length=50)] = ()
    health_metric: Text | None = None


class CycleFocus(Strict):
    """A cycle of three to six months and what it concentrates on."""

    name: WrittenText
    focus: Text | None = None


class Strategy(Strict):
    """The frame that OKRs stand in, from vision to scorecard. `kpis`: figures that belong to no goal."""

    vision: Text | None = None
    purpose: Text | None = None
    hed: EconomicDirection | None = None
    med: MidtermDirection | None = None
    moal: Text | None = None
    scorecard: Annotated[tuple[ScorecardGoal, ...], Field(max_length=100)] = ()
    kpis: Annotated[tuple[Text, ...], Field(max_length=200)] = ()
    cycles: Annotated[tuple[CycleFocus, ...], Field(max_length=50)] = ()


class ParentOKR(Strict):
    """An OKR of the level above."""

    objective: WrittenText
    key_results: Annotated[tuple[Text, ...], Field(max_length=MAX_KEY_RESULTS)] = ()


class Context(Strict):
    """What the caller knows beyond the draft."""

    strategy: Strategy | None = None
    kpis: Annotated[tuple[Text, ...], Field(max_length=200)] = ()
    parents: Annotated[tuple[ParentOKR, ...], Field(max_length=50)] = ()
    notes: Notes | None = None


class Draft(Strict):
    """A draft as sent: `{"objective": …, "key_results": […]}` is short for one objective."""

    id: Identifier | None = None
    language: Literal["auto", "de", "en"] = "auto"
    mode: Literal["rules", "auto", "llm"] = "auto"
    profile: Annotated[str, Field(max_length=100)] | None = None
    rewrite: bool = True
    objectives: Annotated[tuple[Objective, ...], Field(min_length=1, max_length=MAX_OBJECTIVES)]
    context: Context = Context()

    @model_validator(mode="before")
    @classmethod
    def _from_shorthand(cls, value: Any) -> Any:
        if isinstance(value, dict) and _is_shorthand(value):
            inner = {key: value[key] for key in ("objective", "key_results") if key in value}
            outer = {key: value[key] for key in value if key not in inner}
            return {**outer, "objectives": [inner]}
        return value

    @field_validator("objectives")
    @classmethod
    def _not_a_book(cls, objectives: tuple[Objective, ...]) -> tuple[Objective, ...]:
        size = sum(len(o.objective) + sum(len(kr.text) for kr in o.key_results) for o in objectives)
        if size > MAX_DRAFT:
            raise ValueError(f"hold {size} characters in all, over the limit of {MAX_DRAFT}; send several drafts")
        return objectives

    def within(self, strategy: Strategy) -> "Draft":
        """Return the draft in a frame."""
        return self.model_copy(update={"context": self.context.model_copy(update={"strategy": strategy})})

    def texts(self) -> tuple[str, ...]:
        """Return every objective and key result, in order."""
        return tuple(
            text
            for objective in self.objectives
            for text in (objective.objective, *(kr.text for kr in objective.key_results))
        )


_SHORTHAND = ("objectives", 0)


def pointer(location: Sequence[str | int]) -> str:
    """Return the JSON pointer (RFC 6901) of a location, e.g. `/objectives/0/key_results/2`."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in location)


def _is_shorthand(body: object) -> bool:
    return isinstance(body, dict) and "objective" in body and "objectives" not in body


def problems_of(error: ValidationError, *, body: object = None) -> tuple[Problem, ...]:
    """Return what pydantic found as problems; pointers follow the body as it was sent."""
    faults = error.errors(include_url=False, include_input=False)
    places = [tuple(fault["loc"]) for fault in faults]
    found = []
    for fault, location in zip(faults, places, strict=True):
        if fault["type"] == "too_short" and any(p != location and p[: len(location)] == location for p in places):
            continue  # a list is not too short because its items are bad
        sent = location[2:] if _is_shorthand(body) and location[:2] == _SHORTHAND else location
        found.append(Problem(pointer(_standing(sent, body)), _in_words(fault), fault["type"]))
    return tuple(found)


def _in_words(fault: ErrorDetails) -> str:
    """Return what is wrong with a field as its sender would say it."""
    limits = fault.get("ctx", {})
    words = {
        "missing": "is missing",
        "extra_forbidden": "is no known field",
        "string_type": "must be a text",
        "string_unicode": "is not valid Unicode text (a lone surrogate?)",
        "string_too_long": f"is longer than {limits.get('max_length')} characters",
        "too_short": "must not be empty",
        "too_long": f"has more than {limits.get('max_length')} items",
        "tuple_type": "must be a list",
        "model_type": "must be an object",
        "model_attributes_type": "must be an object",
        "bool_type": "must be true or false",
    }
    return words.get(fault["type"], fault["msg"].removeprefix("Value error, "))


def _standing(location: tuple[str | int, ...], body: object) -> tuple[str | int, ...]:
    """Return a location without what lies inside a text: a key result sent as a text has no field `text`."""
    node: Any = body
    for depth, part in enumerate(location):
        if isinstance(node, str):
            return location[:depth]
        try:
            node = node[part]
        except (KeyError, IndexError, TypeError):
            break
    return location


def parse_draft(value: object) -> Draft:
    """Return the draft in parsed JSON or YAML, or raise InputError with a pointer per fault."""
    try:
        return Draft.model_validate(value)
    except ValidationError as error:
        raise InputError(problems_of(error, body=value)) from error
