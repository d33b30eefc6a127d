"""Suite `retrieval`: whether search finds a page that answers, per language and style of query."""

import json
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import Any, NamedTuple

from coach.catalog import open_catalog
from coach.embedding import PrecomputedEmbedder, bundled_embedder
from coach.paths import VECTORS
from coach.retrieval.search import Search
from evals.drafts import LabelledDraft

_QUERIES = Path(__file__).parent.parent / "datasets" / "retrieval"
_DEPTH = 10


class Answer(NamedTuple):
    """A query's style, and the rank (from 1) of the first page that answers it; None where none came."""

    style: str
    rank: int | None
    empty: bool


def run(_drafts: list[LabelledDraft]) -> dict[str, Any]:
    """Print and return hit@1, hit@3 and MRR@10 for hybrid and for lexical search; off-topic: share answered empty."""
    catalog, bundled = open_catalog(), bundled_embedder()
    figures: dict[str, Any] = {}
    print(f"\nretrieval{'':24} {'n':>5} {'hit@1':>6} {'hit@3':>6} {'mrr@10':>6}")
    with tempfile.TemporaryDirectory() as folder:
        hybrid = Search(catalog, PrecomputedEmbedder(bundled, VECTORS) if bundled else None, Path(folder))
        hybrid.build()
        for name, search in (("hybrid", hybrid), ("lexical", Search(catalog, None, Path(folder)))):
            for path in sorted(_QUERIES.glob("*.jsonl")):
                _report(f"{name} {path.stem}", _answers(search, path), figures)
    return figures


def _answers(search: Search, path: Path) -> list[Answer]:
    answers = []
    for line in path.read_text(encoding="utf-8").splitlines():
        query = json.loads(line)
        found = [page.slug for page in search.find(query["query"], language=query["language"], limit=_DEPTH)]
        rank = next((place for place, slug in enumerate(found, start=1) if slug in query["slugs"]), None)
        answers.append(Answer(query["style"], rank, not found))
    return answers


def _report(name: str, answers: list[Answer], figures: dict[str, Any]) -> None:
    groups: dict[str, list[Answer]] = defaultdict(list)
    for answer in answers:
        groups[answer.style].append(answer)
    empty = groups.pop("off-topic", [])
    groups["all"] = [answer for answer in answers if answer.style != "off-topic"]
    for style, group in groups.items():
        ranks = [answer.rank or 0 for answer in group]
        row = {
            "n": len(group),
            "hit@1": sum(rank == 1 for rank in ranks) / len(group),
            "hit@3": sum(0 < rank <= 3 for rank in ranks) / len(group),
            "mrr@10": sum(1 / rank for rank in ranks if rank) / len(group),
        }
        figures[f"{name} {style}"] = row
        print(f"{name + ' ' + style:33} {row['n']:5} {row['hit@1']:6.2f} {row['hit@3']:6.2f} {row['mrr@10']:6.2f}")
    if empty:
        share = sum(answer.empty for answer in empty) / len(empty)
        figures[f"{name} off-topic"] = {"n": len(empty), "empty": share}
        print(f"{name + ' off-topic answered empty':33} {len(empty):5} {share:6.2f}")
