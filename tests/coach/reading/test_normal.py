"""The plain reading of a text and the way back to what was sent."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coach.reading.normal import normalise

SOFT = "\u00ad"
# fmt: off
ODD = st.text(
    st.sampled_from([
        *"aeou ßÄz.:-", "\u0301", "\u0308", SOFT, "\u200b", "\u200d", "\ufe0f", "\ufeff", "\u202e", "\u2066", "\u00a0",
        "\u202f", "\u3000", "\u2028", "\x00", "\x1b", "\n", "\t", "👩", "🎉", "\u0958", "\u1100", "\u1161", "ﬁ", "א", "م",
    ]),
    max_size=40,
)
# fmt: on


def place(raw: str, word: str) -> str:
    """Return what of the raw text a word of the plain text stands for."""
    normal = normalise(raw)
    at = normal.text.index(word)
    start, end = normal.raw_span(at, at + len(word))
    return raw[start:end]


@pytest.mark.parametrize(
    ("raw", "plain"),
    [
        ("Kund:innen", "Kund:innen"),
        (f"Nutzer{SOFT}freund{SOFT}lich", "Nutzerfreundlich"),
        ("a\u200bb\u200cc\u2060d\ufeff", "abcd"),
        ("Ga\u0308ste", "Gäste"),
        ("4\u202f500\u00a0€", "4 500 €"),
        ("a\tb\nc\r\nd", "a b c  d"),
        ("a\x00b\x1bc\x7fd\x85e\x9ff", "a b c d e f"),
        ("\u2066Portal\u2069 \u061clive", "Portal live"),
        ("👩\u200d💻 codes", "👩💻 codes"),
        ("", ""),
        (SOFT, ""),
    ],
)
def test_a_text_is_made_plain(raw: str, plain: str) -> None:
    assert normalise(raw).text == plain


def test_a_soft_hyphen_inside_a_word_is_part_of_its_span() -> None:
    assert place(f"sehr nutzer{SOFT}freundlich!", "nutzerfreundlich") == f"nutzer{SOFT}freundlich"


def test_a_combining_mark_is_part_of_its_span() -> None:
    assert place("die Ga\u0308ste", "Gäste") == "Ga\u0308ste"


def test_what_follows_an_emoji_keeps_its_place() -> None:
    assert place("🎉👩\u200d💻 Portal live", "Portal") == "Portal"


def test_what_follows_a_direction_mark_keeps_its_place() -> None:
    assert place("\u202eאבג\u202c Portal", "Portal") == "Portal"


def test_a_plain_text_is_kept_as_it_is() -> None:
    raw = "Größere Straße – „heute“ 40 % … → 70 €"
    normal = normalise(raw)
    assert normal.text is raw
    assert normal.raw_span(3, 9) == (3, 9)


@settings(deadline=None)
@given(st.one_of(st.text(), ODD))
def test_every_plain_character_leads_back_into_the_raw_text(raw: str) -> None:
    normal = normalise(raw)
    previous = 0
    for at in range(len(normal.text)):
        start, end = normal.raw_span(at, at + 1)
        assert previous <= start < end <= len(raw)
        previous = start


@settings(deadline=None)
@given(st.one_of(st.text(), ODD))
def test_a_span_of_several_characters_runs_from_the_first_to_the_last(raw: str) -> None:
    normal = normalise(raw)
    if normal.text:
        first, last = normal.raw_span(0, 1), normal.raw_span(len(normal.text) - 1, len(normal.text))
        assert normal.raw_span(0, len(normal.text)) == (first[0], last[1])


@settings(deadline=None)
@given(ODD)
def test_nothing_invisible_is_left(raw: str) -> None:
    assert {unicodedata.category(letter) for letter in normalise(raw).text}.isdisjoint({"Cc", "Cf", "Zl", "Zp"})


@settings(deadline=None)
@given(st.text(st.characters(categories=["L", "N", "Zs"]), max_size=40))
def test_nothing_that_can_be_read_is_lost(raw: str) -> None:
    composed = unicodedata.normalize("NFC", raw)
    assert [c for c in normalise(raw).text if c != " "] == [c for c in composed if not c.isspace()]
