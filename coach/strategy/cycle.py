"""The companion of a cycle (Plan, Do, Check, Act): one step after the other, questions instead of grades."""

import textwrap
from collections.abc import Iterator
from datetime import date

from coach.catalog import Catalog
from coach.critique import Critic
from coach.critique.ground import Ground, fill, fingerprint
from coach.cycle import CheckIn, Cycle, CycleReview, NewCycle, NextCycle, Retrospective, Stage, parse_as
from coach.errors import InputError, Problem
from coach.language import in_spelling_of
from coach.okr import Objective, Strict, parse_draft
from coach.review import Citation, Finding, Level
from coach.strategy.mirror import Mirrored, mirrored
from coach.strategy.words import listed, say

HEARD = frozenset({"set-and-forget", "watermelon", "okr-as-reporting", "blame-culture", "tied-to-pay"})
_QUIET_DAYS = 35
_SURE = 8
_ENOUGH = 2
_MOST_TEXTS = 20
_LONGEST_QUOTE = 90


class CycleState(Strict):
    """Where a cycle stands: what to ask next, what the texts suggest, what the figures say."""

    stage: Stage
    asks: tuple[str, ...]
    carried: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    mirrored: tuple[Mirrored, ...] = ()
    citations: tuple[Citation, ...] = ()


def started(new: NewCycle) -> Cycle:
    """Return a cycle at its beginning."""
    return _valid(
        {
            "name": new.name,
            "language": new.language,
            "starts": new.starts,
            "ends": new.ends,
            "strategy_id": new.strategy_id,
            "drafted": new.objectives,
        }
    )


def drafted(cycle: Cycle, objectives: tuple[Objective, ...]) -> Cycle:
    """Return the cycle with another draft; what was agreed stays agreed until it is agreed anew."""
    _only(cycle, "drafting", "agreed")
    return _changed(cycle, drafted=objectives)


def agreed(cycle: Cycle) -> Cycle:
    """Return the cycle with its draft agreed; agreeing anew while it runs is learning, not failing."""
    _only(cycle, "drafting", "agreed")
    if not cycle.drafted:
        raise InputError([Problem("/drafted", "there is no draft to agree on", "empty-draft")])
    return _changed(cycle, agreed=cycle.drafted)


def checked_in(cycle: Cycle, check_in: CheckIn) -> Cycle:
    """Return the cycle with a check-in; it names key results by their numbers."""
    _only(cycle, "agreed")
    for at, progress in enumerate(check_in.progress):
        known = len(cycle.agreed) > progress.objective
        if not known or len(cycle.agreed[progress.objective].key_results) <= progress.key_result:
            raise InputError([Problem(f"/progress/{at}", "there is no such key result", "unknown-key-result")])
    return _changed(cycle, check_ins=(*cycle.check_ins, check_in))


def reviewed(cycle: Cycle, review: CycleReview) -> Cycle:
    """Return the cycle with its review."""
    _only(cycle, "agreed", "reviewed")
    return _changed(cycle, review=review)


def reflected(cycle: Cycle, retrospective: Retrospective) -> Cycle:
    """Return the cycle with its retrospective."""
    _only(cycle, "reviewed", "reflected")
    return _changed(cycle, retrospective=retrospective)


def followed(cycle: Cycle, following: NextCycle) -> Cycle:
    """Return the next cycle: the agreed OKRs as a first draft, and what this one wants it to know."""
    _only(cycle, "reflected")
    assert cycle.retrospective is not None
    return _valid(
        {
            "name": following.name,
            "language": cycle.language,
            "starts": following.starts,
            "ends": following.ends,
            "strategy_id": cycle.strategy_id,
            "drafted": cycle.agreed,
            "carried": cycle.retrospective.adaptations,
        }
    )


def _changed(cycle: Cycle, **changes: object) -> Cycle:
    return cycle.model_copy(update=changes)


def _valid(content: dict[str, object]) -> Cycle:
    return parse_as(Cycle, content)


def _only(cycle: Cycle, *stages: Stage) -> None:
    if cycle.stage not in stages:
        detail = f"the cycle is {cycle.stage}; this belongs to {' or '.join(stages)}"
        raise InputError([Problem("/stage", detail, "wrong-stage")])


