"""`make train-across`: rebuild coach/retrieval/across.json and across.npz, how pages in the other language are found.

Learnt from the house pages and queries of evals/datasets/own-knowledge/more; that strangers stay away where the
shipped pages answer is learnt from the queries that the ranking is tuned on. `python -m evals run retrieval` measures
on others.
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

from coach.catalog import open_catalog
from coach.language import LANGUAGES, Language
from coach.retrieval.across import (
    FEATURES,
    MEANS_FILE,
    STANDING,
    WEIGHTS_FILE,
    Across,
    Stranger,
    bundled,
    standing_of,
)
from coach.retrieval.passages import Passage, all_passages
from coach.retrieval.questions import read_questions
from coach.settings import Settings
from coach.wiring import open_coach
from evals.queries import FOLDER, queries, read_queries

MORE = FOLDER.parent / "own-knowledge" / "more"
MORE_QUERIES = MORE.parent / "more-queries.jsonl"
_EVERY = 4
_DIGITS = 3
_EASE = 0.002


class Asked(NamedTuple):
    """What every foreign page has for a query, how well the others stand, and which page answers (None: no foreign)."""

    features: Any
    standing: tuple[float, ...]
    answers: int | None


def write_means() -> None:
    """Write what shipped texts have in common, by model, language and form."""
    models = bundled()
    passages = list(all_passages(open_catalog()))
    arrays: dict[str, Any] = {}
    for language in LANGUAGES:
        own = [passage for passage in passages if passage.language == language]
        prose = [passage.searched() for passage in own][::_EVERY]
        typed = [text for passage in own for text in passage.asked] + [q.query for q in read_questions(language)]
        for name, model in zip(models._fields, models, strict=True):
            arrays[f"{name} {language} prose"] = model.embed_passages(prose).mean(0).astype(np.float16)
            arrays[f"{name} {language} typed"] = model.embed_queries(typed[::_EVERY]).mean(0).astype(np.float16)
    np.savez_compressed(MEANS_FILE, **arrays)


def asked(language: Language, folder: Path) -> Iterator[Asked]:
    """Yield the queries of a language: those that a foreign page answers, and those that the shipped ones do."""
    search = open_coach(Settings(home=folder, knowledge_dirs=(MORE,))).search
    search.build()
    passages = search.foreign(language)
    across = Across(passages, language, bundled(), folder / "across")
    across.build()
    pages = list(dict.fromkeys(passage.page for passage in passages))

    def of(query: str, answers: int | None) -> Asked:
        spelled = search.spelled(query, language)
        return Asked(across.features(spelled)[0], search.standing(spelled, language), answers)

    for query in read_queries(MORE_QUERIES):
        if query.language == language and query.style == "cross":
            yield of(query.query, pages.index(f"article/{query.slugs[0]}"))
    for query in queries("tuned-on", language):
        yield of(query.query, None)


def fit(rows: Sequence[Asked]) -> Any:
    """Return the weights that make the answering page as likely as they can to be first."""
    answered = [(row.features, row.answers) for row in rows if row.answers is not None]
    scale = np.concatenate([features for features, _ in answered]).std(axis=0) + 1e-6

    def loss(weights: Any) -> tuple[float, Any]:
        total, slope = 0.0, np.zeros(len(FEATURES))
        for features, page in answered:
            scores = (features / scale) @ weights
            shares = np.exp(scores - scores.max())
            shares /= shares.sum()
            total -= float(np.log(shares[page]))
            slope += (features / scale).T @ shares - features[page] / scale
        count = len(answered)
        return total / count + _EASE * float(weights @ weights), slope / count + 2 * _EASE * weights

    return np.round(minimize(loss, np.zeros(len(FEATURES)), jac=True, method="L-BFGS-B").x / scale, _DIGITS)


def fit_standing(rows: Sequence[Asked], weights: Any) -> tuple[float, dict[str, float]]:
    """Return the constant and the weights that tell queries which foreign pages answer from the others."""
    values = []
    for row in rows:
        scores = np.sort(row.features @ weights)[::-1]
        strangers = [Stranger(_NOBODY, float(score)) for score in scores]
        values.append(standing_of(strangers, row.standing))
    model = LogisticRegression(C=10, max_iter=5_000, class_weight="balanced")
    model.fit(np.asarray(values), [row.answers is not None for row in rows])
    found = dict(zip(STANDING, np.round(model.coef_[0], _DIGITS).tolist(), strict=True))
    return round(float(model.intercept_[0]), _DIGITS), found


_NOBODY = Passage(id="", type="article", slug="", language="de", title="", heading="", text="")


def main() -> None:
    """Train and write."""
    write_means()
    with tempfile.TemporaryDirectory() as folder:
        rows = [row for language in LANGUAGES for row in asked(language, Path(folder))]
    weights = fit(rows)
    constant, standing = fit_standing(rows, weights)
    content = {
        "weights": dict(zip(FEATURES, weights.tolist(), strict=True)),
        "constant": constant,
        "standing": standing,
    }
    WEIGHTS_FILE.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    answered = [row for row in rows if row.answers is not None]
    places = [int((row.features @ weights > (row.features @ weights)[row.answers]).sum()) for row in answered]
    shares = ", ".join(f"{np.mean([place < n for place in places]):.2f}" for n in (1, 2, 3))
    print(f"{WEIGHTS_FILE.name}: {len(answered)} queries learnt from, among the first 1, 2, 3 foreign pages: {shares}")


if __name__ == "__main__":
    main()
