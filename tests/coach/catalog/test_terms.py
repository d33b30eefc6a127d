"""Field terms in running text."""

import pytest

from coach.catalog.records import GlossaryTerm
from coach.catalog.terms import pieces, terms_in
from coach.language import Language


def _term(slug: str, german: str, english: str, *also: str) -> GlossaryTerm:
    return GlossaryTerm.model_validate(
        {
            "slug": slug,
            "de": {"term": german, "also": also, "definition": "…"},
            "en": {"term": english, "also": also, "definition": "…"},
        }
    )


GLOSSARY = (
    _term("okr", "OKR", "OKR", "OKRs"),
    _term("okr-review", "OKR-Review", "OKR review", "Review"),
    _term("pilot", "Pilot", "pilot"),
    _term("baseline", "Ausgangswert", "baseline"),
)


@pytest.mark.parametrize(
    ("language", "text", "linked"),
    [
        ("de", "OKR und OKRs und OKR", ["OKR"]),
        ("de", "Im OKR-Review zeigt OKR, was trägt.", ["OKR-Review", "OKR"]),
        ("de", "Die OKR-Arbeit, Pilot:innen, Pilotbereich, Stadt-Pilot", []),
        ("de", "Pilot: der Anfang", ["Pilot"]),
        ("de", "ein pilot", []),
        ("en", "Pilot teams, then a pilot.", ["Pilot"]),
        ("en", "copilots and okrs", []),
        ("en", "[baseline?] is no baseline", ["baseline"]),
    ],
)
def test_a_term_is_linked_once_and_only_as_a_word_of_its_own(language: Language, text: str, linked: list[str]) -> None:
    found = list(pieces(text, terms_in(GLOSSARY, language), set()))
    assert "".join(piece.text for piece in found) == text
    assert [piece.text for piece in found if piece.term] == linked


def test_what_the_page_has_linked_stays_unlinked() -> None:
    seen = {"okr"}
    assert [piece.term for piece in pieces("OKR", terms_in(GLOSSARY, "de"), seen)] == [None]


def test_blanks_are_told_from_other_brackets() -> None:
    found = pieces("[Anteil?] und [Link] und [12?]", terms_in((), "de"), set())
    assert [piece.text for piece in found if piece.blank] == ["[Anteil?]"]


def test_an_empty_glossary_finds_nothing() -> None:
    assert [piece.text for piece in pieces("OKR", terms_in((), "en"), set())] == ["OKR"]
