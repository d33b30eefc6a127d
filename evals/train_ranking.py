"""`make train-ranking`: rebuild coach/retrieval/ranking.json from the labelled queries of this repository.

Only the queries of the split `tuned-on` are read; what `held-out` says is measured by `python -m evals run retrieval`.
"""

import json
import os
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # before numpy: the order of additions must not depend on the machine

import numpy as np
from sklearn.linear_model import LogisticRegression

from coach.critique import Critic
from coach.embedding import PrecomputedEmbedder
from coach.kinds import open_classifier
from coach.language import LANGUAGES
from coach.paths import VECTORS
from coach.retrieval.corpus import EVIDENCE, Corpus, Evidence
from coach.retrieval.ranking import WEIGHTS, Ranking, fit_of, form_of
from coach.retrieval.search import Search
from coach.settings import Settings
from coach.wiring import open_coach
from evals.queries import LabelledQuery, Split, queries, relevant

DIGITS = 3
DENSE, LEXICAL = EVIDENCE[0:3], EVIDENCE[3:6]
TYPED = ("dense asked", "dense drafts", "lexical asked", "lexical drafts")
FLAWS = EVIDENCE[6:9]
TYPES = EVIDENCE[9:]


class Example(NamedTuple):
    """A labelled query with what the corpus has for it and which pages answer."""

    query: LabelledQuery
    evidence: Evidence
    relevant: np.ndarray


class Bench:
    """Search over the shipped knowledge base, opened in a folder that vanishes."""

    def __init__(self, *, by_meaning: bool = True) -> None:
        self._folder = tempfile.TemporaryDirectory()
        coach = open_coach(Settings(home=Path(self._folder.name)))
        assert coach.encoder is not None, "this needs the encoder in the package"
        self._embedder = coach.encoder
        critic = coach.critic if by_meaning else Critic(coach.catalog, open_classifier(None))
        self._reading = critic.read_query
        embedder = PrecomputedEmbedder(coach.encoder, VECTORS) if by_meaning else None
        self.by_meaning = by_meaning
        self.search = Search(coach.catalog, embedder, Path(self._folder.name), self._reading)
        self.search.build()

    def examples(self, split: Split) -> Iterator[Example]:
        """Yield every query of a split with its evidence."""
        for language in LANGUAGES:
            corpus: Corpus = self.search.corpus(language)
            asked = queries(split, language)
            vectors = self._embedder.embed_queries([query.query for query in asked]) if self.by_meaning else None
            for index, query in enumerate(asked):
                vector = None if vectors is None else vectors[index]
                evidence = corpus.evidence(query.query, vector, self._reading(query.query, language))
                yield Example(query, evidence, relevant(query, corpus))


def fit(examples: Sequence[Example], columns: Sequence[str]) -> Ranking:
    """Return the ranking that uses only these columns of the evidence."""
    form = _fit_form(examples)
    unfinished = Ranking([0.0] * len(EVIDENCE), [0.0] * len(EVIDENCE), form, _fit_fits(examples))
    used = [EVIDENCE.index(name) for name in columns]
    rows, answers, weights = [], [], []
    for query, evidence, answering in examples:
        if query.off_topic or not answering.any():
            continue
        drafted = unfinished.draft_probability(query.query, evidence)
        pages = evidence.pages[:, used]
        rows.append(np.hstack([pages * drafted, pages * (1 - drafted)]))
        answers.append(answering)
        weights.append(np.where(answering, 1 / answering.sum(), 1 / (~answering).sum()))
    model = LogisticRegression(C=3.0, max_iter=3_000, tol=1e-6)
    model.fit(np.concatenate(rows), np.concatenate(answers), sample_weight=np.concatenate(weights))
    found = np.round(model.coef_[0], DIGITS) + 0.0
    return unfinished._replace(draft=_spread(found[: len(used)], used), question=_spread(found[len(used) :], used))


def _spread(weights: np.ndarray, used: Sequence[int]) -> list[float]:
    spread = np.zeros(len(EVIDENCE))
    spread[list(used)] = weights
    return [float(weight) for weight in spread]


def _fit_form(examples: Sequence[Example]) -> list[float]:
    known = [e for e in examples if e.query.style in {"draft", "question", "complaint", "keywords"}]
    values = [form_of(e.query.query, e.evidence) for e in known]
    return _logistic(values, [e.query.style == "draft" for e in known], strength=100.0)


def _fit_fits(examples: Sequence[Example]) -> list[float]:
    return _logistic([fit_of(e.evidence) for e in examples], [not e.query.off_topic for e in examples], strength=30.0)


def _logistic(values: Sequence[Sequence[float]], answers: Sequence[bool], *, strength: float) -> list[float]:
    model = LogisticRegression(C=strength, max_iter=3_000, tol=1e-6).fit(np.array(values), answers)
    return [float(value) for value in np.round([model.intercept_[0], *model.coef_[0]], DIGITS) + 0.0]


def content() -> dict[str, Any]:
    """Return what the weights file holds."""
    shapes = {}
    for name, by_meaning in (("hybrid", True), ("lexical", False)):
        examples = list(Bench(by_meaning=by_meaning).examples("tuned-on"))
        ranking = fit(examples, EVIDENCE if by_meaning else (*LEXICAL, *FLAWS, *TYPES))
        shapes[name] = {
            "draft": dict(zip(EVIDENCE, ranking.draft, strict=True)),
            "question": dict(zip(EVIDENCE, ranking.question, strict=True)),
            "form": ranking.form,
            "fits": ranking.fits,
        }
    return shapes


def main() -> None:
    """Train and write the weights."""
    WEIGHTS.write_text(json.dumps(content(), indent=1) + "\n", encoding="utf-8")
    print(f"{WEIGHTS.name}: {WEIGHTS.stat().st_size} bytes")


if __name__ == "__main__":
    main()
