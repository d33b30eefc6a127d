"""The labelled drafts that the repository holds are sound."""

from collections import Counter

from coach.catalog import Catalog
from evals.drafts import own_drafts


def test_labels_are_complete_and_known(catalog: Catalog) -> None:
    drafts = own_drafts()
    assert len({draft.id for draft in drafts}) == len(drafts)
    for draft in drafts:
        assert [label.i for label in draft.labels.key_results] == list(range(len(draft.key_results)))
        used = {*draft.labels.objective_patterns, *draft.labels.set_patterns}
        used |= {slug for label in draft.labels.key_results for slug in label.patterns}
        assert used <= set(catalog.patterns)
        assert draft.provenance


def test_there_is_enough_of_each_language() -> None:
    count = Counter(draft.lang for draft in own_drafts() for _ in draft.key_results)
    assert min(count["de"], count["en"]) >= 1_500
    assert min(Counter(draft.lang for draft in own_drafts()).values()) >= 400


def test_no_key_result_stands_twice() -> None:
    texts = [(draft.lang, text.lower()) for draft in own_drafts() for text in draft.key_results]
    assert [text for text, times in Counter(texts).items() if times > 1] == []
