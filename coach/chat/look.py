"""Look: the review of the working draft, its findings by element, the one to raise first."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from coach.chat.formal import formal
from coach.conversation import Conversation, WorkingDraft
from coach.critique import Critic
from coach.critique.verify import fill_placeholders
from coach.language import Language
from coach.okr import Draft
from coach.review import Finding, Level, Review, Severity

UNKNOWN = "…"
"""Stands where an objective is not yet known."""
_NEEDS_OBJECTIVE = frozenset({"key-result-misses-objective", "insufficient-key-results", "no-guardrail"})
_WORTH_ASKING = frozenset({"task-as-objective", "heading-only-objective", "vague-objective", "no-customer-value"})
_FOLLOWS = frozenset({"task-list", "metrics-only", "milestone-chain"})


class Open(NamedTuple):
    """A finding, the element it is about (None: all together), and the objective that this belongs to."""

    element: str | None
    objective: str | None
    finding: Finding

    @property
    def counts(self) -> bool:
        """Whether it weighs a warning or more."""
        return self.finding.severity.at_least(Severity.WARNING)


class Look(NamedTuple):
    """The review of a working draft with its findings by element, in reading order."""

    review: Review | None
    open: tuple[Open, ...]

    def at(self, element: str | None) -> tuple[Open, ...]:
        """Return what is open at an element."""
        return tuple(each for each in self.open if each.element == element)

    def warnings(self, element: str | None = None) -> int:
        """Return how many findings weigh a warning or more, at an element or in all."""
        return sum(each.counts for each in (self.open if element is None else self.at(element)))

    def first(self, set_aside: Iterable[str]) -> Open | None:
        """Return the finding to raise: what stands in one text before what a set shows, the heaviest first."""
        aside = frozenset(set_aside)
        left = [each for each in self.open if each.finding.fingerprint not in aside]
        heavy = [each for each in left if each.counts]
        return min(heavy or [each for each in left if each.finding.pattern in _WORTH_ASKING], key=_rank, default=None)


def _rank(each: Open) -> tuple[int, int]:
    follows = each.finding.pattern in _FOLLOWS
    return (int(each.element is None) + int(follows), -each.finding.severity.weight)


def look(
    critic: Critic,
    draft: WorkingDraft,
    conversation: Conversation,
    language: Language,
    muted: frozenset[str] = frozenset(),
) -> Look:
    """Return the review of a draft in a conversation, nothing in it resting on `muted`; an empty one has none."""
    if not draft.objectives:
        return Look(None, ())
    review = critic.review(
        Draft(
            language=language,
            mode="rules",
            profile=conversation.profile,
            objectives=draft.known_objectives(unknown=UNKNOWN),
            context=conversation.context,
        ),
        muted=muted,
    )
    if language == "de" and conversation.address == "sie":
        review = _formally(review)
    return Look(review, tuple(_located(review, draft)))


def _formally(review: Review) -> Review:
    """Return a review that speaks to people addressed as "Sie"."""

    def said(findings: Sequence[Finding]) -> tuple[Finding, ...]:
        return tuple(
            each.model_copy(update={"message": formal(each.message), "question": formal(each.question)})
            for each in findings
        )

    objectives = tuple(
        each.model_copy(
            update={
                "findings": said(each.findings),
                "set_findings": said(each.set_findings),
                "key_results": tuple(
                    its.model_copy(update={"findings": said(its.findings)}) for its in each.key_results
                ),
            }
        )
        for each in review.objectives
    )
    return review.model_copy(
        update={
            "objectives": objectives,
            "set_findings": said(review.set_findings),
            "process_findings": said(review.process_findings),
        }
    )


def looked_at(conversation: Conversation, language: Language, muted: frozenset[str] = frozenset()) -> Look | None:
    """Return what the last turn saw; None where it looked in another language or with other patterns muted, or there
    is nothing to see. `muted`: by the slugs in use."""
    review = conversation.review
    if review is None or review.language != language or not conversation.draft.objectives:
        return None
    if frozenset(review.provenance.muted) != muted:
        return None
    return Look(review, tuple(_located(review, conversation.draft)))


def with_blanks_filled(draft: WorkingDraft, language: Language) -> WorkingDraft:
    """Return the draft as it would read once the team has filled its blanks."""
    return WorkingDraft(
        objectives=tuple(
            objective.model_copy(
                update={
                    "key_results": tuple(
                        each.model_copy(update={"text": fill_placeholders(each.text, language)})
                        for each in objective.key_results
                    )
                }
            )
            for objective in draft.objectives
        )
    )


def _located(review: Review, draft: WorkingDraft) -> Iterator[Open]:
    for objective, seen in zip(draft.objectives, review.objectives, strict=True):
        if objective.text is not None:
            yield from (Open(objective.id, objective.id, finding) for finding in seen.findings)
        for key_result, its in zip(objective.key_results, seen.key_results, strict=True):
            yield from (Open(key_result.id, objective.id, finding) for finding in its.findings)
        for finding in seen.set_findings:
            if objective.text is not None or finding.pattern not in _NEEDS_OBJECTIVE:
                yield Open(None, objective.id, finding)
    yield from (Open(None, None, finding) for finding in (*review.set_findings, *review.process_findings))


def name_of(finding: Finding, names: dict[str, str]) -> str:
    """Return what a finding's pattern is called."""
    return names.get(finding.pattern, finding.pattern)


def is_process(each: Open) -> bool:
    """Whether a finding is about how OKR are practised rather than about a text."""
    return each.finding.level == Level.PROCESS
