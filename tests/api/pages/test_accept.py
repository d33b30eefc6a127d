"""Quality lists of headers."""

import pytest

from api.pages.accept import preferred_language, wants_html, weights
from coach.language import Language


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("", {}),
        ("de", {"de": 1.0}),
        ("de-CH, EN;q=0.8 ,fr;q=0", {"de-ch": 1.0, "en": 0.8, "fr": 0.0}),
        ("en;q=high", {"en": 0.0}),
        (",;q=1,", {}),
        ("text/html;level=1;q=0.5", {"text/html": 0.5}),
    ],
)
def test_a_list_is_read_with_its_weights(header: str, expected: dict[str, float]) -> None:
    assert weights(header) == expected


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("text/html,application/xhtml+xml,*/*;q=0.8", True),
        ("application/json;q=0.9, text/html", True),
        ("application/json, text/html;q=0.9", False),
        ("*/*", False),
        ("application/json", False),
        ("text/html;q=0", False),
        ("", False),
    ],
)
def test_a_page_is_for_who_asks_for_one(accept: str, expected: bool) -> None:
    assert wants_html(accept) is expected


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("de-CH,de;q=0.9,en;q=0.8", "de"),
        ("en-GB,en;q=0.9,de;q=0.8", "en"),
        ("fr,en;q=0.3,de;q=0.5", "de"),
        ("fr, es", None),
        ("de;q=0", None),
        ("den, english", None),
        ("", None),
    ],
)
def test_the_language_wanted_most_is_preferred(header: str, expected: Language | None) -> None:
    assert preferred_language(header) == expected
