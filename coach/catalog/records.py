"""What the files under knowledge/ say, one record each. docs/knowledge.md shows the formats."""

import re
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, StringConstraints, field_validator, model_validator

from coach.language import LANGUAGES, Language
from coach.okr import Context, Objective, Strict
from coach.review import Kind, Level, Severity

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
Words = Annotated[str, StringConstraints(min_length=1)]
ProfileSeverity = Severity | Literal["off"]
Perspective = Literal["finance", "customer", "process", "learning"]

ASK = {"en": "Ask", "de": "Frag nach"}
INSTEAD = {"en": "Instead", "de": "Stattdessen"}
HEADINGS = {
    "en": ("What it looks like", "Why it hurts", "Instead", "Ask", "When it is fine"),
    "de": ("Woran Du es erkennst", "Warum es schadet", "Stattdessen", "Frag nach", "Wann es in Ordnung ist"),
}
PLACEHOLDERS = {
    "en": frozenset({"share", "number", "baseline", "target", "period", "duration"}),
    "de": frozenset({"Anteil", "Anzahl", "Ausgangswert", "Zielwert", "Zeitraum", "Dauer"}),
}


class Section(Strict):
    """A heading with the Markdown below it."""

    heading: Words
    text: Words


class PatternText(Strict):
    """A failure pattern in one language."""

    name: Words
    messages: Annotated[tuple[Words, ...], Field(min_length=1)]
    questions_typed: tuple[Words, ...] = ()
    sections: Annotated[tuple[Section, ...], Field(min_length=1)]
    questions: Annotated[tuple[Words, ...], Field(min_length=1)]


class DetectorSpec(Strict):
    """The kind of detector that finds a pattern, and its parameters (checked by the kind itself)."""

    kind: Slug
    parameters: dict[str, Any] = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _flat(cls, value: Any) -> Any:
        if isinstance(value, dict) and "parameters" not in value:
            return {"kind": value.get("kind"), "parameters": {k: v for k, v in value.items() if k != "kind"}}
        return value


class PatternFile(Strict):
    """pattern.yaml."""

    level: Level
    severity: Annotated[dict[str, ProfileSeverity], Field(min_length=1)]
    detector: DetectorSpec
    related: tuple[Slug, ...] = ()
    sources: tuple[str, ...] = ()
    former: tuple[Slug, ...] = ()

    @field_validator("severity")
    @classmethod
    def _default_profile(cls, severity: dict[str, ProfileSeverity]) -> dict[str, ProfileSeverity]:
        if "default" not in severity:
            raise ValueError("names no profile `default`")
        return severity


class Case(Strict):
    """An example that is a test: a text (or a set) and whether the pattern applies to it."""

    lang: Language
    expect: Literal["flagged", "clean"]
    text: Words | None = None
    objective: Words | None = None
    key_results: tuple[Words, ...] = ()
    objectives: tuple[Words, ...] = ()
    context: Context = Context()
    quote: Words | None = None

    @model_validator(mode="after")
    def _one_subject(self) -> Self:
        if sum(map(bool, (self.text, self.objective, self.objectives))) != 1:
            raise ValueError("a case has exactly one of text, objective (with key_results), objectives")
        if self.quote and self.text and self.quote not in self.text:
            raise ValueError(f"the quote {self.quote!r} does not stand in the text")
        return self

    def as_objectives(self, level: Level) -> tuple[Objective, ...]:
        """Return the objectives to review so that this case is tested."""
        if self.objectives:
            return tuple(Objective(objective=text) for text in self.objectives)
        if self.objective is not None:
            return (Objective.model_validate({"objective": self.objective, "key_results": self.key_results}),)
        if level == Level.OBJECTIVE:
            return (Objective.model_validate({"objective": self.text}),)
        return (Objective.model_validate({"objective": "…", "key_results": [self.text]}),)


class FailurePattern(Strict):
    """One folder of knowledge/patterns/. Where it is not `written_in` a language, `text` repeats the other's."""

    slug: Slug
    level: Level
    severity: dict[str, ProfileSeverity]
    detector: DetectorSpec
    related: tuple[Slug, ...] = ()
    sources: tuple[str, ...] = ()
    former: tuple[Slug, ...] = ()
    text: dict[Language, PatternText]
    written_in: tuple[Language, ...] = LANGUAGES

    def severity_in(self, profile: str) -> Severity | None:
        """Return how much the pattern weighs in a profile; None where it is off."""
        severity = self.severity.get(profile, self.severity["default"])
        return None if severity == "off" else severity


class ArticleText(Strict):
    """An article in one language."""

    title: Words
    summary: Words
    questions_typed: tuple[Words, ...] = ()
    sections: Annotated[tuple[Section, ...], Field(min_length=1)]


