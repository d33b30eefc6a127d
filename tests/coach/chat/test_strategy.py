"""Strategy in the talk: what serves what, in quoted words, and from a scorecard goal to a draft."""

from typing import Any

import pytest

from coach.chat.strategy import goal_in
from coach.chat.words import words_in
from coach.conversation import TurnKind
from coach.language import Language
from tests.coach.chat.conftest import Talk

FRAMES: dict[Language, dict[str, Any]] = {
    "de": {
        "moal": "Töchter sagen: Ich kann nachts wieder schlafen.",
        "hed": {"trade_offs": ["Bezugspflege vor Auslastung der Touren"]},
        "scorecard": [
            {"perspective": "process", "goal": "Zugesagte Zeiten gelten", "kpis": ["Pünktlichkeit der Touren"]},
            {"perspective": "customer", "goal": "Klient:innen sehen vertraute Gesichter"},
        ],
    },
    "en": {
        "moal": "Daughters say: I can sleep at night again.",
        "scorecard": [{"perspective": "process", "goal": "Agreed times hold", "kpis": ["Punctuality of tours"]}],
    },
}
DRAFTS = {
    "de": "O: Zugesagte Zeiten gelten auch am Wochenende\n- KR: 120 Gäste kommen zum Sommerfest",
    "en": "O: Agreed times hold on weekends too\n- KR: 120 guests come to the garden party",
}
ASKED = [
    ("de", "Worauf zahlt das ein?"),
    ("de", "auf was zahlen unsere Key Results eigentlich ein"),
    ("de", "Zahlt der Entwurf auf unser Moal ein?"),
    ("de", "Wie hängt das mit unserer Strategie zusammen?"),
    ("en", "What does this serve?"),
    ("en", "what do our key results contribute to?"),
    ("en", "Does this serve our Moal?"),
    ("en", "How does it link to the strategy?"),
]


@pytest.mark.parametrize(("language", "asked"), ASKED)
def test_who_asks_what_it_serves_reads_quoted_words_of_both_sides(talk: Talk, language: Language, asked: str) -> None:
    context = {"strategy": FRAMES[language]}
    first, answer = talk([DRAFTS[language], asked], language=language, context=context).turns
    goal = FRAMES[language]["scorecard"][0]["goal"]
    assert answer.kind == TurnKind.QUESTION
    assert answer.reply.text.count(goal) == 2
    assert (
        "KR 1: Dazu finde ich im Rahmen nichts." if language == "de" else "KR 1: I find nothing"
    ) in answer.reply.text
    assert len(answer.reply.text.split()) <= 90
    assert answer.reply.text.count("?") == 0
    assert first.reply.question is not None


def test_what_was_asked_before_stays_open(talk: Talk) -> None:
    talked = talk([DRAFTS["de"], "Worauf zahlt das ein?"], context={"strategy": FRAMES["de"]})
    assert talked.end.memory.pending == talked.turns[0].reply.question
    assert "Zum Entwurf geht es weiter" in talked.last.reply.text
    assert talked.end.version == talked.turns[0].reply.version


def test_a_turned_round_trade_off_is_said(talk: Talk) -> None:
    draft = "O: Zugesagte Zeiten gelten\n- KR: Touren werden voll, auch wenn die Bezugspflege dafür leidet"
    text = talk([draft, "Worauf zahlt das ein?"], context={"strategy": FRAMES["de"]}).last.reply.text
    assert "Bezugspflege vor Auslastung der Touren" in text


@pytest.mark.parametrize(
    ("says", "words"),
    [
        (["Worauf zahlt das ein?"], "Noch liegt nichts auf dem Tisch"),
        ([DRAFTS["de"], "Worauf zahlt das ein?"], "Den Rahmen kenne ich noch nicht"),
    ],
)
def test_without_a_draft_or_a_frame_that_is_what_is_said(talk: Talk, says: list[str], words: str) -> None:
    assert words in talk(says, language="de").last.reply.text


@pytest.mark.parametrize("said", ["Der Shop zahlt sich aus", "Wir zahlen Rechnungen pünktlich", "Was ist ein Moal?"])
def test_other_talk_of_paying_and_of_the_moal_is_no_such_question(talk: Talk, said: str) -> None:
    text = talk([DRAFTS["de"], said], language="de", context={"strategy": FRAMES["de"]}).last.reply.text
    assert "Neben eurem Rahmen" not in text


