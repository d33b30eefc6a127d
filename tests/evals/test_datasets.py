"""The labelled drafts that the repository holds are sound."""

from collections import Counter

import pytest

from coach.catalog import Catalog
from coach.language import LANGUAGES
from coach.retrieval.passages import all_passages
from evals.calibrate import group_of
from evals.drafts import own_drafts, own_notes
from evals.queries import Split, queries
from evals.train_encoder.examples import process_slugs


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


def test_notes_are_complete_and_known(catalog: Catalog) -> None:
    notes = own_notes()
    assert len({note.id for note in notes}) == len(notes)
    assert len({note.text for note in notes}) == len(notes)
    assert {slug for note in notes for slug in note.patterns} == set(process_slugs(catalog))


def test_an_organisation_is_in_one_fold() -> None:
    folds: dict[str, set[int]] = {}
    for draft in own_drafts():
        if draft.org != "authored":
            folds.setdefault(draft.org, set()).add(group_of(draft))
    assert len(folds) >= 40
    assert {len(found) for found in folds.values()} == {1}


@pytest.mark.parametrize("split", ["tuned-on", "held-out"])
def test_queries_name_pages_and_sources_that_exist(catalog: Catalog, split: Split) -> None:
    pages = {*catalog.patterns, *catalog.articles}
    pages |= {entry.slug for entry in catalog.transformations} | {term.slug for term in catalog.glossary}
    for language in LANGUAGES:
        found = queries(split, language)
        assert len(found) >= 100
        assert sum(query.off_topic for query in found) >= 10
        for query in found:
            assert set(query.slugs) <= pages, query.id
            assert set(query.sources) <= catalog.sources.ids(), query.id
            assert query.off_topic == (not query.slugs and not query.sources), query.id


def test_no_held_out_query_is_known_to_the_index(catalog: Catalog) -> None:
    typed = {text.lower() for passage in all_passages(catalog) for text in (*passage.asked, *passage.drafts)}
    asked = {query.query.lower() for language in LANGUAGES for query in queries("held-out", language)}
    assert not typed & asked
