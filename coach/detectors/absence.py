"""Kind `absence`: something that ought to be there is not."""

from collections.abc import Iterable
from typing import Literal

from coach.detectors.subject import DraftSubject, Hit, KeyResultSubject, Parameters, TextDetector
from coach.reading import Reading
from coach.review import Kind, Level


class AbsenceParameters(Parameters):
    """Fires where every one of `when` (a|b: either) is there, all of `lacks` are missing, and no `unless` is there.

    `given` names fields of the key result (baseline, target) that count as there when the caller sent them.
    """

    when: tuple[str, ...] = ()
    lacks: frozenset[str]
    unless: frozenset[str] = frozenset()
    kinds: frozenset[Kind] = frozenset()
    given: frozenset[Literal["baseline", "target"]] = frozenset()
    quote: str | None = None


class AbsenceDetector(TextDetector):
    """Fires where nothing of what the pattern asks for stands in the text."""

    def __init__(self, level: Level, parameters: AbsenceParameters) -> None:
        super().__init__(level)
        self._parameters = parameters
        self._when = tuple(tuple(group.split("|")) for group in parameters.when)

    def hits(self, reading: Reading, key_result: KeyResultSubject | None, _draft: DraftSubject) -> Iterable[Hit]:
        """Return one hit, quoting the words that call for what is missing."""
        wanted = self._parameters
        if wanted.kinds and (key_result is None or key_result.verdict.kind not in wanted.kinds):
            return
        if key_result and any(getattr(key_result.source, name) for name in wanted.given):
            return
        if reading.has(*wanted.lacks, *wanted.unless) or not all(reading.has(*group) for group in self._when):
            return
        places = reading.signals.get(wanted.quote, ()) if wanted.quote else ()
        yield Hit(places[0] if places else None)
