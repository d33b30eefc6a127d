"""German that speaks to a team or to one person, said to people addressed as "Sie"."""

import re
from pathlib import Path

import pytest
import yaml

from coach.catalog import Catalog
from coach.chat.formal import formal
from coach.chat.words import words_in
from coach.conversation import Action
from coach.wiring import Coach
from tests.coach.chat.conftest import Talk

_FAMILIAR = re.compile(r"\b(?:du|dir|dich|dein\w*|euch|eure?\w?)\b|\b\w+t ihr\b", re.IGNORECASE)


@pytest.fixture(scope="module")
def catalog(coach: Coach) -> Catalog:
    """The catalogue that the coach speaks from."""
    return coach.catalog


@pytest.mark.parametrize(
    ("team", "formally"),
    [
        ("Woran würdet ihr es sehen?", "Woran würden Sie es sehen?"),
        ("„{quote}“ beschreibt, was ihr liefert.", "„{quote}“ beschreibt, was Sie liefern."),
        (
            "Die Wirkung, die ihr euch davon erhofft, fehlt noch.",
            "Die Wirkung, die Sie sich davon erhoffen, fehlt noch.",
        ),
        ("Das sagt, was ihr tut oder messt.", "Das sagt, was Sie tun oder messen."),
        ("Was wäre für eure Kund:innen besser?", "Was wäre für Ihre Kund:innen besser?"),
        ("Eure Idee, wie ihr ihn beeinflusst, fehlt noch.", "Ihre Idee, wie Sie ihn beeinflussen, fehlt noch."),
        (
            "Hier ist eine Veränderung, aber ihr Startpunkt fehlt.",
            "Hier ist eine Veränderung, aber ihr Startpunkt fehlt.",
        ),
        ("Jede Person schaut auf ihr eigenes Feld.", "Jede Person schaut auf ihr eigenes Feld."),
        ("Kennt ihr ihn nicht, lasst die Lücke sichtbar.", "Kennen Sie ihn nicht, lassen Sie die Lücke sichtbar."),
        ("Stell Dir vor, Du erzählst es einer Nachbarin.", "Stellen Sie sich vor, Sie erzählen es einer Nachbarin."),
        ("Was habt ihr geändert, und was rechnet ihr ab?", "Was haben Sie geändert, und was rechnen Sie ab?"),
        ("„Ihr wartet“ sagt nicht, worauf ihr wartet.", "„Ihr wartet“ sagt nicht, worauf Sie warten."),
    ],
)
def test_verbs_and_pronouns_follow(team: str, formally: str) -> None:
    assert formal(team) == formally
    assert formal(formally) == formally


def test_what_was_put_into_sie_by_hand_comes_out_the_same() -> None:
    rows = yaml.safe_load((Path(__file__).parent / "sie.yaml").read_text(encoding="utf-8"))
    assert len(rows) > 100
    assert [formal(row["du"]) for row in rows] == [row["sie"] for row in rows]


def test_every_message_and_question_of_the_catalogue_can_be_said_formally(catalog: Catalog) -> None:
    texts = [
        text
        for pattern in catalog.patterns.values()
        for text in (*pattern.text["de"].messages, *pattern.text["de"].questions)
    ]
    assert len(texts) > 200
    assert not [said for text in texts if _FAMILIAR.search(re.sub(r"„[^“]*“", "", said := formal(text)))]


def test_the_coachs_own_words_are_formal_where_set() -> None:
    words = words_in("de", "sie")
    said = [*(text for rows in words.texts["questions"].values() for text in rows)]
    said += [text for text in words.texts.values() if isinstance(text, str)]
    assert not [text for text in said if _FAMILIAR.search(text)]


def test_a_talk_set_to_sie_never_says_du(talk: Talk) -> None:
    played = talk(
        [
            "O: Familien finden schnell einen Kita-Platz\n- Neues Kita-Portal bis Mai live\n- Umsatz +12 %\n"
            "- Zusammenarbeit spürbar verbessern",
            "Hä?",
            "weiß nicht",
            "mach nen Vorschlag",
            "nein",
            "warum fragen Sie das?",
            "weiter",
            Action(do="undo"),
            "sieht gut aus",
        ],
        language="de",
        address="sie",
    )
    said = [turn.reply.text for turn in played.turns]
    said += [turn.reply.raised.finding.message for turn in played.turns if turn.reply.raised]
    review = played.end.review
    assert review is not None
    said += [
        finding.message + finding.question for each in review.objectives[0].key_results for finding in each.findings
    ]
    assert not [text for text in said if _FAMILIAR.search(re.sub(r"„[^“]*“", "", text))]
    assert any(re.search(r"\bSie\b", text) for text in said)
