"""Suite `patterns`: which failure patterns a draft shows, by rules alone, per language."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from coach.catalog import open_catalog
from coach.critique import Critic
from coach.embedding import bundled_embedder
from coach.kinds import open_classifier
from coach.okr import parse_draft
from evals.drafts import LabelledDraft
from evals.scorers.classes import ClassScore, from_counts


def run(drafts: list[LabelledDraft]) -> dict[str, Any]:
    """Print and return precision, recall and F1 per pattern and language, for patterns that rules can find."""
    catalog = open_catalog()
    critic = Critic(catalog, open_classifier(bundled_embedder()))
    by_rule = {slug for slug, pattern in catalog.patterns.items() if pattern.detector.kind != "judge"}
    counts: dict[tuple[str, str], Counter[str]] = {}
    for draft in drafts:
        for expected, found in _pairs(critic, draft):
            for slug in (expected | found) & by_rule:
                tally = counts.setdefault((slug, draft.lang), Counter())
                tally["hits"] += slug in expected & found
                tally["answered"] += slug in found
                tally["expected"] += slug in expected
    figures: dict[str, Any] = {}
    print(f"\npatterns (rules alone){'':10} lang     n  prec.    rec.     F1")
    for (slug, language), tally in sorted(counts.items()):
        score = from_counts(**tally)
        figures[f"{slug}/{language}"] = score._asdict()
        print(_line(slug, language, score))
    for language in sorted({draft.lang for draft in drafts}):
        total: Counter[str] = sum((c for (_, lang), c in counts.items() if lang == language), Counter())
        score = from_counts(hits=total["hits"], answered=total["answered"], expected=total["expected"])
        figures[f"micro/{language}"] = score._asdict()
        print(_line("all of them (micro)", language, score))
    return figures


def _pairs(critic: Critic, draft: LabelledDraft) -> Iterator[tuple[set[str], set[str]]]:
    """Yield (expected, found) slugs for the objective, each key result, and the set."""
    body = {"objective": draft.objective, "key_results": draft.key_results, "language": draft.lang}
    review = critic.review(parse_draft({**body, "mode": "rules", "rewrite": False})).objectives[0]
    yield set(draft.labels.objective_patterns), {finding.pattern for finding in review.findings}
    yield set(draft.labels.set_patterns), {finding.pattern for finding in review.set_findings}
    for label in draft.labels.key_results:
        if not label.doubtful:
            yield set(label.patterns), {finding.pattern for finding in review.key_results[label.i].findings}


def _line(name: str, language: str, score: ClassScore) -> str:
    return f"{name:33} {language:4} {score.support:5} {score.precision:6.2f} {score.recall:7.2f} {score.f1:6.2f}"
