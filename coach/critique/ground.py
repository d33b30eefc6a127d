"""Ground: give each finding its words, its question, and the passages it rests on."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from coach.catalog import Catalog
from coach.catalog.records import INSTEAD
from coach.critique.detect import Detection
from coach.detectors import DraftSubject, Place
from coach.language import LANGUAGES, Language, in_spelling_of
from coach.reading import Stretch
from coach.retrieval.passages import Passage, article_passages, pattern_passages
from coach.review import Finding, Level

_ARTICLES = 2


class Ground:
    """The second room: from hits to findings that quote, ask and cite."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._passages: dict[tuple[str, Language], list[Passage]] = {}

    def __call__(
        self, detections: Sequence[Detection], subject: DraftSubject, language: Language, sample: str
    ) -> list[tuple[Place, Finding]]:
        """Return a finding per detection; wording varies where a pattern occurs more than once."""
        seen: Counter[str] = Counter()
        located = []
        for detection in detections:
            slug = detection.pattern.slug
            located.append((detection.place, self._finding(detection, subject, language, sample, seen[slug])))
            seen[slug] += 1
        return located

    def passages_for(self, slug: str, language: Language) -> list[Passage]:
        """Return what a finding of the pattern cites: its cure first, then articles that go deeper."""
        key = (slug, language)
        if key not in self._passages:
            own = _in_either(pattern_passages, self._catalog, slug, language)
            cure = [passage for passage in own if passage.heading == INSTEAD[passage.language]]
            deeper = [
                _in_either(article_passages, self._catalog, article.slug, language)[0]
                for article in self._catalog.articles.values()
                if slug in article.related
            ]
            self._passages[key] = [*cure, *deeper[:_ARTICLES]]
        return self._passages[key]

    def _finding(
        self, detection: Detection, subject: DraftSubject, language: Language, sample: str, occurrence: int
    ) -> Finding:
        pattern, severity, place, hit, reason = detection
        reading = None if place.objective is None else subject.reading_at(place)
        span = reading.span(*_trimmed(reading.text, hit.stretch)) if reading and hit.stretch else None
        text = pattern.text[language]
        quote = span.text.strip() if span else (reading.text.strip() if reading else "")
        messages = text.messages if span else [m for m in text.messages if "{quote}" not in m] or text.messages
        message = fill(messages[occurrence % len(messages)], {**hit.values, "quote": quote})
        question = text.questions[occurrence % len(text.questions)]
        return Finding(
            pattern=pattern.slug,
            level=pattern.level,
            severity=severity,
            span=span,
            message=in_spelling_of(sample, message),
            question=in_spelling_of(sample, question),
            citations=tuple(passage.id for passage in self.passages_for(pattern.slug, language)),
            source=hit.source,
            confidence=round(hit.confidence, 4),
            fingerprint=fingerprint(pattern.slug, reading.text if reading else "", span.text if span else ""),
            evidence=hit.evidence,
            reason=reason,
        )


def _in_either(
    passages_of: Callable[[Catalog, str, Language], list[Passage]], catalog: Catalog, slug: str, language: Language
) -> list[Passage]:
    """Return the passages of a page in a language; where it is not written in it, in the other."""
    found = (passages_of(catalog, slug, tried) for tried in (language, *LANGUAGES))
    return next((passages for passages in found if passages), [])


def _trimmed(text: str, stretch: Stretch) -> Stretch:
    """Return a stretch without blanks and commas at its edges."""
    start, end = stretch
    while start < end and text[start] in " ,;:":
        start += 1
    while end > start and text[end - 1] in " ,;:.":
        end -= 1
    return Stretch(start, end) if start < end else stretch


def fill(template: str, values: dict[str, object]) -> str:
    """Return a message with its {slots} filled; text that looks like a slot is left alone."""
    for name, value in values.items():
        template = template.replace("{" + name + "}", str(value))
    return template


def fingerprint(slug: str, text: str, quote: str) -> str:
    """Return an id of a finding that survives edits elsewhere in the draft."""
    return hashlib.sha256("\x1f".join((slug, text, quote)).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def findings_at(
    located: Iterable[tuple[Place, Finding]], place: Place, levels: frozenset[Level]
) -> tuple[Finding, ...]:
    """Return the findings of certain levels at a place, in order."""
    return tuple(finding for where, finding in located if where == place and finding.level in levels)
