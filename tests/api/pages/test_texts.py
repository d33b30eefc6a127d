"""The words of the pages: complete, alike in both languages, and in the voice of the coach."""

import re
from pathlib import Path

import pytest
from fastapi import FastAPI

from api.pages.texts import enumerate_names, name_of, say, texts_in
from coach.language import LANGUAGES, Language
from coach.review import Kind, Level

_SLOT = re.compile(r"\{(\w+)(?::\w+)?\}")
_OF_ROOMS = tuple(
    f"workshop.{group}."
    for group in (
        "rounds",
        "do",
        "levels",
        "scenes",
        "states",
        "verdicts",
        "sources",
        "found_by",
        "notes",
        "export",
        "did",
        "refused",
    )
)
_PAGES = Path(__file__).parents[3] / "api" / "pages"


def test_both_languages_say_the_same_things_with_the_same_slots() -> None:
    german, english = texts_in("de"), texts_in("en")
    assert set(german) == set(english)
    for key in german:
        assert set(_SLOT.findall(german[key])) == set(_SLOT.findall(english[key])), key


def test_every_thing_that_pages_name_has_a_name(app: FastAPI) -> None:
    catalog = app.state.coach.catalog
    profiles = {profile for pattern in catalog.patterns.values() for profile in pattern.severity}
    severities = {str(severity) for pattern in catalog.patterns.values() for severity in pattern.severity.values()}
    wanted = {f"fields.{entry.field}" for entry in catalog.transformations}
    wanted |= {f"levels.{level}" for level in Level} | {f"kinds.{kind}" for kind in Kind}
    wanted |= {f"{group}.{p}" for p in profiles for group in ("profile", "profile_in_sentence", "profile_in_force")}
    wanted |= {f"{group}.{s}" for s in severities for group in ("severity", "severity_in_sentence")}
    assert wanted <= set(texts_in("de"))


def test_every_text_is_used() -> None:
    sources = "".join(
        path.read_text(encoding="utf-8") for path in _PAGES.rglob("*") if path.suffix in {".py", ".html"}
    ).replace("'", '"')
    composed = (
        "menu.",
        "start.",
        "error.",
        "only_in.",
        "pattern.",
        "quick.unreadable.",
        "chat.did.",
        "chat.origin.",
        "workshops.faults.",
        "workshops.places.",
        *_OF_ROOMS,
    )
    named = {key for key in texts_in("de") if "." in key and f'name_of("{key.partition(".")[0]}"' in sources}
    named |= {f"{group}.{s}" for group in ("profile_in_sentence", "severity_in_sentence") for s in _last(group)}
    named |= {f"fields.{slug}" for slug in _last("fields")}
    unused = {
        key
        for key in texts_in("de")
        if f'"{key.removesuffix("_sie")}"' not in sources and key not in named and not key.startswith(composed)
    }
    assert unused - {"language"} == set()


def _last(group: str) -> list[str]:
    return [key.partition(".")[2] for key in texts_in("de") if key.startswith(f"{group}.")]


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_exclamation_mark_no_emoji_no_praise(language: Language) -> None:
    for key, text in texts_in(language).items():
        assert "!" not in text, key
        assert not re.search("[\U0001f300-\U0001faff\u2600-\u27bf]", text), key


def test_an_unknown_thing_goes_by_its_slug() -> None:
    assert name_of("de", "fields", "bee-keeping") == "Bee keeping"
    assert name_of("de", "fields", "care") == "Pflege"


def test_names_are_enumerated_as_a_sentence_does() -> None:
    assert enumerate_names("de", []) == ""
    assert enumerate_names("de", ["A"]) == "A"
    assert enumerate_names("de", ["A", "B", "C"]) == "A, B und C"
    assert enumerate_names("en", ["A", "B"]) == "A and B"


def test_values_are_put_in_as_they_are() -> None:
    assert say("en", "search.title_for", query="{x} <b>") == "Search: {x} <b>"
