"""The coach that is measured, and what it says of labelled drafts."""

import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from coach.okr import parse_draft
from coach.review import KeyResultReview, Review
from coach.settings import Settings, read_settings
from coach.wiring import Coach, open_coach
from evals.drafts import KeyResultLabel, LabelledDraft


@cache
def coach_for(mode: str) -> Coach:
    """Return the coach; with a model only where the mode asks for one and the settings name it."""
    home = Path(tempfile.mkdtemp(prefix="okr-coach-evals-"))
    return open_coach(Settings(home=home) if mode == "rules" else read_settings(home=home))


class Reviewed(NamedTuple):
    """A labelled draft with its review."""

    draft: LabelledDraft
    review: Review

    def key_results(self) -> Iterator[tuple[KeyResultLabel, KeyResultReview]]:
        """Yield every key result whose label is not doubtful, with its review."""
        inner = self.review.objectives[0].key_results
        return ((label, inner[label.i]) for label in self.draft.labels.key_results if not label.doubtful)


def reviewed(drafts: list[LabelledDraft], mode: str, *, rewrite: bool = False) -> list[Reviewed]:
    """Return the drafts with their reviews, in order."""
    key = (mode, rewrite or mode == "rules", tuple((draft.id, draft.objective, draft.key_results) for draft in drafts))
    if key not in _REVIEWED:
        _REVIEWED.clear()
        _REVIEWED[key] = _reviewed(drafts, mode, rewrite=rewrite or mode == "rules")
    return _REVIEWED[key]


_REVIEWED: dict[object, list[Reviewed]] = {}
"""The last answer: suites ask for the same reviews one after another."""


def _reviewed(drafts: list[LabelledDraft], mode: str, *, rewrite: bool) -> list[Reviewed]:
    critic = coach_for(mode).critic
    found = []
    for draft in drafts:
        body = {"objective": draft.objective, "key_results": draft.key_results, "language": draft.lang}
        found.append(Reviewed(draft, critic.review(parse_draft({**body, "mode": mode, "rewrite": rewrite}))))
    return found
