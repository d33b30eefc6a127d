"""Examples of patterns."""

import pytest
from fastapi import FastAPI

from api.pages.examples import Quoted, example_message, examples, quoted
from coach.language import LANGUAGES


def test_examples_are_of_the_language_and_kind_asked_for(app: FastAPI) -> None:
    cases = app.state.coach.catalog.cases["no-baseline"]
    found = examples(cases, "de", "clean")
    assert 0 < len(found) <= 6
    assert {(case.lang, case.expect) for case in found} == {("de", "clean")}


@pytest.mark.parametrize(
    ("text", "quote", "expected"),
    [("Portal live by May", "live", ("Portal ", "live", " by May")), ("Portal", None, ("Portal", "", ""))],
)
def test_a_quote_is_told_from_what_is_around_it(text: str, quote: str | None, expected: tuple[str, str, str]) -> None:
    assert quoted(text, quote) == Quoted(*expected)


def test_every_message_is_filled_from_an_example(app: FastAPI) -> None:
    catalog = app.state.coach.catalog
    for slug, pattern in catalog.patterns.items():
        for language in LANGUAGES:
            message = example_message(pattern, catalog.cases[slug], language)
            assert "{" not in message
            assert "…" not in message, slug


def test_counts_and_limits_come_from_the_case_and_the_detector(app: FastAPI) -> None:
    catalog = app.state.coach.catalog
    message = example_message(catalog.pattern("too-many-objectives"), catalog.cases["too-many-objectives"], "en")
    assert message.startswith("4 objectives in one cycle: people can keep 3 in mind at most.")


def test_without_examples_what_is_missing_stays_open(app: FastAPI) -> None:
    assert "…" in example_message(app.state.coach.catalog.pattern("vanity-metric"), (), "de")
