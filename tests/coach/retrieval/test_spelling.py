"""Mistyped words are read as the words of the knowledge base; everything else stays as it was typed."""

import pytest

from coach.retrieval.spelling import Spelling

TEXTS = [
    "Der Ausgangswert fehlt, und niemand misst die Fluktuation",
    "Was ist der Unterschied zwischen Output und Outcome",
    "What is the difference between an outcome and a baseline measure",
    "Der Chat mit dem Team fehlt, wie der Ausgangswert",
]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("ausgagnswert felht", "ausgangswert fehlt"),
        ("unterschid autput und autcome", "unterschied output und outcome"),
        ("no baselin yet?", "no baseline yet?"),
        ("wer misst die Fluktation", "wer misst die fluktuation"),
    ],
)
def test_a_slip_is_read_as_the_word_that_was_meant(typed: str, meant: str) -> None:
    assert Spelling("de", TEXTS).corrected(typed) == meant


@pytest.mark.parametrize(
    "typed",
    [
        "CSAT at 9",  # capitals are names
        "tea mit Tee",  # too short to tell
        "Fenster putzen, chart zeichnen",  # real words that the knowledge base lacks
        "Zwiebelfischlaibung",  # near nothing
        "80 % (heute: 42 %)",
        "",
    ],
)
def test_what_may_be_meant_so_stays(typed: str) -> None:
    assert Spelling("de", TEXTS).corrected(typed) == typed


def test_two_slips_count_in_long_words_only() -> None:
    spelling = Spelling("de", TEXTS)
    assert spelling.corrected("ausgagnswrt") == "ausgangswert"
    assert spelling.corrected("fehtl fhelt fetle") == "fehlt fehlt fetle"


def test_of_words_equally_near_the_more_frequent_is_meant() -> None:
    assert Spelling("de", ["Ziele Ziele Ziele Zeile"]).corrected("ziehle") == "ziele"
