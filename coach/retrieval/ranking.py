"""From evidence to an order of pages: a linear model, one for drafts and one for questions.

The weights are a reviewed file, rebuilt by `make train-ranking` from the queries under evals/datasets/retrieval.
"""

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from coach.retrieval.corpus import EVIDENCE, Evidence

WEIGHTS = Path(__file__).parent / "ranking.json"
_HEAD = 64


class Ranking(NamedTuple):
    """`draft` and `question`: a weight per name of EVIDENCE. `form` and `fits` (a bias, then a
    weight per value of form_of and fit_of) say how likely the query is a draft, and whether the method answers it."""

    draft: Sequence[float]
    question: Sequence[float]
    form: Sequence[float]
    fits: Sequence[float]

    def draft_probability(self, query: str, evidence: Evidence) -> float:
        """Return how likely (0–1) the query is a draft rather than a question."""
        return _logistic(self.form, form_of(query, evidence))

    def answers(self, evidence: Evidence) -> bool:
        """Whether the method has anything to say."""
        return _logistic(self.fits, fit_of(evidence)) >= 0.5

    def scores(self, query: str, evidence: Evidence) -> Any:
        """Return one score per page, higher is better."""
        import numpy as np  # noqa: PLC0415 - heavy

        drafted = self.draft_probability(query, evidence)
        weights = drafted * np.asarray(self.draft) + (1 - drafted) * np.asarray(self.question)
        return evidence.pages @ weights


def best_first(scores: Any) -> Iterator[int]:
    """Yield the number of every page, best first, the earlier of two alike; the rest is sorted only when asked for."""
    import numpy as np  # noqa: PLC0415 - heavy

    ahead = scores >= (np.partition(scores, -_HEAD)[-_HEAD] if len(scores) > _HEAD else -np.inf)
    for part in (ahead, ~ahead):
        pages = np.flatnonzero(part)
        yield from pages[np.argsort(-scores[pages], kind="stable")].tolist()


def form_of(query: str, evidence: Evidence) -> tuple[float, ...]:
    """Return what tells a draft from a question."""
    drafts, asked, _ = evidence.reading.form or (0.0, 0.0, 0.0)
    return (evidence.form, float("?" in query), drafts - asked)


def fit_of(evidence: Evidence) -> tuple[float, ...]:
    """Return what tells a query that the method answers from one that it does not."""
    process = max(evidence.reading.process.values(), default=0.0)
    aside = evidence.reading.form[2] if evidence.reading.form else 0.0
    return (evidence.nearest, evidence.aside, evidence.known, process, aside)


def _logistic(weights: Sequence[float], values: Sequence[float]) -> float:
    score = weights[0] + sum(weight * value for weight, value in zip(weights[1:], values, strict=True))
    return 1.0 / (1.0 + math.exp(-max(-50.0, min(50.0, score))))


@cache
def read_rankings(path: Path = WEIGHTS) -> Mapping[str, Ranking]:
    """Return the rankings in a file: `hybrid`, and `lexical` where no embedding runs."""
    content = json.loads(path.read_text(encoding="utf-8"))
    return {
        name: Ranking(
            draft=[weights["draft"][key] for key in EVIDENCE],
            question=[weights["question"][key] for key in EVIDENCE],
            form=weights["form"],
            fits=weights["fits"],
        )
        for name, weights in content.items()
    }
