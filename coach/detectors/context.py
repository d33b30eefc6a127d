"""Kind `context`: the draft against what the caller gave beside it (KPI list, parent OKRs)."""

from collections.abc import Iterable
from typing import Literal

from coach.detectors.similarity import content_stems
from coach.detectors.subject import DraftSubject, Hit, KeyResultSubject, ObjectiveSubject, Parameters, Quiet
from coach.reading import Reading, Stretch, read
from coach.review import Level


class ContextParameters(Parameters):
    """Fires where a text repeats one of the given texts: the part `least` (0–1) of its words stands there too."""

    repeats: Literal["kpis", "parents"]
    least: float = 0.8


class ContextDetector(Quiet):
    """Fires on copies of a KPI or of a parent's key result."""

    def __init__(self, level: Level, parameters: ContextParameters) -> None:
        super().__init__(level)
        self._parameters = parameters

    def in_key_result(self, subject: KeyResultSubject, draft: DraftSubject) -> Iterable[Hit]:
        """Compare a key result with the given texts."""
        return self._compare(subject.reading, draft) if self.level == Level.KEY_RESULT else ()

    def in_set(self, subject: ObjectiveSubject, draft: DraftSubject) -> Iterable[Hit]:
        """Compare an objective with the given texts."""
        return self._compare(subject.reading, draft) if self.level == Level.PROCESS else ()

    def _compare(self, reading: Reading, draft: DraftSubject) -> Iterable[Hit]:
        own = content_stems(reading)
        for text in self._given(draft):
            other = content_stems(read(text, reading.language))
            if own and other and len(own & other) >= self._parameters.least * len(own | other):
                yield Hit(Stretch(reading.body.start, reading.body.end), confidence=0.9)
                return

    def _given(self, draft: DraftSubject) -> Iterable[str]:
        if self._parameters.repeats == "kpis":
            return draft.context.kpis
        return [text for parent in draft.context.parents for text in parent.key_results]
