"""The two models that say which page answers: by words and by meaning, and the questions that they learn from."""

import json
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from coach.catalog import Catalog
from coach.language import LANGUAGES, Language
from coach.retrieval.pages import LOWEST, UNKNOWN, PageHead
from coach.retrieval.questions import read_questions
from coach.retrieval.words import LOWEST as LOWEST_BY_WORDS
from coach.retrieval.words import WordShares
from evals.queries import queries

_FEWEST = 20


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_question_names_pages_that_exist_and_every_page_has_questions(
    catalog: Catalog, language: Language
) -> None:
    pages = {*catalog.patterns, *catalog.articles}
    questions = read_questions(language)
    asked = Counter(slug for question in questions for slug in question.pages)
    assert not set(asked) - pages
    assert not [slug for slug in pages if asked[slug] < _FEWEST]
    assert len({question.query.casefold() for question in questions}) == len(questions)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_question_repeats_a_query_that_search_is_measured_on(language: Language) -> None:
    def grams(text: str) -> set[tuple[str, ...]]:
        words = text.casefold().split()
        return {tuple(words[at : at + 6]) for at in range(len(words) - 5)}

    measured = {gram for query in queries("held-out", language) for gram in grams(query.query)}
    assert not [q.query for q in read_questions(language) if grams(q.query) & measured]


def test_a_missing_file_of_questions_is_none(tmp_path: Path) -> None:
    assert read_questions("de", tmp_path) == ()


def test_a_question_counts_most_for_its_best_page(tmp_path: Path) -> None:
    (tmp_path / "en.jsonl").write_text(json.dumps({"query": "who", "pages": ["a", "b"]}) + "\n", encoding="utf-8")
    assert read_questions("en", tmp_path)[0].shares() == (("a", 1.0), ("b", 0.5))


def test_words_speak_for_the_page_that_uses_them_and_for_no_other() -> None:
    shares = WordShares([(0, ["bonus", "pay"], 1.0), (1, ["check", "in"], 1.0), (1, ["weekly", "check"], 1.0)], 3)
    assert shares.look_up(["bonus"]).argmax() == 0
    assert shares.look_up(["check", "weekly"]).argmax() == 1
    assert shares.look_up(["bonus"]).min() >= LOWEST_BY_WORDS
    assert np.exp(shares.look_up(["nothing", "known"])).sum() == pytest.approx(1, abs=0.01)


def test_the_head_says_nothing_of_pages_it_does_not_know() -> None:
    head = PageHead("another encoder")
    places = head.places(["article/first-steps", "article/own"])
    assert places.tolist() == [-1, -1]
    assert head.scores("Umsatz", np.ones(384, dtype=np.float32), "de", places).tolist() == [UNKNOWN, UNKNOWN]


def test_the_shipped_head_knows_the_shipped_pages(catalog: Catalog) -> None:
    with np.load(Path("coach/retrieval/pages.npz")) as stored:
        name = str(stored["embedder"])
    head = PageHead(name)
    pages = [*(f"pattern/{slug}" for slug in catalog.patterns), *(f"article/{slug}" for slug in catalog.articles)]
    places = head.places([*pages, "article/own"])
    assert (places[:-1] >= 0).all()
    assert places[-1] == -1
    scores = head.scores("revenue", np.random.default_rng(1).normal(size=384).astype(np.float32), "en", places)
    assert scores.min() >= LOWEST
    assert scores[-1] == UNKNOWN
