"""Kind `judge`: only a model (or a person) can see it; rules stay silent."""

from coach.detectors.subject import Parameters, Quiet
from coach.review import Level


class JudgeParameters(Parameters):
    """No parameters."""


class JudgeDetector(Quiet):
    """Finds nothing by rule; the pattern is on the list that the judging model is given."""

    def __init__(self, level: Level, _parameters: JudgeParameters) -> None:
        super().__init__(level)
