"""Feedback as labelled drafts: what a team accepted is a label, what it rejected is named as rejected."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Literal, NamedTuple

from coach.feedback import StoredRemark
from coach.okr import Draft, Strict
from coach.review import Finding, Kind, ObjectiveReview, Review

OBJECTIVE, SET = "O", "set"


class Element(Strict):
    """A pattern at the objective (`O`), at a key result (`K0` is the first) or at the `set` that they form."""

    element: str
    pattern: str


class KeyResultLabel(Strict):
    """The labels of one key result; its kind is the coach's own answer, nobody confirmed it."""

    i: int
    kind: Kind
    patterns: tuple[str, ...]


class Labels(Strict):
    """The accepted patterns of an objective with its key results."""

    objective_patterns: tuple[str, ...]
    set_patterns: tuple[str, ...]
    key_results: tuple[KeyResultLabel, ...]


class LabelledObjective(Strict):
    """One line of a labelled file; `open`: findings that nobody judged, which are neither labels nor rejected."""

    id: str
    org: str
    lang: Literal["de", "en"]
    objective: str
    key_results: tuple[str, ...]
    labels: Labels
    provenance: Literal["feedback"] = "feedback"
    rejected: tuple[Element, ...]
    open: tuple[Element, ...]


class _Said(NamedTuple):
    """A finding's pattern with where it stands, and what was said of it."""

    element: str
    pattern: str
    verdict: Literal["accept", "reject"] | None


def labelled(
    review_id: str, org: str, draft: Draft, review: Review, remarks: Iterable[StoredRemark]
) -> Iterator[LabelledObjective]:
    """Yield a line per objective with feedback; findings on the draft as a whole belong to no line."""
    by_finding = {remark.fingerprint: remark for remark in remarks}
    for index, (objective, reviewed) in enumerate(zip(draft.objectives, review.objectives, strict=True)):
        if not any(finding.fingerprint in by_finding for _, finding in _findings(reviewed)):
            continue
        said = list(_said(reviewed, by_finding))
        accepted = {(each.element, each.pattern) for each in said if each.verdict == "accept"}
        rejected = {(each.element, each.pattern) for each in said if each.verdict == "reject"} - accepted
        left = {(each.element, each.pattern) for each in said} - accepted - rejected
        yield LabelledObjective(
            id=f"{review_id}-{index}",
            org=org,
            lang=review.language,
            objective=objective.objective,
            key_results=tuple(key_result.text for key_result in objective.key_results),
            labels=Labels(
                objective_patterns=_at(OBJECTIVE, accepted),
                set_patterns=_at(SET, accepted),
                key_results=tuple(
                    KeyResultLabel(i=i, kind=found.likeliest or found.kind, patterns=_at(f"K{i}", accepted))
                    for i, found in enumerate(reviewed.key_results)
                ),
            ),
            rejected=_elements(rejected),
            open=_elements(left),
        )


def _findings(objective: ObjectiveReview) -> Iterator[tuple[str, Finding]]:
    yield from ((OBJECTIVE, finding) for finding in objective.findings)
    for i, key_result in enumerate(objective.key_results):
        yield from ((f"K{i}", finding) for finding in key_result.findings)
    yield from ((SET, finding) for finding in objective.set_findings)


def _said(objective: ObjectiveReview, by_finding: Mapping[str, StoredRemark]) -> Iterator[_Said]:
    for element, finding in _findings(objective):
        remark = by_finding.get(finding.fingerprint)
        yield _Said(element, finding.pattern, remark.verdict if remark else None)


def _at(element: str, accepted: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    return tuple(sorted(pattern for where, pattern in accepted if where == element))


def _elements(said: Iterable[tuple[str, str]]) -> tuple[Element, ...]:
    return tuple(Element(element=element, pattern=pattern) for element, pattern in sorted(said))
