"""Sie: where a talk is set to it, nothing that the coach says to a team speaks as Du or ihr."""

import re

import pytest

from coach.catalog import Catalog
from coach.chat.formal import addressed, pairs
from coach.chat.words import words_in
from tests.coach.chat.conftest import Talk

_TO_A_TEAM = re.compile(
    r"\b(?:ihr(?! (?:eigenes|Startpunkt|hilft))|euch|eur(?:e[mnrs]?)?|du|dich|dir|dein\w*)\b", re.IGNORECASE
)


def spoken(catalog: Catalog) -> set[str]:
    """Return all that the patterns say and ask in German."""
    texts = (pattern.text["de"] for pattern in catalog.patterns.values())
    return {said for text in texts for said in (*text.messages, *text.questions)}


def test_every_text_of_the_patterns_that_speaks_to_a_team_has_its_sie(catalog: Catalog) -> None:
    assert {text for text in spoken(catalog) if _TO_A_TEAM.search(text)} == set(pairs())


def test_no_sie_speaks_as_ihr_and_both_have_the_same_slots() -> None:
    for du, sie in pairs().items():
        assert _TO_A_TEAM.search(sie.replace("Ihr", "")) is None, sie
        assert re.findall(r"\{\w+\}", du) == re.findall(r"\{\w+\}", sie)


def test_the_words_of_the_talk_have_their_sie_too() -> None:
    def texts(node: object) -> list[str]:
        if isinstance(node, dict):
            return [text for inner in node.values() for text in texts(inner)]
        return [text for inner in node for text in texts(inner)] if isinstance(node, list) else [str(node)]

    said = texts(dict(words_in("de", "sie").texts))
    assert [text for text in said if _TO_A_TEAM.search(re.sub(r"\bIhr\w*", "", text))] == []


def test_what_was_quoted_stays_as_it_was_written() -> None:
    said = "KR 1: „eure Umfrage“ beschreibt, was ihr liefert. Offen bleibt, was sich dadurch für wen ändert."
    formal = "KR 1: „eure Umfrage“ beschreibt, was Sie liefern. Offen bleibt, was sich dadurch für wen ändert."
    assert addressed(said, "de", "sie") == formal
    assert addressed(said, "de", "du") == said


@pytest.mark.parametrize("draft", ["O: Ruhige Nächte\n- Hausnotruf eingeführt\n- 80 % zufrieden\n- NPS 40"])
def test_a_talk_in_sie_keeps_to_it(talk: Talk, draft: str) -> None:
    answers = [
        draft,
        "die Bewohner:innen",
        "weiß nicht",
        "schlafen durch",
        "heute 40, Ziel 70",
        "ja",
        "schreib um",
        "ja",
    ]
    played = talk([*answers, "sieht gut aus"], language="de", address="sie")
    for turn in played.turns:
        said = [turn.reply.text, *([turn.reply.raised.finding.message] if turn.reply.raised else [])]
        if turn.reply.review is not None:
            said += [text for found in turn.reply.review.findings() for text in (found.message, found.question)]
        assert [text for text in said if _TO_A_TEAM.search(re.sub(r"\bIhr\w*", "", text))] == []
