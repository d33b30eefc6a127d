"""What a detector looks at, and what it returns."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, Protocol

from coach.kinds import Verdict
from coach.okr import Context, KeyResult, Strict
from coach.reading import Reading, Stretch
from coach.review import Level


@dataclass(frozen=True)
class KeyResultSubject:
    """A key result, read and classified. `learned`: the encoder's probability per pattern, where it was asked."""

    source: KeyResult
    reading: Reading
    verdict: Verdict
    learned: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class ObjectiveSubject:
    """An objective, read, with its key results. `learned`: the encoder's probability per pattern of the objective
    and of the set."""

    reading: Reading
    key_results: Sequence[KeyResultSubject]
    learned: Mapping[str, float] = field(default_factory=dict)


class Place(NamedTuple):
    """Where in the draft: both None for the draft as a whole, `key_result` None for the objective itself."""

    objective: int | None = None
    key_result: int | None = None


@dataclass(frozen=True)
class DraftSubject:
    """The whole draft, read, with the profile that it is judged by. `learned`: the encoder's probability per process
    pattern of the notes; `muted`: the patterns that its tenant does not want to hear of."""

    objectives: Sequence[ObjectiveSubject]
    context: Context
    profile: str
    learned: Mapping[str, float] = field(default_factory=dict)
    muted: frozenset[str] = frozenset()

    def key_result_at(self, place: Place) -> KeyResultSubject:
        """Return the key result at a place."""
        assert place.objective is not None
        assert place.key_result is not None
        return self.objectives[place.objective].key_results[place.key_result]

    def reading_at(self, place: Place) -> Reading:
        """Return the text at a place; the draft as a whole has none."""
        assert place.objective is not None
        objective = self.objectives[place.objective]
        return objective.reading if place.key_result is None else objective.key_results[place.key_result].reading


class Hit(NamedTuple):
    """A failure seen: the words it rests on (if any), how sure, and what may fill the message.

    `certain`: the words decide alone, whatever the encoder makes of the text.
    """

    stretch: Stretch | None = None
    confidence: float = 1.0
    source: Literal["rule", "classifier", "model"] = "rule"
    evidence: tuple[str, ...] = ()
    values: Mapping[str, object] = {}
    certain: bool = False


class Detector(Protocol):
    """A configured detector. A method that does not apply to its level yields nothing."""

    level: Level

    def in_objective(self, subject: ObjectiveSubject, draft: DraftSubject) -> Iterable[Hit]:
        """Return hits in the objective's own words."""

    def in_key_result(self, subject: KeyResultSubject, draft: DraftSubject) -> Iterable[Hit]:
        """Return hits in one key result."""

    def in_set(self, subject: ObjectiveSubject, draft: DraftSubject) -> Iterable[Hit]:
        """Return hits in an objective together with its key results."""

    def in_draft(self, draft: DraftSubject) -> Iterable[Hit]:
        """Return hits in the draft as a whole."""


class Quiet:
    """A detector that finds nothing anywhere; the kinds override what they look at."""

    def __init__(self, level: Level) -> None:
        self.level = level

    def in_objective(self, _subject: ObjectiveSubject, _draft: DraftSubject) -> Iterable[Hit]:
        """Find nothing."""
        return ()

    def in_key_result(self, _subject: KeyResultSubject, _draft: DraftSubject) -> Iterable[Hit]:
        """Find nothing."""
        return ()

    def in_set(self, _subject: ObjectiveSubject, _draft: DraftSubject) -> Iterable[Hit]:
        """Find nothing."""
        return ()

    def in_draft(self, _draft: DraftSubject) -> Iterable[Hit]:
        """Find nothing."""
        return ()


class TextDetector(Quiet):
    """A detector that looks at one text at a time: an objective or a key result, as its level says."""

    def hits(self, reading: Reading, key_result: KeyResultSubject | None, draft: DraftSubject) -> Iterable[Hit]:
        """Return hits in one text."""
        raise NotImplementedError

    def in_objective(self, subject: ObjectiveSubject, draft: DraftSubject) -> Iterable[Hit]:
        """Look at the objective if that is the level."""
        return self.hits(subject.reading, None, draft) if self.level == Level.OBJECTIVE else ()

    def in_key_result(self, subject: KeyResultSubject, draft: DraftSubject) -> Iterable[Hit]:
        """Look at the key result if that is the level."""
        return self.hits(subject.reading, subject, draft) if self.level == Level.KEY_RESULT else ()


class Parameters(Strict):
    """The parameters of a detector kind; each kind extends it.

    `settled_by`: signals at which the encoder is not asked.
    """

    settled_by: frozenset[str] = frozenset()