class Accompany:
    """Says where a cycle stands."""

    def __init__(self, catalog: Catalog, critic: Critic) -> None:
        self._catalog = catalog
        self._critic = critic
        self._ground = Ground(catalog)

    def __call__(self, cycle: Cycle, today: date) -> CycleState:
        """Return the questions of the cycle's stage, and what its texts suggest as questions."""
        findings: dict[str, Finding] = {}
        for finding in self._in_texts(cycle):
            findings.setdefault(finding.pattern, finding)
        for slug, quote in _in_course(cycle, today):
            if slug not in findings and (found := self._finding(slug, quote, cycle)):
                findings[slug] = found
        passages = {p.id: p for slug in findings for p in self._ground.passages_for(slug, cycle.language)}
        figures = cycle.review.figures if cycle.review else ()
        return CycleState(
            stage=cycle.stage,
            asks=listed(cycle.language, f"cycle.asks.{cycle.stage}"),
            carried=tuple(say(cycle.language, "cycle.learned", text=text) for text in cycle.carried),
            findings=tuple(findings.values()),
            mirrored=tuple(mirrored(figure, cycle.language) for figure in figures),
            citations=tuple(passage.cited() for passage in passages.values()),
        )

    def _in_texts(self, cycle: Cycle) -> Iterator[Finding]:
        """Yield the process patterns that what was written shows, newest first, each with the words that show it."""
        for text in reversed(texts_of(cycle)[-_MOST_TEXTS:]):
            body = {
                "language": cycle.language,
                "mode": "rules",
                "rewrite": False,
                "objectives": [{"objective": cycle.name}],
                "context": {"notes": text},
            }
            for heard in self._critic.review(parse_draft(body)).process_findings:
                if heard.pattern in HEARD and (said := self._finding(heard.pattern, _clipped(text), cycle)):
                    yield said.model_copy(update={"source": heard.source, "confidence": heard.confidence})

    def _finding(self, slug: str, quote: str, cycle: Cycle) -> Finding | None:
        pattern = self._catalog.patterns.get(slug)
        severity = pattern.severity_in("default") if pattern else None
        if pattern is None or severity is None:
            return None
        text = pattern.text[cycle.language]
        return Finding(
            pattern=slug,
            level=Level.PROCESS,
            severity=severity,
            span=None,
            message=in_spelling_of(cycle.name, fill(text.messages[0], {"quote": quote})),
            question=in_spelling_of(cycle.name, text.questions[0]),
            citations=tuple(passage.id for passage in self._ground.passages_for(slug, cycle.language)),
            source="rule",
            confidence=0.7,
            fingerprint=fingerprint(slug, cycle.name, quote),
        )


def texts_of(cycle: Cycle) -> tuple[str, ...]:
    """Return what was written of the work itself, oldest first; what customers tell says nothing about the process."""
    said: list[str | None] = []
    for check_in in cycle.check_ins:
        said.append(check_in.learned)
    if cycle.review:
        said.append(cycle.review.learned)
    if back := cycle.retrospective:
        said += [back.experience, back.tried, *back.adaptations]
    return tuple(text for text in said if text and text.strip())


def _clipped(text: str) -> str:
    """Return the beginning of a text, whole words, without its full stop."""
    return textwrap.shorten(" ".join(text.split()), _LONGEST_QUOTE, placeholder=" …").rstrip(".")


def _in_course(cycle: Cycle, today: date) -> Iterator[tuple[str, str]]:
    """Yield the patterns that the course of the cycle shows, each with the words to quote."""
    last = max((check_in.day for check_in in cycle.check_ins), default=cycle.starts)
    until = min(today, cycle.ends)
    if (cycle.stage == "agreed" and (until - last).days > _QUIET_DAYS) or (cycle.review and not cycle.check_ins):
        yield "set-and-forget", cycle.name
    silent = [each for each in cycle.check_ins if not (each.learned or each.story)]
    if len(cycle.check_ins) >= _ENOUGH and len(silent) == len(cycle.check_ins):
        yield "okr-as-reporting", cycle.name
    confidences = [progress.confidence for each in cycle.check_ins for progress in each.progress]
    if cycle.review and len(confidences) >= _ENOUGH and min(confidences) >= _SURE:
        outcomes = {mirrored(figure, cycle.language).outcome for figure in cycle.review.figures}
        if outcomes & {"not_moved", "not_tried"}:
            yield "watermelon", cycle.name
