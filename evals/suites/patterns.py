"""Suite `patterns`: which failure patterns a draft shows, per pattern and language; clean key results that are flagged."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from coach.review import Level, Severity
from evals.request import Request
from evals.scorers.classes import ClassScore, from_counts
from evals.scorers.intervals import bootstrap
from evals.subject import Reviewed, coach_for, reviewed
from evals.suites import judged

BY_RULE = frozenset(
    [
        "metric-in-objective",
        "compound-objective",
        "means-in-objective",
        "heading-only-objective",
        "vague-wording",
        "no-measure",
        "no-baseline",
        "no-target",
        "binary-key-result",
        "compound-key-result",
        "absolute-claim",
        "too-many-objectives",
        "too-many-key-results",
        "too-few-key-results",
        "task-list",
        "metrics-only",
        "duplicate-key-results",
    ]
)
"""The patterns that the labelling guide calls decidable by rule alone (R)."""


class Element(NamedTuple):
    """An objective, a key result or a set: the slugs that are right, and those that the coach found."""

    language: str
    level: str
    expected: frozenset[str]
    found: frozenset[str]
    flagged: bool = False


def run(request: Request) -> dict[str, Any]:
    """Print and return precision, recall and F1 per pattern and language, and the summaries that the bars name."""
    patterns = coach_for(request.mode).catalog.patterns
    every = frozenset(slug for slug, p in patterns.items() if p.level != Level.PROCESS and p.detector.kind != "context")
    elements = [element for each in reviewed(request.asked_about(), request.mode) for element in elements_of(each)]
    figures: dict[str, Any] = {}
    print(f"\npatterns ({request.mode}){'':20} lang     n  prec.    rec.     F1")
    languages = sorted({element.language for element in elements})
    for slug in sorted(every, key=lambda slug: (slug not in BY_RULE, slug)):
        for language in languages:
            score = _score([e for e in elements if e.language == language], {slug})
            if score.support or score.precision or _answers(elements, slug, language):
                figures[f"{slug}/{language}"] = score._asdict()
                print(_line(f"{slug}{' (R)' if slug in BY_RULE else ''}", language, score))
    for language in languages:
        rows = [element for element in elements if element.language == language]
        _summaries(language, rows, every, figures)
    if request.mode != "rules":
        figures["with a model"] = judged.print_patterns(request.asked_about(), request.mode, every)
    return figures


def _summaries(language: str, rows: Sequence[Element], every: frozenset[str], figures: dict[str, Any]) -> None:
    by_rule = _score(rows, BY_RULE)
    figures[f"micro of rules/{language}"] = {
        **by_rule._asdict(),
        "interval": bootstrap(rows, lambda drawn: _score(drawn, BY_RULE).f1),
    }
    print(_line("decidable by rule (micro)", language, by_rule))
    others = {
        slug: figures[f"{slug}/{language}"]["f1"] for slug in every - BY_RULE if _labelled(figures, slug, language)
    }
    macro = sum(others.values()) / len(others) if others else 0.0
    figures[f"macro of the others/{language}"] = {"f1": macro, "patterns": len(others)}
    print(f"{'all others (macro of ' + str(len(others)) + ')':33} {language:4} {'':22} {macro:6.2f}")
    clean = [row for row in rows if row.level == "key_result" and not row.expected]
    share = sum(row.flagged for row in clean) / len(clean) if clean else 0.0
    figures[f"clean flagged/{language}"] = {"n": len(clean), "share": share}
    print(f"{'clean key results flagged':33} {language:4} {len(clean):5} {'':16} {share:6.2f}")


def _labelled(figures: Mapping[str, Any], slug: str, language: str) -> bool:
    return bool(figures.get(f"{slug}/{language}", {}).get("support", 0))


def elements_of(each: Reviewed) -> Iterator[Element]:
    """Yield objective, set and key results of a reviewed draft."""
    review, labels, language = each.review.objectives[0], each.draft.labels, each.draft.lang
    found = frozenset(finding.pattern for finding in review.findings)
    yield Element(language, "objective", frozenset(labels.objective_patterns), found)
    found = frozenset(finding.pattern for finding in review.set_findings)
    yield Element(language, "set", frozenset(labels.set_patterns), found)
    for label, result in each.key_results():
        flagged = any(finding.severity.at_least(Severity.WARNING) for finding in result.findings)
        found = frozenset(finding.pattern for finding in result.findings)
        yield Element(language, "key_result", frozenset(label.patterns), found, flagged)


def _answers(elements: Sequence[Element], slug: str, language: str) -> int:
    return sum(slug in element.found for element in elements if element.language == language)


def _score(rows: Sequence[Element], slugs: frozenset[str] | set[str]) -> ClassScore:
    tally: Counter[str] = Counter()
    for row in rows:
        tally["hits"] += len(row.expected & row.found & slugs)
        tally["answered"] += len(row.found & slugs)
        tally["expected"] += len(row.expected & slugs)
    return from_counts(hits=tally["hits"], answered=tally["answered"], expected=tally["expected"])


def _line(name: str, language: str, score: ClassScore) -> str:
    return f"{name:33} {language:4} {score.support:5} {score.precision:6.2f} {score.recall:7.2f} {score.f1:6.2f}"
