"""Kind `count`: too many or too few of something."""

from collections.abc import Iterable
from typing import Literal

from pydantic import Field

from coach.detectors.subject import DraftSubject, Hit, ObjectiveSubject, Parameters, Quiet
from coach.review import Level


class CountParameters(Parameters):
    """Fires where the number of objectives or key results is over `most` or under `least`.

    `most_in` gives a profile a limit of its own.
    """

    of: Literal["objectives", "key_results"]
    most: int | None = None
    least: int | None = None
    most_in: dict[str, int] = Field(default_factory=dict)


class CountDetector(Quiet):
    """Fires on a number out of bounds."""

    def __init__(self, level: Level, parameters: CountParameters) -> None:
        super().__init__(level)
        self._parameters = parameters

    def in_set(self, subject: ObjectiveSubject, draft: DraftSubject) -> Iterable[Hit]:
        """Count the key results of an objective."""
        return self._check(len(subject.key_results), draft.profile) if self._parameters.of == "key_results" else ()

    def in_draft(self, draft: DraftSubject) -> Iterable[Hit]:
        """Count the objectives of the draft."""
        return self._check(len(draft.objectives), draft.profile) if self._parameters.of == "objectives" else ()

    def _check(self, count: int, profile: str) -> Iterable[Hit]:
        most = self._parameters.most_in.get(profile, self._parameters.most)
        least = self._parameters.least
        if most is not None and count > most:
            yield Hit(values={"count": count, "limit": most})
        if least is not None and count < least:
            yield Hit(values={"count": count, "limit": least})
