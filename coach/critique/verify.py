"""Verify: the detectors that judged the draft judge the rewrite, with its blanks filled by stand-ins."""

from collections.abc import Mapping, Sequence

from coach.critique.detect import Detect, Detection
from coach.critique.mute import heard
from coach.critique.scaffold import placeholders_in
from coach.critique.sentence import is_one_sentence, is_plain
from coach.critique.sources import Sources
from coach.detectors import DraftSubject, KeyResultSubject, Place
from coach.detectors.similarity import content_stems
from coach.language import Language, guess_language, locale_of
from coach.okr import KeyResult
from coach.reading import Reading, read
from coach.review import Kind, Rewrite, Severity

_LONGEST = 320
_ALIKE = 0.12
_VERY_ALIKE = 0.43


class Verify:
    """The last room: a rewrite is `verified` only when every check holds."""

    def __init__(self, detect: Detect) -> None:
        self._detect = detect

    def __call__(
        self, candidates: Mapping[Place, Rewrite], subject: DraftSubject, language: Language, sources: Sources
    ) -> dict[Place, Rewrite]:
        """Return the candidates with their checks and status; key results are classified in one batch."""
        filled = {
            place: read(fill_placeholders(rewrite.text, language), language) for place, rewrite in candidates.items()
        }
        inner = [place for place in filled if place.key_result is not None]
        verdicts = dict(zip(inner, self._detect.classify([filled[place] for place in inner]), strict=True))
        alike = self._likeness({place: r for place, r in candidates.items() if r.source == "model"}, subject)
        checked = {}
        for place, reading in filled.items():
            verdict, rewrite = verdicts.get(place), candidates[place]
            if verdict is None:
                found = self._detect.objective(self._detect.alone(reading), subject)
                checks = {"clean": _clean(found, subject.muted)}
            else:
                rewritten = KeyResultSubject(KeyResult(text=reading.normal.raw), reading, verdict)
                checks = {
                    "outcome": verdict.likeliest == Kind.OUTCOME,
                    "clean": _clean(self._detect.key_result(rewritten, subject), subject.muted),
                }
            if verdict is not None or rewrite.source == "model":
                original = subject.reading_at(place)
                checks["subject_kept"] = keeps_subject(rewrite.text, original, language, alike.get(place))
            if rewrite.source == "model":  # the library's own words are known, and so are those of the draft
                checks["names_from_draft"] = not sources.foreign_names(rewrite.text)
            checked[place] = _decided(rewrite, checks | _text_checks(rewrite.text, language, sources))
        return checked

    def _likeness(self, candidates: Mapping[Place, Rewrite], subject: DraftSubject) -> dict[Place, float]:
        """Return how alike rewrite and original are (cosine); nothing where there is no encoder."""
        originals = self._detect.vectors([subject.reading_at(place).said() for place in candidates])
        rewritten = self._detect.vectors([rewrite.text for rewrite in candidates.values()])
        if originals is None or rewritten is None:
            return {}
        return dict(zip(candidates, (originals * rewritten).sum(axis=1).tolist(), strict=True))


def _clean(detections: Sequence[Detection], muted: frozenset[str]) -> bool:
    return not any(detection.severity.at_least(Severity.WARNING) for detection in heard(detections, muted))


def keeps_subject(text: str, original: Reading, language: Language, alike: float | None = None) -> bool:
    """Whether a rewrite is about what the draft is about: they share words that carry meaning, or are much alike.

    `alike`: their cosine. The bounds are measured by `python -m evals.subjects` (docs/design/rewrites.md).
    """
    shared = bool(content_stems(original) & content_stems(read(text, language))) or _takes_up(text, original)
    return shared if alike is None else alike >= (_ALIKE if shared else _VERY_ALIKE)


def _takes_up(text: str, original: Reading) -> bool:
    """Whether a noun of the draft, however short, stands in the rewrite as it is written there."""
    nouns = {token.text.casefold() for token in original.tokens if token.has("thing", "event", "meeting", "metric")}
    nouns |= {token.text.casefold() for token in original.tokens if len(token.text) > 1 and token.text.isupper()}
    words = {word.strip("„“”\"'‚‘,.;:()").casefold() for word in text.replace("-", " ").split()}
    return bool(nouns & words)


def fill_placeholders(text: str, language: Language) -> str:
    """Return the text as it would read once the team has filled the blanks."""
    values = locale_of(language).placeholder_values
    for placeholder in placeholders_in(text):
        text = text.replace(placeholder, values.get(placeholder.strip("[]?"), placeholder))
    return text


def is_value(placeholder: str, language: Language) -> bool:
    """Whether a placeholder stands for a value, rather than for people or for what they do."""
    return placeholder.strip("[]?") in locale_of(language).placeholder_values


def _text_checks(text: str, language: Language, sources: Sources) -> dict[str, bool]:
    return {
        "numbers_from_draft": not sources.foreign_numbers(text),
        "dates_from_draft": not sources.foreign_dates(text),
        "people_named": all(is_value(placeholder, language) for placeholder in placeholders_in(text)),
        "one_sentence": is_one_sentence(text),
        "language": guess_language(text, default=language).language == language,
        "length": len(text) <= _LONGEST,
        "plain": is_plain(text) and not sources.gives_orders(text),
    }


def _decided(rewrite: Rewrite, checks: dict[str, bool]) -> Rewrite:
    failed = "scaffold" if rewrite.source == "rules" else "unverified"
    return rewrite.model_copy(update={"checks": checks, "status": "verified" if all(checks.values()) else failed})