class ArticleFile(Strict):
    """article.yaml. `perspectives`: those of the Balanced Scorecard that the article is about."""

    topics: tuple[Slug, ...] = ()
    perspectives: tuple[Perspective, ...] = ()
    related: tuple[Slug, ...] = ()
    sources: tuple[str, ...] = ()


class Article(Strict):
    """One folder of knowledge/articles/."""

    slug: Slug
    topics: tuple[Slug, ...] = ()
    perspectives: tuple[Perspective, ...] = ()
    related: tuple[Slug, ...] = ()
    sources: tuple[str, ...] = ()
    text: dict[Language, ArticleText]


class TransformationText(Strict):
    """From what people write to what changes for whom, in one language."""

    heads: Annotated[tuple[Words, ...], Field(min_length=1)]
    write: Annotated[tuple[Words, ...], Field(min_length=1)]
    change: Words
    observe: Words
    ask: Words
    scaffold: Words
    people: Words

    @model_validator(mode="after")
    def _slots(self) -> Self:
        if "{subject}" not in self.scaffold:
            raise ValueError("the scaffold has no {subject}")
        return self


class Transformation(Strict):
    """One entry of a file in knowledge/transformations/."""

    slug: Slug
    field: Slug = "general"
    topics: tuple[Slug, ...] = ()
    perspectives: tuple[Perspective, ...] = ()
    sources: tuple[str, ...] = ()
    kinds: Annotated[tuple[Kind, ...], Field(min_length=1)]
    de: TransformationText
    en: TransformationText

    def in_language(self, language: Language) -> TransformationText:
        """Return the entry in one language."""
        text: TransformationText = getattr(self, language)
        return text


class TransformationFile(Strict):
    """One file of knowledge/transformations/."""

    field: Slug
    topics: tuple[Slug, ...] = ()
    perspectives: tuple[Perspective, ...] = ()
    sources: tuple[str, ...] = ()
    entries: Annotated[tuple[Transformation, ...], Field(min_length=1)]


class GeneralScaffold(Strict):
    """A scaffold for any subject, in one language; where a draft names no people: `unnamed`, or `people` as a blank."""

    scaffold: Words
    unnamed: Words | None = None
    people: Words | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.unnamed is None) == (self.people is None):
            raise ValueError("needs either `unnamed` or `people`")
        return self


class HypothesisWords(Strict):
    """How a belief about a KPI is worded, and the blank for a reason that is still missing."""

    belief: Words
    reason: Annotated[str, Field(min_length=1)]


class ScaffoldsFile(Strict):
    """knowledge/scaffolds.yaml."""

    baseline_blank: dict[Language, Words]
    hypothesis: dict[Language, HypothesisWords]
    general: dict[Kind, dict[Language, GeneralScaffold]]


def _compiles(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"is no regular expression: {error}") from error
    return pattern


Expression = Annotated[Words, AfterValidator(_compiles)]


class NoticeWords(Strict):
    """The words of notices, and how a text speaks to whoever reviews it (case ignored).

    `orders` stand at the start of a clause, `marks` anywhere.
    """

    instructions_in_text: Words
    orders: tuple[Expression, ...] = ()
    marks: tuple[Expression, ...] = ()


class NoticesFile(Strict):
    """knowledge/notices.yaml."""

    de: NoticeWords
    en: NoticeWords

    def in_language(self, language: Language) -> NoticeWords:
        """Return the words in one language."""
        words: NoticeWords = getattr(self, language)
        return words


class TermText(Strict):
    """A field term in one language: other spellings of it, and one line that explains it."""

    term: Words
    also: tuple[Words, ...] = ()
    definition: Words


class GlossaryTerm(Strict):
    """A field term in both languages."""

    slug: Slug
    sources: tuple[str, ...] = ()
    de: TermText
    en: TermText

    def in_language(self, language: Language) -> TermText:
        """Return the term in one language."""
        text: TermText = getattr(self, language)
        return text


class GlossaryFile(Strict):
    """knowledge/glossary.yaml."""

    terms: tuple[GlossaryTerm, ...]


class AsideFile(Strict):
    """knowledge/aside.yaml: what people type that the method does not answer, so that search can tell."""

    de: tuple[Words, ...] = ()
    en: tuple[Words, ...] = ()


class SourceGroup(Strict):
    """A work cited by points (A4.1)."""

    de: Words
    en: Words
    points: tuple[str, ...]


class SourcesFile(Strict):
    """knowledge/sources.yaml."""

    groups: dict[str, SourceGroup]
    works: dict[str, Words] = Field(default_factory=dict)

    def ids(self) -> frozenset[str]:
        """Return every id that may be cited."""
        return frozenset(point for group in self.groups.values() for point in group.points) | frozenset(self.works)
