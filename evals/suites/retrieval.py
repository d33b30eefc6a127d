"""Suite `retrieval`: whether search finds a page that answers, per language and style of query.

`held-out` queries were written apart from the knowledge base and decide no weight. The ablation fits one ranking per
kind of evidence on the `tuned-on` queries, so that each kind does its best.
"""

import tempfile
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from coach.language import LANGUAGES
from coach.retrieval.corpus import EVIDENCE
from coach.retrieval.ranking import Ranking, read_rankings
from coach.settings import Settings
from coach.wiring import open_coach
from evals.queries import FOLDER, queries, read_queries
from evals.request import Request
from evals.train_ranking import DENSE, LEXICAL, TYPED, TYPES, Bench, Example, fit, training_examples

OWN_KNOWLEDGE = FOLDER.parent / "own-knowledge"


class Outcome(NamedTuple):
    """The rank (from 1) of the first page that answers; None where none does. `empty`: nothing was answered."""

    rank: int | None
    empty: bool


ABLATION: Mapping[str, Sequence[str]] = {
    "dense": (*DENSE, *TYPES),
    "lexical": (*LEXICAL, *TYPES),
    "dense + lexical": (*DENSE, *LEXICAL, *TYPES),
    "hybrid, prose alone": tuple(name for name in EVIDENCE if name not in TYPED),
}


def run(_request: Request) -> dict[str, Any]:
    """Print and return hit@1, hit@3, MRR@10 and the share of off-topic queries answered empty."""
    learnt_from = training_examples()
    tuned = [example for example in learnt_from if example.query.style != "everyday"]
    held_out = list(Bench().examples("held-out"))
    shipped = read_rankings()["hybrid"]
    figures: dict[str, Any] = {}
    print(f"\nretrieval{'':38} {'n':>5} {'hit@1':>6} {'hit@3':>6} {'mrr@10':>6} {'empty':>6}")
    for name, examples in (("tuned-on", tuned), ("held-out", held_out)):
        _report(f"{name} hybrid", examples, shipped, figures, styles=True)
    for name, columns in ABLATION.items():
        _report(f"held-out {name}", held_out, fit(learnt_from, columns), figures, styles=False)
    _report(
        "held-out no embedding",
        list(Bench(by_meaning=False).examples("held-out")),
        read_rankings()["lexical"],
        figures,
        styles=False,
    )
    _report_across(figures)
    return figures


def _report_across(figures: dict[str, Any]) -> None:
    """Own articles in one language, asked for in the other: among all pages, is the right one in the first three?"""
    with tempfile.TemporaryDirectory() as folder:
        search = open_coach(Settings(home=Path(folder), knowledge_dirs=(OWN_KNOWLEDGE / "knowledge",))).search
        search.build()
        groups: dict[str, list[Outcome]] = defaultdict(list)
        for query in read_queries(OWN_KNOWLEDGE / "queries.jsonl"):
            found = [page.slug for page in search.find(query.query, language=query.language, limit=10)]
            groups[f"across languages, asked in {query.language}"].append(_placed(found, set(query.slugs)))
        for language in LANGUAGES:
            for query in queries("held-out", language):
                passages = search.find(query.query, language=language, limit=10)
                answers = {page.slug for page in search.corpus(language).passages if query.answered_by(page)}
                name = f"held-out beside such pages, {'off-topic ' if query.off_topic else ''}{language}"
                groups[name].append(_placed([page.slug for page in passages], answers))
    for name, outcomes in sorted(groups.items()):
        strangers = groups.get(name.replace(", ", ", off-topic "), [])
        if "off-topic" not in name:
            _row(name, outcomes, strangers, figures)


def _placed(found: Sequence[str], answers: set[str]) -> Outcome:
    return Outcome(next((place for place, slug in enumerate(found, start=1) if slug in answers), None), not found)


def outcome(example: Example, ranking: Ranking) -> Outcome:
    """Return what a ranking makes of a query."""
    if not ranking.answers(example.evidence):
        return Outcome(None, empty=True)
    order = np.argsort(-ranking.scores(example.query.query, example.evidence), kind="stable")
    places = np.flatnonzero(example.relevant[order])
    return Outcome(int(places[0]) + 1 if len(places) else None, empty=False)


def _report(name: str, examples: Sequence[Example], ranking: Ranking, figures: dict[str, Any], *, styles: bool) -> None:
    groups: dict[str, list[Outcome]] = defaultdict(list)
    off_topic: dict[str, list[Outcome]] = defaultdict(list)
    for example in examples:
        found, language = outcome(example, ranking), example.query.language
        if example.query.off_topic:
            off_topic[language].append(found)
            continue
        groups[language].append(found)
        if styles:
            groups[f"{language} {example.query.style}"].append(found)
    for group, outcomes in sorted(groups.items()):
        _row(f"{name} {group}", outcomes, off_topic.get(group, []), figures)


def _row(name: str, outcomes: Sequence[Outcome], strangers: Sequence[Outcome], figures: dict[str, Any]) -> None:
    ranks = [found.rank or 0 for found in outcomes]
    row = {
        "n": len(ranks),
        "hit@1": sum(rank == 1 for rank in ranks) / len(ranks),
        "hit@3": sum(0 < rank <= 3 for rank in ranks) / len(ranks),
        "mrr@10": sum(1 / rank for rank in ranks if 0 < rank <= 10) / len(ranks),
        "empty": sum(found.empty for found in strangers) / len(strangers) if strangers else None,
    }
    figures[name] = row
    empty = f"{row['empty']:6.2f}" if strangers else ""
    print(f"{name:47} {row['n']:5} {row['hit@1']:6.2f} {row['hit@3']:6.2f} {row['mrr@10']:6.2f} {empty}")
