"""Hypotheses for a KPI: the behaviour or experience that is believed to move it, to choose from."""

from collections.abc import Iterable, Sequence

from coach.catalog import Catalog, Transformation
from coach.critique.sentence import fault_of
from coach.critique.sources import Sources
from coach.detectors import Place
from coach.language import Language, in_spelling_of, locale_of
from coach.review import Finding, Kind

_PATTERN = "kpi-as-key-result"
_MOST = 3
_FEWEST = 2


def about_kpi(located: Iterable[tuple[Place, Finding]]) -> frozenset[Place]:
    """Return the key results that are a KPI, as the findings say."""
    return frozenset(place for place, finding in located if finding.pattern == _PATTERN)


def is_hypothesis(text: str, language: Language, sources: Sources, *, prompt: str = "") -> bool:
    """Whether a sentence has the form "we believe that … because …" and may be shown."""
    formed = locale_of(language).hypothesis.search(text.strip()) is not None
    return formed and fault_of(text, language, sources, prompt=prompt) is None


def from_library(
    catalog: Catalog, entry: Transformation, subject: str, language: Language, sample: str
) -> tuple[str, ...]:
    """Return what the library's field believes to move a KPI: its own change first, then its neighbours'.

    A change without a reason gets a visible blank for it; fewer than two are no choice and none are returned.
    """
    words = catalog.scaffolds.hypothesis[language]
    neighbours: Sequence[Transformation] = [
        other for other in catalog.transformations if other.field == entry.field and other.slug != entry.slug
    ]
    people = entry.in_language(language).people
    kin = sorted(
        neighbours, key=lambda other: (Kind.KPI not in other.kinds, other.in_language(language).people != people)
    )
    changes = [other.in_language(language).change.rstrip(". ") for other in (entry, *kin)]
    single = [change for change in dict.fromkeys(changes) if ". " not in change][:_MOST]
    if len(single) < _FEWEST:
        return ()
    made = [_worded(words.belief, words.reason, subject, change, language) for change in single]
    return tuple(in_spelling_of(sample, text) for text in made)


def _worded(belief: str, reason: str, subject: str, change: str, language: Language) -> str:
    if not locale_of(language).nouns_are_capitalised and not change.split(maxsplit=1)[0].isupper():
        change = change[0].lower() + change[1:]
    text = belief.replace("{subject}", subject).replace("{change}", change)
    return text if locale_of(language).hypothesis.search(text) else f"{text.rstrip('.')}{reason}"
