"""The smaller parts of a workshop: rude words, choices, words in two languages, pulses, cells."""

import asyncio
import csv
import doctest
import io
from importlib import import_module

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from coach.catalog import Catalog
from coach.critique import Critic
from coach.okr import Draft
from coach.review import Review
from coach.workshop import words
from coach.workshop.alternatives import alternatives
from coach.workshop.broadcast import Pulse
from coach.workshop.card import Card
from coach.workshop.checking import CardText, draft_of, read_from
from coach.workshop.choices import choices_for
from coach.workshop.export import _cell
from coach.workshop.room import Room
from coach.workshop.rude import is_rude


@pytest.mark.parametrize("name", ["anonymity", "rude", "words"])
def test_examples_in_the_docstrings_are_true(name: str) -> None:
    module = import_module(f"coach.workshop.{name}")
    assert doctest.testmod(module).failed == 0
    assert doctest.testmod(module).attempted > 0


@pytest.mark.parametrize(
    "text",
    [
        "So ein Scheiß",
        "SCHEISSE",
        "Arschloch",
        "Ihr seid 1d1oten",
        "f u c k",
        "fuuuuck this",
        "f.u.c.k",
        "Fúck",
        "fu\u200bck",
        "ｆｕｃｋ",
        "Vollidiotenverein",
    ],
)
def test_a_rude_word_is_seen_through_its_disguise(text: str) -> None:
    assert is_rude(text)


@pytest.mark.parametrize(
    "text",
    [
        "As soon as the class passes the assessment",
        "Assistenz für Kassel",
        "80 % der Mieter:innen ziehen ohne Rückfrage ein (heute 55 %)",
        "Analyse der Wachsweichmacher",
        "Dick aufgetragene Farbe trocknet in 3 h",
        "Scunthorpe is connected",
        "MongoDB abgelöst",
    ],
)
def test_ordinary_words_do_not_wait(text: str) -> None:
    assert not is_rude(text)


def card(text: str, critic: Critic) -> Card:
    made = Card("c1", "key_result", None, text, None, "host", "shown", flagged=False)
    read = CardText("key_result", text)
    review = read_from(critic.review(draft_of(read, language="de")), read)
    return Card(**{**made.__dict__, "review": review})


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("Mieterportal bis Ende Q3 live schalten", "output-as-key-result"),
        ("Umsatz um 12 % steigern", "kpi-as-key-result"),
        ("80 % der neuen Mieter:innen schaffen den Einzug ohne Rückfrage bei uns (heute 55 %)", None),
    ],
)
def test_one_of_four_choices_is_right(text: str, right: str | None, plain_critic: Critic, catalog: Catalog) -> None:
    made = card(text, plain_critic)
    assert made.review is not None
    found = {finding.pattern for finding in made.review.findings}
    choices = choices_for(made, catalog)
    assert len(choices) == len(set(choices)) == 4
    assert choices[-1] == "none"
    assert found.intersection(choices) == ({right} if right else set())
    assert choices == choices_for(made, catalog)


def test_a_frame_that_did_not_pass_every_check_is_offered_as_such(plain_critic: Critic) -> None:
    portal = card("Mieterportal bis Ende Q3 live schalten", plain_critic)
    room = Room(language="de", cards={portal.id: portal})

    def unsure(_tenant: str, draft: Draft) -> Review:
        found = plain_critic.review(draft).model_dump()
        found["objectives"][0]["key_results"][0]["rewrite"]["status"] = "scaffold"
        return Review.model_validate(found)

    sure = alternatives(lambda _tenant, draft: plain_critic.review(draft), "local", room, portal, "rules")
    assert [offer.verified for offer in sure.offers] == [True]
    assert [offer.verified for offer in alternatives(unsure, "local", room, portal, "rules").offers] == [False]


def test_the_right_choice_is_not_always_at_the_same_place(plain_critic: Critic, catalog: Catalog) -> None:
    places = {
        choices_for(card(f"Portal {name} bis Ende Q3 live schalten", plain_critic), catalog).index(
            "output-as-key-result"
        )
        for name in ("Nord", "Süd", "Ost", "West", "Mitte", "Rhein", "Main", "Spree")
    }
    assert len(places) > 1


def test_both_languages_say_the_same_things() -> None:
    def keys(node: object, above: str = "") -> set[str]:
        if isinstance(node, dict):
            return {found for key, value in node.items() for found in keys(value, f"{above}{key}.")}
        return {above}

    read = yaml.safe_load(words._FILE.read_text(encoding="utf-8"))
    assert keys(read["de"]) == keys(read["en"])


@given(st.text())
def test_no_cell_begins_as_a_formula(text: str) -> None:
    file = io.StringIO()
    csv.writer(file, quoting=csv.QUOTE_ALL).writerow([_cell(text)])
    for delimiter in (",", ";", "\t"):
        for row in csv.reader(io.StringIO(file.getvalue()), delimiter=delimiter):
            for cell in row:
                assert not cell.strip().startswith(("=", "+", "-", "@"))


def test_a_beat_wakes_everybody_who_waits_and_is_not_missed() -> None:
    async def main() -> None:
        pulse = Pulse()
        waits = [pulse.now() for _ in range(3)]
        pulse.beat()
        await asyncio.gather(*(wait.wait() for wait in waits))
        again = pulse.now()
        assert not again.is_set()
        await asyncio.to_thread(pulse.beat)
        await again.wait()

    asyncio.run(main())
