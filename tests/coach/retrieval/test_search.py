"""Search: hybrid, in the query's language, synchronised by content; passages that citations can name."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from coach.catalog import Catalog
from coach.critique import Critic
from coach.embedding import PrecomputedEmbedder, tuned_embedder
from coach.paths import VECTORS
from coach.retrieval.passages import all_passages, anchor
from coach.retrieval.search import Only, Search
from coach.retrieval.vectors import Entry, Synchronised, VectorStore


@pytest.fixture(scope="module")
def search(catalog: Catalog, critic: Critic, tmp_path_factory: pytest.TempPathFactory) -> Search:
    encoder = tuned_embedder(tmp_path_factory.mktemp("encoder"))
    assert encoder is not None
    folder = tmp_path_factory.mktemp("index")
    opened = Search(catalog, PrecomputedEmbedder(encoder, VECTORS), folder, critic.read_query)
    opened.build()
    return opened


@pytest.mark.parametrize(
    ("query", "slugs"),
    [
        ("Was ist der Unterschied zwischen KPI und Key Result?", {"kpi-or-key-result", "kpi-as-key-result"}),
        ("what is the difference between a KPI and a key result", {"kpi-or-key-result", "kpi-as-key-result"}),
        ("wie viele objectives pro quartal sind ok", {"too-many-objectives", "how-many-okrs"}),
        ("how do I know our starting value", {"no-baseline", "baselines-and-targets"}),
        ("Balanced Scorecard mit OKR verbinden", {"scorecard-to-okr"}),
        ("our okrs are just a to-do list", {"task-list", "output-as-key-result", "outcome-over-output", "activity-as-key-result"}),
    ],
)  # fmt: skip
def test_a_question_finds_its_page(search: Search, query: str, slugs: set[str]) -> None:
    found = search.find(query, limit=3)
    assert slugs & {passage.slug for passage in found}


@pytest.mark.parametrize("query", ["Kundenportal bis Mai live schalten", "Launch the customer portal by May"])
def test_a_draft_finds_a_transformation_of_its_subject(search: Search, query: str) -> None:
    assert "portal-launch" in {passage.slug for passage in search.find(query)}


def test_passages_come_in_the_language_asked_for(search: Search) -> None:
    assert {passage.language for passage in search.find("Outcome", language="de")} == {"de"}
    assert {passage.language for passage in search.find("Outcome", language="en")} == {"en"}


@pytest.mark.parametrize(("query", "language"), [("ausgagnswert felht", "de"), ("baselin mising", "en")])
def test_mistyped_words_are_answered_in_their_language(search: Search, query: str, language: str) -> None:
    found = search.find(query, limit=3)
    assert {passage.language for passage in found} == {language}
    assert {passage.slug for passage in found} & {"no-baseline", "baselines-and-targets"}


@pytest.mark.parametrize("query", ["", "   ", "qwxz vrrt plmk", "🎉🎉🎉"])
def test_what_fits_nothing_finds_nothing(search: Search, query: str) -> None:
    assert search.find(query) == []


def test_search_without_an_embedding_still_finds(catalog: Catalog, tmp_path: Path) -> None:
    lexical = Search(catalog, None, tmp_path)
    assert lexical.ready()
    found = lexical.find("Was ist der Unterschied zwischen KPI und Key Result?", limit=3)
    assert "kpi-or-key-result" in {passage.slug for passage in found}


def test_passage_ids_are_unique_and_resolve(catalog: Catalog, search: Search) -> None:
    passages = list(all_passages(catalog))
    assert len({passage.id for passage in passages}) == len(passages)
    assert all(search.passage(passage.id) is not None for passage in passages)


def test_an_anchor_is_plain() -> None:
    assert anchor("Wann es in Ordnung ist") == "wann-es-in-ordnung-ist"
    assert anchor("Größe & Maß") == "groesse-mass"


class CountingEmbedder:
    """Unit vectors from letters; counts what it embeds."""

    name = "counting"

    def __init__(self) -> None:
        self.embedded: list[str] = []

    def embed_queries(self, texts: Sequence[str]) -> Any:
        return self.embed_passages(texts)

    def embed_passages(self, texts: Sequence[str]) -> Any:
        self.embedded += texts
        rows = np.asarray([[text.count(letter) + 1.0 for letter in "abcdef"] for text in texts], dtype=np.float32)
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def test_synchronising_embeds_only_what_changed(tmp_path: Path) -> None:
    embedder = CountingEmbedder()
    index = VectorStore(tmp_path, embedder).open("notes")
    assert index.synchronise([Entry("1", "aaa"), Entry("2", "bbb")]) == Synchronised(2, 0, 0)
    assert index.synchronise([Entry("1", "aaa"), Entry("2", "ccc"), Entry("3", "ddd")]) == Synchronised(2, 0, 1)
    assert index.synchronise([Entry("3", "ddd")]) == Synchronised(0, 2, 1)
    assert embedder.embedded == ["aaa", "bbb", "ccc", "ddd"]
    stored = VectorStore(tmp_path, embedder).open("notes").vectors(["3"])
    assert stored is not None
    assert np.allclose(stored, embedder.embed_passages(["ddd"]), atol=1e-6)
    assert VectorStore(tmp_path, embedder).open("notes").vectors(["3", "4"]) is None


def test_a_damaged_vector_is_found_and_repaired(tmp_path: Path) -> None:
    embedder = CountingEmbedder()
    store = VectorStore(tmp_path, embedder)
    entries = [Entry("1", "aaa"), Entry("2", "bbb")]
    store.open("notes").synchronise(entries)
    damaged = store._client.get_collection("notes")
    damaged.update(ids=["2"], embeddings=[[1.0, 0, 0, 0, 0, 0]])
    assert store.open("notes").synchronise(entries) == Synchronised(0, 0, 2)
    assert store.open("notes").synchronise(entries, verify=True) == Synchronised(1, 0, 1, 1)
    repaired = store.open("notes").vectors(["2"])
    assert repaired is not None
    assert np.allclose(repaired, embedder.embed_passages(["bbb"]), atol=1e-6)


def test_a_corrupt_index_is_built_anew(tmp_path: Path) -> None:
    embedder = CountingEmbedder()
    folder = tmp_path / "index"
    folder.mkdir()
    (folder / "chroma.sqlite3").write_bytes(b"this is no database" * 100)
    index = VectorStore.sound(folder, embedder, ["notes"]).open("notes")
    assert index.synchronise([Entry("1", "aaa")]) == Synchronised(1, 0, 0)


def test_filters_leave_only_what_they_name(search: Search) -> None:
    query = "was ist der unterschied zwischen kpi und key result"
    assert {found.type for found in search.find(query, only=Only(type="article"))} == {"article"}
    assert [found.slug for found in search.find(query, only=Only(type="pattern", pattern="kpi-as-key-result"))] == [
        "kpi-as-key-result"
    ]
    measuring = search.find("wie messen wir das", only=Only(topic="measuring"), limit=50)
    assert measuring
    assert all("measuring" in found.topics for each in measuring if (found := search.passage(each.id)))
    learning = search.find("Schulung für alle durchführen", only=Only(perspective="learning"), limit=50)
    assert learning
    assert all("learning" in found.perspectives for each in learning if (found := search.passage(each.id)))


def test_what_the_critic_sees_leads_a_draft_to_its_patterns(search: Search) -> None:
    found = [passage.slug for passage in search.find("Neues CRM bis Ende Q3 eingeführt", limit=3)]
    assert {"output-as-key-result", "binary-key-result"} & set(found)


@pytest.mark.parametrize("query", ["how do I bake sourdough bread", "wetter morgen in berlin", "capital of australia"])
def test_what_is_off_topic_finds_nothing(search: Search, query: str) -> None:
    assert search.find(query) == []
