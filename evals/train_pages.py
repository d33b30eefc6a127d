"""`make train-pages`: rebuild coach/retrieval/pages.npz, which page a query's meaning speaks for.

Learnt from the prose, from what people type for a page, and from the everyday questions of knowledge/questions.
"""

import hashlib
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from sklearn.linear_model import LogisticRegression

from coach.embedding import BridgeEmbedder, PrecomputedEmbedder, TunedEmbedder, tuned_embedder
from coach.language import LANGUAGES, Language
from coach.paths import VECTORS
from coach.retrieval.pages import FILE, joined
from coach.retrieval.questions import Question, read_questions
from coach.settings import Settings
from coach.wiring import open_coach

_STRENGTH = 3.0
_KEPT_APART = 4

Questions = Callable[[Language], Sequence[Question]]


class Examples(NamedTuple):
    """Both models' vectors joined, the page of each, how much it counts, and the mean vectors per language."""

    rows: Any
    pages: Sequence[str]
    weights: Sequence[float]
    means: dict[str, Any]


def kept_apart(question: Question) -> bool:
    """Whether a question is left out while the ranking is fitted, so that the ranking sees an honest head."""
    return int(hashlib.sha256(question.query.encode()).hexdigest(), 16) % _KEPT_APART == 0


def most_questions(language: Language) -> list[Question]:
    """Return the questions that are not kept apart."""
    return [question for question in read_questions(language) if not kept_apart(question)]


def examples(encoder: TunedEmbedder, questions: Questions) -> Examples:
    """Return what the head is learnt from."""
    rows: list[Any] = []
    pages: list[str] = []
    weights: list[float] = []
    means: dict[str, Any] = {}
    bridge = BridgeEmbedder()
    embedder = PrecomputedEmbedder(encoder, VECTORS)
    with tempfile.TemporaryDirectory() as folder:
        search = open_coach(Settings(home=Path(folder))).search
    for language in LANGUAGES:
        corpus = search.corpus(language)
        shipped = corpus.texts()
        typed = corpus.typed_pages()
        pages += [passage.page for passage in corpus.passages] + [page for page, _ in typed]
        weights += [0.5] * len(corpus.passages) + [0.5 if drafted else 1.0 for _, drafted in typed]
        known = {page.partition("/")[2]: page for page in corpus.pages if page.startswith(("article/", "pattern/"))}
        asked = [(question.query, slug, share) for question in questions(language) for slug, share in question.shares()]
        pages += [known[slug] for _, slug, _ in asked]
        weights += [1.5 * share for *_, share in asked]
        texts = [*shipped, *(query for query, *_ in asked)]
        first, second = embedder.embed_passages(shipped), bridge.embed_queries(texts)
        first = np.concatenate([first, encoder.embed_queries(texts[len(shipped) :])])
        both = first[: len(shipped)].mean(axis=0), second[: len(shipped)].mean(axis=0)
        means |= {f"mean {language}": both[0], f"bridge mean {language}": both[1]}
        rows.append(joined(first, second, *both))
    return Examples(np.concatenate(rows), pages, weights, means)


def train(file: Path, questions: Questions = read_questions) -> None:
    """Write the head learnt from these questions."""
    encoder = tuned_embedder()
    assert encoder is not None, "this needs the encoder in the package"
    found = examples(encoder, questions)
    model = LogisticRegression(C=_STRENGTH, max_iter=300).fit(found.rows, found.pages, sample_weight=found.weights)
    np.savez_compressed(
        file,
        embedder=np.array(encoder.name),
        pages=np.array(model.classes_),
        weight=model.coef_.astype(np.float16),
        bias=model.intercept_.astype(np.float32),
        **found.means,
    )
    print(f"{file.name}: {len(model.classes_)} pages from {len(found.rows)} texts, {file.stat().st_size} bytes")


if __name__ == "__main__":
    train(FILE)
