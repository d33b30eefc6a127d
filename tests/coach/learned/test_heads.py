"""The heads on the tuned encoder, and the decisions that go with them."""

import numpy as np
import pytest

from coach.catalog import Catalog
from coach.learned import Learned, read_decisions
from coach.review import KINDS, Level


@pytest.fixture
def shipped(learned: Learned | None) -> Learned:
    if learned is None:
        pytest.skip("the encoder does not run on this machine")
    return learned


def test_labels_and_decisions_are_patterns_of_the_catalogue(catalog: Catalog, shipped: Learned) -> None:
    levels = {"objective": Level.OBJECTIVE, "key_result": Level.KEY_RESULT, "set": Level.SET, "process": Level.PROCESS}
    for name, slugs in shipped.labels.items():
        assert slugs
        assert {catalog.patterns[slug].level for slug in slugs} == {levels[name]}
    assert set(read_decisions().patterns) == {slug for slugs in shipped.labels.values() for slug in slugs}


def test_what_only_the_encoder_sees_of_a_key_result_is_never_sure(catalog: Catalog) -> None:
    for slug, decision in read_decisions().patterns.items():
        assert not (decision.sure and catalog.patterns[slug].level == Level.KEY_RESULT)


def test_scores_have_the_shapes_that_are_promised(shipped: Learned) -> None:
    vectors = shipped.vectors(["Portal live schalten", "Umsatz +5 %"])
    assert shipped.kinds(vectors).shape == (2, len(KINDS))
    assert [set(row) for row in shipped.key_results(vectors)] == [set(shipped.labels["key_result"])] * 2
    assert all(0 <= share <= 1 for row in shipped.of_notes(vectors) for share in row.values())
    assert sum(shipped.form(vectors[0])) == pytest.approx(1, abs=1e-5)


def test_nothing_is_said_of_nothing(shipped: Learned) -> None:
    none = np.zeros((0, 384), dtype=np.float32)
    assert shipped.key_results(none) == []
    assert shipped.of_set(np.ones(384, dtype=np.float32), none) == {}


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("Neues CRM bis Ende Q3 eingeführt", "drafts"),
        ("80% of new tenants finish set-up without calling support", "drafts"),
        ("Was ist der Unterschied zwischen KPI und Key Result?", "asked"),
        ("how many objectives should a team have", "asked"),
        ("Wie wird das Wetter morgen in Berlin?", "aside"),
        ("how do I bake sourdough bread", "aside"),
    ],
)
def test_drafts_questions_and_other_matters_are_told_apart(shipped: Learned, text: str, form: str) -> None:
    found = shipped.form(shipped.vectors([text])[0])
    assert max(found._fields, key=lambda name: getattr(found, name)) == form
