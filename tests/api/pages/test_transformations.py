"""`/handbook/transformations`."""

from collections.abc import Callable

import pytest
from fastapi import FastAPI

from api.pages.transformations import by_field, filled
from coach.language import LANGUAGES, Language
from tests.api.pages.parsed import Parsed


@pytest.mark.parametrize("language", ["de", "en"])
def test_every_transformation_stands_under_its_field(
    app: FastAPI, read: Callable[[str], Parsed], language: Language
) -> None:
    page = read(f"/handbook/transformations?lang={language}")
    entries = app.state.coach.catalog.transformations
    assert {entry.slug for entry in entries} <= set(page.ids)
    assert {f"field-{entry.field}" for entry in entries} <= set(page.ids)
    body = page.one("main").text
    for entry in entries:
        assert entry.in_language(language).change.replace(" %", "\u00a0%") in body


def test_scaffolds_read_as_sentences_with_blanks(app: FastAPI) -> None:
    for entry in app.state.coach.catalog.transformations:
        for language in LANGUAGES:
            pieces = filled(entry.in_language(language), language)
            sentence = "".join(piece.text for piece in pieces)
            assert "{" not in sentence
            assert sentence[0] == sentence[0].upper()
            assert any(piece.blank for piece in pieces)


def test_an_english_subject_comes_with_the_article(app: FastAPI) -> None:
    launch = next(entry for entry in app.state.coach.catalog.transformations if entry.slug == "app-launch")
    assert "turn to the app for" in "".join(piece.text for piece in filled(launch.en, "en"))


def test_fields_stand_in_the_order_of_their_names(app: FastAPI) -> None:
    names = [field.name for field in by_field(app.state.coach.catalog.transformations, "de")]
    assert names[0] == "App und Software"
    assert names.index("Energie und Klima") < names.index("Personalgewinnung") < names.index("Website")
