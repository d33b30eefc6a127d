"""`/handbook/glossary`."""

from collections.abc import Callable

import pytest
from fastapi import FastAPI

from api.pages.alphabet import alphabetical
from api.pages.glossary import other_names
from coach.catalog.records import TermText
from coach.language import Language
from tests.api.pages.parsed import Parsed


@pytest.mark.parametrize("language", ["de", "en"])
def test_every_term_stands_in_order_with_its_definition(
    app: FastAPI, read: Callable[[str], Parsed], language: Language
) -> None:
    page = read(f"/handbook/glossary?lang={language}")
    texts = {term.slug: term.in_language(language) for term in app.state.coach.catalog.glossary}
    assert set(texts) <= set(page.ids)
    named = [term.text.removesuffix(" #") for term in page.all("dt")]
    assert named == sorted((text.term for text in texts.values()), key=alphabetical)
    for text in texts.values():
        assert text.definition in page.one("main").text


@pytest.mark.parametrize(
    ("term", "also", "expected"),
    [
        ("Aktivität", ("Aktivitäten",), []),
        ("OKR-Zyklus", ("OKR-Zyklen", "OKR Zyklus", "Zyklus", "Zyklen"), ["Zyklus"]),
        ("KPI", ("KPIs", "Kennzahl", "Kennzahlen"), ["Kennzahl"]),
        ("Key Result", ("Key Results", "Key-Result", "KR", "KRs", "Schlüsselergebnis"), ["KR", "Schlüsselergebnis"]),
        ("OKR", ("OKRs", "Objectives and Key Results"), ["Objectives and Key Results"]),
    ],
)
def test_other_names_leave_inflections_out(term: str, also: tuple[str, ...], expected: list[str]) -> None:
    assert other_names(TermText(term=term, also=also, definition="…")) == expected
