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
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression

from coach.critique import Critic
from coach.embedding import PrecomputedEmbedder
from coach.kinds import open_classifier
from coach.language import LANGUAGES, Language
from coach.paths import VECTORS
from coach.retrieval.corpus import EVIDENCE, Corpus, Evidence
from coach.retrieval.pages import FILE as PAGE_HEAD
from coach.retrieval.questions import Question, read_questions
from coach.retrieval.ranking import WEIGHTS, Ranking, fit_of, form_of
from coach.retrieval.search import Search
from coach.settings import Settings
from coach.wiring import open_coach
from evals.queries import LabelledQuery, Split, queries, relevant
from evals.train_pages import Questions, kept_apart, most_questions
from evals.train_pages import train as train_head

DIGITS = 3
_EASE = 0.01
_EVERYDAY = 0.1
DENSE, LEXICAL = EVIDENCE[0:3], EVIDENCE[3:6]
TYPED = ("dense asked", "dense drafts", "lexical asked", "lexical drafts")
FLAWS = EVIDENCE[6:9]
PAGES = EVIDENCE[9:11]
TYPES = EVIDENCE[11:]


class Example(NamedTuple):
    """A labelled query with what the corpus has for it and which pages answer."""

    query: LabelledQuery
    evidence: Evidence
    relevant: np.ndarray


class Bench:
    """Search over the shipped knowledge base, opened in a folder that vanishes."""

    def __init__(
        self, *, by_meaning: bool = True, head: Path = PAGE_HEAD, questions: Questions = read_questions
    ) -> None:
        self._folder = tempfile.TemporaryDirectory()
        coach = open_coach(Settings(home=Path(self._folder.name)))
        assert coach.encoder is not None, "this needs the encoder in the package"
        self._embedder = coach.encoder
        critic = coach.critic if by_meaning else Critic(coach.catalog, open_classifier(None))
        self._reading = critic.read_query
        embedder = PrecomputedEmbedder(coach.encoder, VECTORS) if by_meaning else None
        self.by_meaning = by_meaning
        self.search = Search(
            coach.catalog, embedder, Path(self._folder.name), self._reading, questions=questions, head=head
        )
        self.search.build()

    def examples(self, split: Split) -> Iterator[Example]:
        """Yield every query of a split with its evidence."""
        for language in LANGUAGES:
            yield from self._of(language, queries(split, language))

    def kept_apart(self) -> Iterator[Example]:
        """Yield the everyday questions that this bench's head has not seen."""
        for language in LANGUAGES:
            apart = [question for question in read_questions(language) if kept_apart(question)]
            yield from self._of(language, [_labelled(question, language) for question in apart])

    def _of(self, language: Language, asked: Sequence[LabelledQuery]) -> Iterator[Example]:
        corpus: Corpus = self.search.corpus(language)
        spelled = [self.search.spelled(query.query, language) for query in asked]
        vectors = self._embedder.embed_queries(spelled) if self.by_meaning else None
        for index, (query, text) in enumerate(zip(asked, spelled, strict=True)):
            vector = None if vectors is None else vectors[index]
            evidence = corpus.evidence(text, vector, self._reading(text, language))
            yield Example(query.model_copy(update={"query": text}), evidence, relevant(query, corpus))


def _labelled(question: Question, language: Language) -> LabelledQuery:
    return LabelledQuery(
        id="", language=language, style="everyday", query=question.query, slugs=question.pages, sources=()
    )


def fit(examples: Sequence[Example], columns: Sequence[str]) -> Ranking:
    """Return the ranking that uses only these columns: it makes an answering page as likely as it can to be first."""
    unfinished = Ranking([0.0] * len(EVIDENCE), [0.0] * len(EVIDENCE), _fit_form(examples), _fit_fits(examples))
    used = [EVIDENCE.index(name) for name in columns]
    rows = []
    for query, evidence, answering in examples:
        if query.off_topic or not answering.any():
            continue
        drafted = unfinished.draft_probability(query.query, evidence)
        weight = _EVERYDAY if query.style == "everyday" else 1.0
        rows.append((evidence.pages[:, used], drafted, answering, weight))
    scale = np.std(np.concatenate([pages for pages, *_ in rows]), axis=0) + 1e-6
    size = len(used)

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        drafts, questions = weights[:size] / scale, weights[size:] / scale
        total, slope = 0.0, np.zeros(2 * size)
        for pages, drafted, answering, weight in rows:
            scores = pages @ (drafted * drafts + (1 - drafted) * questions)
            shares = np.exp(scores - scores.max())
            shares /= shares.sum()
            right = shares * answering
            total -= weight * float(np.log(right.sum()))
            step = weight * (pages.T @ (shares - right / right.sum())) / scale
            slope[:size] += drafted * step
            slope[size:] += (1 - drafted) * step
        count = sum(weight for *_, weight in rows)
        return total / count + _EASE * float(weights @ weights), slope / count + 2 * _EASE * weights

    found = minimize(loss, np.zeros(2 * size), jac=True, method="L-BFGS-B", options={"maxiter": 200}).x
    found = np.round(found / np.concatenate([scale, scale]), DIGITS) + 0.0
    return unfinished._replace(draft=_spread(found[:size], used), question=_spread(found[size:], used))


def _spread(weights: np.ndarray, used: Sequence[int]) -> list[float]:
    spread = np.zeros(len(EVIDENCE))
    spread[list(used)] = weights
    return [float(weight) for weight in spread]


def _fit_form(examples: Sequence[Example]) -> list[float]:
    known = [e for e in examples if e.query.style in {"draft", "question", "complaint", "keywords"}]
    values = [form_of(e.query.query, e.evidence) for e in known]
    return _logistic(values, [e.query.style == "draft" for e in known], strength=100.0)


def _fit_fits(examples: Sequence[Example]) -> list[float]:
    """Return what tells off-topic queries. With an encoder both sides weigh the same, however few are off-topic; words
    alone tell them too badly for that."""
    known = [e for e in examples if e.query.style != "everyday"]
    answers = [not e.query.off_topic for e in known]
    weigh = "balanced" if any(e.evidence.nearest for e in known) else None
    return _logistic([fit_of(e.evidence) for e in known], answers, strength=1.0, weigh=weigh)


def _logistic(
    values: Sequence[Sequence[float]], answers: Sequence[bool], *, strength: float, weigh: str | None = None
) -> list[float]:
    model = LogisticRegression(C=strength, max_iter=3_000, tol=1e-6, class_weight=weigh)
    model.fit(np.array(values), answers)
    return [float(value) for value in np.round([model.intercept_[0], *model.coef_[0]], DIGITS) + 0.0]


def training_examples(*, by_meaning: bool = True) -> list[Example]:
    """Return the queries tuned on and the everyday questions kept apart, as a head sees them that saw neither."""
    with tempfile.TemporaryDirectory() as folder:
        head = Path(folder) / "pages.npz"
        if by_meaning:
            train_head(head, most_questions)
        bench = Bench(by_meaning=by_meaning, head=head, questions=most_questions)
        return [*bench.examples("tuned-on"), *bench.kept_apart()]


def content() -> dict[str, Any]:
    """Return what the weights file holds."""
    shapes = {}
    for name, by_meaning in (("hybrid", True), ("lexical", False)):
        examples = training_examples(by_meaning=by_meaning)
        ranking = fit(examples, EVIDENCE if by_meaning else (*LEXICAL, *FLAWS, "page by words", *TYPES))
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