def test_the_guide_asks_whether_it_serves_the_moal_in_its_words(talk: Talk) -> None:
    draft = (
        "O: Mieter:innen kommen ohne Hilfe zurecht\n- 70 % der Mieter:innen finden die Abrechnung ohne Nachfrage "
        "(heute: 40 %, Quelle: Kurzbefragung)\n- 60 % der Mieter:innen melden Schäden online (heute: 20 %, Quelle: Protokoll)"
    )
    context = {"strategy": {"moal": "Ich fand mich sofort zurecht."}}
    talked = talk([draft, *["weiter"] * 6], language="de", context=context)
    asked = [turn.reply.question.text for turn in talked.turns if turn.reply.question]
    quoting = [text for text in asked if "„Ich fand mich sofort zurecht“" in text]
    assert len(quoting) == 1


GOALS: list[tuple[Language, str]] = [
    ("de", "Scorecard-Ziel: Kundenzufriedenheit steigern\nKPIs: NPS, Wiederkaufrate"),
    ("de", "Ziel (Prozesse): Reparaturen gehen schnell. KPI: Wartezeit"),
    ("en", "Scorecard goal (customers): Tenants trust us\nKPIs: NPS and repurchase rate"),
    ("en", "How would this become an OKR? Goal: Requests are handled quickly; KPIs: response time"),
]


@pytest.mark.parametrize(("language", "text"), GOALS)
def test_a_pasted_goal_with_kpis_leads_to_a_draft_that_is_offered(talk: Talk, language: Language, text: str) -> None:
    goal = goal_in(text, words_in(language))
    assert goal is not None
    talked = talk([text, "ja" if language == "de" else "yes"], language=language)
    offered, taken = (turn.reply for turn in talked.turns)
    assert offered.proposal is not None
    assert offered.version is None
    assert all(kpi in offered.text for kpi in goal.kpis)
    assert goal.goal in offered.text
    assert offered.citations
    assert len(offered.text.split()) <= 110
    edits = offered.proposal.options[0].edits
    assert 4 <= len(edits) <= 5
    assert taken.version is not None
    assert talked.texts == [edit.after for edit in edits]
    assert not any(letter.isdigit() for text in talked.texts for letter in text)


def test_the_perspective_is_read_however_it_is_called() -> None:
    goals = {text: goal_in(text, words_in(language)) for language, text in GOALS}
    assert [goal.perspective for goal in goals.values() if goal] == ["customer", "process", "customer", "customer"]


def test_a_draft_with_key_results_is_no_goal_of_a_scorecard() -> None:
    assert goal_in("Ziel: Mieter:innen vertrauen uns\n- KR: NPS 40\nKPIs: NPS", words_in("de")) is None
    assert goal_in("Ziel: Mieter:innen vertrauen uns", words_in("de")) is None


def test_a_goal_of_the_frame_is_taken_by_its_name_or_asked_for(talk: Talk) -> None:
    context = {"strategy": FRAMES["de"]}
    asked, offered = talk(
        ["Wie kommen wir von unserem Scorecard-Ziel zu einem OKR?", "Zugesagte Zeiten gelten"],
        language="de",
        context=context,
    ).turns
    assert "Zugesagte Zeiten gelten · Klient:innen sehen vertraute Gesichter?" in asked.reply.text
    assert asked.reply.proposal is None
    assert offered.reply.proposal is not None
    named = talk(["Mach aus dem Ziel „Zugesagte Zeiten gelten“ einen Entwurf"], language="de", context=context).last
    assert named.reply.proposal is not None
    assert "Pünktlichkeit der Touren" in named.reply.text


def test_other_words_than_yes_do_no_harm_to_what_is_on_the_table(talk: Talk) -> None:
    says = [DRAFTS["de"], GOALS[0][1], "nein", "Worauf zahlt das ein?", GOALS[0][1], "Die Angehörigen merken es zuerst"]
    talked = talk(says, language="de", context={"strategy": FRAMES["de"]})
    assert talked.texts == ["Zugesagte Zeiten gelten auch am Wochenende", "120 Gäste kommen zum Sommerfest"]
