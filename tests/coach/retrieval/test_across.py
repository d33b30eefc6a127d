"""Pages in the other language: found by meaning, kept in an index of their own, silent where there are none."""

from pathlib import Path

import numpy as np
import pytest

from coach.language import Language
from coach.retrieval.across import FEATURES, Across, Embedders, bundled
from coach.retrieval.passages import Passage
from coach.retrieval.vectors import Synchronised


@pytest.fixture(scope="module")
def models() -> Embedders:
    return bundled()


def passage(slug: str, text: str, *, asked: tuple[str, ...] = (), language: Language = "en") -> Passage:
    """Return a page of one passage."""
    return Passage(
        id=f"article/{slug}/{language}/text", type="article", slug=slug, language=language, title=slug.replace("-", " "),
        heading="How we do it", text=text, asked=asked,
    )  # fmt: skip


HOLIDAYS = passage("summer-closing", "Nobody enters figures while the factory is closed in August.")
DISPUTES = passage("disputes", "When two departments fight over staff, the plant manager decides within three days.")
GUESTS = passage("guests", "Customers may sit in on every review.", asked=("who may attend our reviews",))


@pytest.fixture(scope="module")
def across(models: Embedders, tmp_path_factory: pytest.TempPathFactory) -> Across:
    built = Across([HOLIDAYS, DISPUTES, GUESTS], "de", models, tmp_path_factory.mktemp("index"))
    built.build()
    return built


@pytest.mark.parametrize(
    ("query", "slug"),
    [
        ("Müssen wir während der Betriebsferien Zahlen eintragen?", "summer-closing"),
        ("zwei abteilungen streiten um leute, wer entscheidet das", "disputes"),
        ("Dürfen Kundinnen bei der Besprechung dabei sein", "guests"),
    ],
)
def test_the_page_that_means_the_same_comes_first(across: Across, query: str, slug: str) -> None:
    found = across.found(query)
    assert next(each.passage.slug for each in found) == slug
    assert [each.score for each in found] == sorted((each.score for each in found), reverse=True)
    assert {each.passage.slug for each in found} == {"summer-closing", "disputes", "guests"}


def test_a_query_without_content_words_is_weighed_too(across: Across) -> None:
    table, nearest = across.features("und wie")
    assert table.shape == (3, len(FEATURES))
    assert not table[:, FEATURES.index("words")].any()
    assert nearest.tolist() == [0, 1, 2]


def test_nothing_to_search_costs_nothing(tmp_path: Path) -> None:
    class Refusing:
        name = "refusing"

        def embed_queries(self, texts: object) -> np.ndarray:
            raise AssertionError("nothing is to be embedded")

        embed_passages = embed_queries

    empty = Across([], "de", Embedders(Refusing(), Refusing()), tmp_path)
    assert empty.build() == Synchronised()
    assert empty.loaded
    assert empty.found("was auch immer") == []
    assert list(tmp_path.iterdir()) == []


def test_only_what_changed_is_embedded_again(models: Embedders, tmp_path: Path) -> None:
    first = Across([HOLIDAYS, DISPUTES], "de", models, tmp_path).build()
    assert first.added > 4
    again = Across([HOLIDAYS, DISPUTES], "de", models, tmp_path).build()
    assert (again.added, again.removed, again.kept) == (0, 0, first.added)
    without = Across([HOLIDAYS], "de", models, tmp_path).build(verify=True)
    assert without.added == 0
    assert without.removed > 2
