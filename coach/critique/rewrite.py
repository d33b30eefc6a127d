"""Rewrite by rules: an offer for every key result and objective that a finding says is off."""

from collections.abc import Iterable

from coach.catalog import Catalog
from coach.critique.hypotheses import from_library
from coach.critique.scaffold import Library, placeholders_in, scaffold, subject_of
from coach.detectors import DraftSubject, KeyResultSubject, Place
from coach.language import Language, in_spelling_of
from coach.reading import Reading
from coach.review import Finding, Kind, Level, Rewrite, Severity

_TASKLIKE = frozenset({"task-as-objective", "no-customer-value", "heading-only-objective", "vague-objective"})
_MISSING = frozenset({"no-baseline"})


class RewriteByRules:
    """The fourth room without a model."""

    def __init__(self, catalog: Catalog) -> None:
        self._library = Library(catalog)
        self._catalog = catalog

    def __call__(
        self, located: Iterable[tuple[Place, Finding]], subject: DraftSubject, language: Language
    ) -> dict[Place, Rewrite]:
        """Return a candidate per element that needs one and can be helped."""
        wanted: dict[Place, set[str]] = {}
        for place, finding in located:
            at_element = finding.level in {Level.OBJECTIVE, Level.KEY_RESULT} and place.objective is not None
            if at_element and finding.severity.at_least(Severity.WARNING):
                wanted.setdefault(place, set()).add(finding.pattern)
        candidates = {}
        for place, patterns in wanted.items():
            if place.key_result is None:
                text = self._objective(subject.reading_at(place), patterns, language)
            else:
                objective = subject.reading_at(Place(place.objective))
                text = self._key_result(subject.key_result_at(place), objective, patterns, language)
            if text:
                candidates[place] = Rewrite(text=text, status="scaffold", placeholders=placeholders_in(text))
        return candidates

    def hypotheses(self, reading: Reading, language: Language) -> tuple[str, ...]:
        """Return what is believed to move a KPI, where the library knows its field."""
        match = self._library.match(reading, Kind.KPI, language)
        if match is None or match.entry is None or (topic := subject_of(match, reading)) is None:
            return ()
        topic = topic.removeprefix("the ")
        return from_library(self._catalog, match.entry, topic, language, reading.normal.raw)

    def _objective(self, reading: Reading, patterns: set[str], language: Language) -> str | None:
        """Return what changes for whom, where the objective names a task or topic that the library knows."""
        match = self._library.match(reading, Kind.OUTPUT, language) if patterns & _TASKLIKE else None
        if match is None or match.entry is None:
            return None
        return in_spelling_of(reading.normal.raw, match.entry.in_language(language).change.rstrip("."))

    def _key_result(
        self, key_result: KeyResultSubject, objective: Reading, patterns: set[str], language: Language
    ) -> str | None:
        kind = key_result.verdict.likeliest
        if kind == Kind.OUTCOME:
            return self._with_blank(key_result, language) if patterns <= _MISSING else None
        match = self._library.match(key_result.reading, kind, language)
        return scaffold(match, key_result, objective) if match else None

    def _with_blank(self, key_result: KeyResultSubject, language: Language) -> str:
        """Return an outcome with its missing starting value as a visible blank."""
        return f"{key_result.source.text.rstrip(' .')} {self._catalog.scaffolds.baseline_blank[language]}"
