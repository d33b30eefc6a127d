"""What comes back: findings with spans, rewrites with checks, citations, and the review as a whole."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, model_validator

from coach.okr import Strict
from coach.usage import Usage


class Kind(StrEnum):
    """What a key result is, by the labelling guide; `unsure` when the classifier abstains."""

    OUTCOME = "outcome"
    KPI = "kpi"
    OUTPUT = "output"
    ACTIVITY = "activity"
    VAGUE = "vague"
    UNSURE = "unsure"


KINDS = (Kind.OUTCOME, Kind.KPI, Kind.OUTPUT, Kind.ACTIVITY, Kind.VAGUE)


class Level(StrEnum):
    """What a failure pattern is about."""

    OBJECTIVE = "objective"
    KEY_RESULT = "key_result"
    SET = "set"
    PROCESS = "process"


class Severity(StrEnum):
    """How much a finding weighs."""

    ERROR = "error"
    WARNING = "warning"
    ADVICE = "advice"

    @property
    def weight(self) -> int:
        """0 for advice, 1 for a warning, 2 for an error."""
        return (Severity.ADVICE, Severity.WARNING, Severity.ERROR).index(self)

    def at_least(self, other: "Severity") -> bool:
        """Whether this weighs as much as `other` or more."""
        return self.weight >= other.weight


class Span(Strict):
    """Words of a text as sent: `text[start:end] == span.text`, counted in Unicode code points."""

    start: Annotated[int, Field(ge=0)]
    end: Annotated[int, Field(ge=0)]
    text: str

    @model_validator(mode="after")
    def _consistent(self) -> "Span":
        if self.end - self.start != len(self.text):
            raise ValueError("the span's text is not as long as the span")
        return self


class Finding(Strict):
    """One failure pattern seen in a text: what is left open, and one question that helps.

    `reason`: why a model confirmed or added it, in one sentence about the text.
    """

    pattern: str
    level: Level
    severity: Severity
    span: Span | None
    message: str
    question: str
    citations: tuple[str, ...] = ()
    source: Literal["rule", "classifier", "model"]
    confidence: Annotated[float, Field(ge=0, le=1)]
    fingerprint: str
    evidence: tuple[str, ...] = ()
    reason: str | None = None


class Dismissed(Strict):
    """A finding of the rules that a model holds to be wrong for this text. `at`: a JSON pointer into the draft."""

    pattern: str
    at: str
    reason: str


class Notice(Strict):
    """Something to know about a text that is no failure of it. `at`: a JSON pointer into the draft."""

    code: Literal["instructions-in-text"]
    severity: Severity = Severity.ADVICE
    at: str
    span: Span
    message: str


class Basis(Strict):
    """What a rewrite rests on: what changes for whom, how it is observed, and what is assumed; None where unsaid."""

    changes_for: str | None = None
    observed_by: str | None = None
    assumption: str | None = None


class Alternative(Basis):
    """Another wording that passed every check."""

    text: str
    placeholders: tuple[str, ...] = ()
    checks: dict[str, bool] = Field(default_factory=dict)


class Rewrite(Basis):
    """An offer beside the draft. `verified`: the review of the rewrite is clean.

    `hypotheses`: for a KPI, what is believed to move it, to choose from ("we believe that … because …").
    """

    text: str
    status: Literal["unchanged", "verified", "unverified", "scaffold"]
    placeholders: tuple[str, ...] = ()
    source: Literal["rules", "model"] = "rules"
    checks: dict[str, bool] = Field(default_factory=dict)
    alternatives: Annotated[tuple[Alternative, ...], Field(max_length=2)] = ()
    hypotheses: Annotated[tuple[str, ...], Field(max_length=3)] = ()


class KeyResultReview(Strict):
    """A key result with its kind, findings and rewrite. `likeliest`: the kind that an `unsure` one most probably is."""

    text: str
    kind: Kind
    likeliest: Kind | None = None
    confidence: Annotated[float, Field(ge=0, le=1)]
    findings: tuple[Finding, ...] = ()
    rewrite: Rewrite | None = None


class ObjectiveReview(Strict):
    """An objective with what was found in it, in its key results, and in the set they form."""

    id: str | int | None = None
    objective: str
    findings: tuple[Finding, ...] = ()
    rewrite: Rewrite | None = None
    key_results: tuple[KeyResultReview, ...] = ()
    set_findings: tuple[Finding, ...] = ()


class Citation(Strict):
    """A passage of the knowledge base that a finding rests on."""

    id: str
    type: Literal["article", "pattern", "transformation", "glossary"]
    slug: str
    language: Literal["de", "en"]
    heading: str
    sources: tuple[str, ...] = ()


class Summary(Strict):
    """Counts over the whole review."""

    objectives: int
    key_results: int
    kinds: dict[Kind, int]
    findings: int


class Provenance(Strict):
    """What the review was made with. `muted`: patterns that its tenant does not want to hear of.

    `dropped`: how many statements of a model failed its checks twice, by prompt; `usage`: the tokens of all `calls`;
    `cached`: whether the models' answers were kept from an exact repeat, so that nothing was asked this time.
    """

    catalog: str
    classifier: str
    prompts: dict[str, str] = Field(default_factory=dict)
    model: str | None = None
    calls: int = 0
    usage: Usage | None = None
    dropped: dict[str, int] = Field(default_factory=dict)
    cached: bool = False
    muted: tuple[str, ...] = ()


class Review(Strict):
    """The coach's answer to a draft."""

    id: str | int
    draft_id: str | int | None = None
    language: Literal["de", "en"]
    mode: Literal["rules", "auto", "llm"]
    profile: str
    degraded: str | None = None
    objectives: tuple[ObjectiveReview, ...]
    set_findings: tuple[Finding, ...] = ()
    process_findings: tuple[Finding, ...] = ()
    dismissed: tuple[Dismissed, ...] = ()
    notices: tuple[Notice, ...] = ()
    citations: tuple[Citation, ...] = ()
    summary: Summary
    provenance: Provenance

    def findings(self) -> tuple[Finding, ...]:
        """Return every finding of the review, in reading order."""
        inner = (
            finding
            for objective in self.objectives
            for group in (
                objective.findings,
                *(key_result.findings for key_result in objective.key_results),
                objective.set_findings,
            )
            for finding in group
        )
        return (*inner, *self.set_findings, *self.process_findings)
