"""Verify: the detectors that judged the draft judge the rewrite, with its blanks filled by stand-ins."""

import re
from collections.abc import Mapping, Sequence

from coach.critique.detect import Detect, Detection
from coach.critique.mute import heard
from coach.critique.scaffold import placeholders_in
from coach.detectors import DraftSubject, KeyResultSubject, Place
from coach.detectors.similarity import content_stems
from coach.language import Language, guess_language, locale_of
from coach.language.numbers import find_quantities
from coach.okr import Draft, KeyResult
from coach.reading import Reading, read
from coach.review import Kind, Rewrite, Severity

_LONGEST = 320
_SENTENCES = re.compile(r"[.!?](?:\s+|$)(?=\S)")


class Verify:
    """The last room: a rewrite is `verified` only when every check holds."""

    def __init__(self, detect: Detect) -> None:
        self._detect = detect

    def __call__(
        self, candidates: Mapping[Place, Rewrite], subject: DraftSubject, draft: Draft, language: Language
    ) -> dict[Place, Rewrite]:
        """Return the candidates with their checks and status; key results are classified in one batch."""
        filled = {
            place: read(fill_placeholders(rewrite.text, language), language) for place, rewrite in candidates.items()
        }
        inner = [place for place in filled if place.key_result is not None]
        verdicts = dict(zip(inner, self._detect.classify([filled[place] for place in inner]), strict=True))
        checked = {}
        for place, reading in filled.items():
            verdict = verdicts.get(place)
            if verdict is None:
                found = self._detect.objective(self._detect.alone(reading), subject)
                checks = {"clean": _clean(found, subject.muted)}
            else:
                rewritten = KeyResultSubject(KeyResult(text=reading.normal.raw), reading, verdict)
                checks = {
                    "outcome": verdict.likeliest == Kind.OUTCOME,
                    "clean": _clean(self._detect.key_result(rewritten, subject), subject.muted),
                    "subject_kept": keeps_subject(candidates[place].text, subject.reading_at(place), language),
                }
            checks |= _text_checks(candidates[place].text, subject.reading_at(place), draft, language)
            checked[place] = _decided(candidates[place], checks)
        return checked


def _clean(detections: Sequence[Detection], muted: frozenset[str]) -> bool:
    return not any(detection.severity.at_least(Severity.WARNING) for detection in heard(detections, muted))


def keeps_subject(text: str, original: Reading, language: Language) -> bool:
    """Whether a rewrite shares a word that carries meaning with the draft."""
    return bool(content_stems(original) & content_stems(read(text, language)))


def fill_placeholders(text: str, language: Language) -> str:
    """Return the text as it would read once the team has filled the blanks."""
    values = locale_of(language).placeholder_values
    for placeholder in placeholders_in(text):
        text = text.replace(placeholder, values.get(placeholder.strip("[]?"), placeholder))
    return text


def is_value(placeholder: str, language: Language) -> bool:
    """Whether a placeholder stands for a value, rather than for people or for what they do."""
    return placeholder.strip("[]?") in locale_of(language).placeholder_values


def _text_checks(text: str, original: Reading, draft: Draft, language: Language) -> dict[str, bool]:
    return {
        "numbers_from_draft": invents_no_number(text, original, draft, language),
        "people_named": all(is_value(placeholder, language) for placeholder in placeholders_in(text)),
        "one_sentence": len(_SENTENCES.findall(_without_brackets(text))) == 0,
        "language": guess_language(text, default=language).language == language,
        "length": len(text) <= _LONGEST,
    }


def invents_no_number(text: str, original: Reading, draft: Draft, language: Language) -> bool:
    """Whether every number of a rewrite stands in the draft's own text or in the context given."""
    allowed = {_digits(quantity.text) for quantity in original.quantities}
    context = draft.model_dump_json(include={"context"})
    allowed |= set(re.findall(r"\d+", context))
    allowed |= set(re.findall(r"\d+", original.text))
    return all(
        set(re.findall(r"\d+", quantity.text)) <= allowed or _digits(quantity.text) in allowed
        for quantity in find_quantities(text, locale_of(language))
        if quantity.unit != "placeholder"
    )


def _digits(text: str) -> str:
    return re.sub(r"\W", "", text.lower())


def _without_brackets(text: str) -> str:
    return re.sub(r"\([^)]*\)|\[[^\]]*\]|\b\w{1,3}\.(?=\s)|\d+\.", "", text)


def _decided(rewrite: Rewrite, checks: dict[str, bool]) -> Rewrite:
    failed = "scaffold" if rewrite.source == "rules" else "unverified"
    return rewrite.model_copy(update={"checks": checks, "status": "verified" if all(checks.values()) else failed})
