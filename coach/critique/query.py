"""What the critic makes of a query: how search leads from a draft, or from a story, to what is off in it."""

import re
from collections.abc import Iterable, Mapping

from coach.critique.detect import Detect, Detection
from coach.detectors import DraftSubject
from coach.language import Language
from coach.learned import Learned
from coach.okr import Draft
from coach.retrieval.corpus import QueryReading

_LABEL = re.compile(
    r"(?:^|\s)(?P<objective>O|OBJ|Objective|Ziel)\s?\d*\s*[:.)–-]\s"
    r"|(?:^|\s)(?:KR|Key Result)s?\s?\d*\s*(?:[:.)–-]\s|(?<=\d)\s)"
    r"|^(?P<owned>(?:[\w-]+\s){0,2}(?:[\w-]*ziel|objective)\b[^:\n]{1,60}:\s)"
    r"|^(?:KR|Key Result)s?\b[^:\n]{1,40}:\s",
    re.IGNORECASE,
)
_BULLET = re.compile(r"^\s*(?:[-*•–]|\d+[.)])\s+")
_UNFIT = re.compile(r"[\x00-\x08\x0b-\x1f\ud800-\udfff]")
_LONGEST = 600


class ReadQuery:
    """Reads a query as the draft that it may be, and as the note that it may be."""

    def __init__(self, detect: Detect, learned: Learned | None) -> None:
        self._detect = detect
        self._learned = learned

    def __call__(self, query: str, language: Language) -> QueryReading:
        """Return the patterns that it may show: labelled parts read as what they are, anything else as both."""
        text = _UNFIT.sub(" ", query[:_LONGEST])
        objectives, key_results = _parts(text)
        whole = not objectives and len(key_results) == 1
        subject = self._subject(objectives[0] if objectives else "…", key_results, language)
        found = [
            detection
            for key_result in subject.objectives[0].key_results
            for detection in self._detect.key_result(key_result, subject)
        ]
        if len(key_results) > 1:
            found += self._detect.whole_set(subject.objectives[0], subject)
        if whole:
            subject = self._subject(key_results[0], [], language)
        in_objective = self._detect.objective(subject.objectives[0], subject) if objectives or whole else []
        process, form = self._as_note(text)
        return QueryReading(_by_slug(found), _by_slug(in_objective), process, form)

    def _subject(self, objective: str, key_results: list[str], language: Language) -> DraftSubject:
        draft = Draft.model_validate({"objectives": [{"objective": objective, "key_results": key_results}]})
        return self._detect.read(draft, language, "default")

    def _as_note(self, text: str) -> tuple[Mapping[str, float], tuple[float, float, float] | None]:
        if self._learned is None:
            return {}, None
        vectors = self._learned.vectors([text])
        return self._learned.of_notes(vectors)[0], self._learned.form(vectors[0])


def _parts(query: str) -> tuple[list[str], list[str]]:
    """Return what is labelled as objective, and everything else by line and label."""
    objectives: list[str] = []
    key_results: list[str] = []
    for line in query.splitlines():
        labels = list(_LABEL.finditer(line))
        ends = [*(label.start() for label in labels), len(line)]
        starts = [0, *(label.end() for label in labels)]
        for index, (start, end) in enumerate(zip(starts, ends, strict=True)):
            text = _BULLET.sub("", line[start : max(start, end)]).strip(" ,;")
            if text:
                (objectives if index and _of_objective(labels[index - 1]) else key_results).append(text)
    return objectives, key_results


def _of_objective(label: re.Match[str]) -> bool:
    return bool(label["objective"] or label["owned"])


def _by_slug(detections: Iterable[Detection]) -> dict[str, float]:
    found: dict[str, float] = {}
    for detection in detections:
        slug = detection.pattern.slug
        found[slug] = max(found.get(slug, 0.0), detection.hit.confidence)
    return found
