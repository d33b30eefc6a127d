"""Kind `share`: how many key results of a set are of certain kinds."""

from collections.abc import Iterable

from coach.detectors.subject import DraftSubject, Hit, ObjectiveSubject, Parameters, Quiet
from coach.review import Kind, Level


class ShareParameters(Parameters):
    """Fires where at least the share `least` (0–1) of `at_least_of` or more key results is of `kinds`."""

    kinds: frozenset[Kind]
    least: float
    at_least_of: int = 2


class ShareDetector(Quiet):
    """Fires on the make-up of a set."""

    def __init__(self, level: Level, parameters: ShareParameters) -> None:
        super().__init__(level)
        self._parameters = parameters

    def in_set(self, subject: ObjectiveSubject, _draft: DraftSubject) -> Iterable[Hit]:
        """Look at the kinds of an objective's key results."""
        verdicts = [key_result.verdict for key_result in subject.key_results]
        of_kind = [verdict for verdict in verdicts if verdict.kind in self._parameters.kinds]
        if len(verdicts) >= self._parameters.at_least_of and len(of_kind) >= self._parameters.least * len(verdicts):
            yield Hit(
                confidence=sum(verdict.confidence for verdict in of_kind) / len(of_kind),
                source="classifier",
                values={"count": len(of_kind), "limit": len(verdicts)},
            )
