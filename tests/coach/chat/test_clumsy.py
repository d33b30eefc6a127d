"""People type as they speak: small letters, fillers, half sentences, the same thing twice."""

import pytest

from coach.conversation import TurnKind
from tests.coach.chat.conftest import Talk


def test_people_typed_in_small_letters_are_written_as_german_writes_them(talk: Talk) -> None:
    played = talk(
        [
            "O: Gute Küche für alle Gäste\n- neue Speisekarte einführen",
            "die gäste müssen nicht lang aufs Essen warten",
            "so 40 auf 70 Prozent",
        ],
        language="de",
    )
    assert played.last.reply.proposal is not None
    after = played.last.reply.proposal.options[0].edits[0].after
    assert after == "70 % der Gäste müssen nicht lang aufs Essen warten (heute: 40 %)"


def test_a_figure_said_to_an_objective_leaves_it_as_it_is_offered(talk: Talk) -> None:
    played = talk(
        ["we need to do better with the shop", "umm customers i guess, they find what they want", "half now, 80% then"],
        language="en",
    )
    offered = [turn.reply.text for turn in played.turns[1:]]
    assert all("“Customers find what they want”" in text for text in offered)
    assert played.end.memory.proposal is not None


def test_a_wish_in_a_clause_becomes_a_sentence(talk: Talk) -> None:
    played = talk(["wir wollen das die Leute im Spital weniger warten"], language="de")
    assert played.texts == ["Die Leute warten im Spital weniger"]


def test_a_rewrite_that_lacks_something_asks_for_it(talk: Talk) -> None:
    played = talk(["Umfrage machen", "mach einen Vorschlag"], language="de")
    assert played.last.kind == TurnKind.REWRITE
    assert played.last.reply.text.count("?") == 1


def test_what_stands_there_already_is_not_put_there_twice(talk: Talk) -> None:
    said = ["customers find the right shelf", "from 20% to 60%", "yes"]
    played = talk(["Objective: Customers like shopping here\n- New website live\n- New app live", *said, *said[:2]])
    assert "already, as KR 1" in played.last.reply.text
    assert len(set(played.texts)) == len(played.texts)


@pytest.mark.parametrize(
    ("said", "objective"),
    [
        ("wir wollen die einarbeitung besser machen", "einarbeitung besser"),
        ("make onboarding more better", "more better"),
    ],
)
def test_better_alone_is_asked_back(said: str, objective: str, talk: Talk) -> None:
    played = talk([said])
    raised = played.last.reply.raised
    assert raised is not None
    assert raised.finding.pattern == "vague-objective"
    assert objective in played.texts[0]


@pytest.mark.parametrize(
    ("language", "said", "asked"),
    [
        ("de", "Hotline-Zeiten ausweiten", "Wer genau merkt davon zuerst etwas?"),
        ("en", "Extend the opening hours", "Who exactly would notice first?"),
    ],
)
def test_an_objective_without_people_is_asked_for_them_before_anything_is_measured(
    language: str, said: str, asked: str, talk: Talk
) -> None:
    reply = talk([said], language=language).last.reply
    assert reply.question is not None
    assert reply.question.text == asked


@pytest.mark.parametrize(
    ("said", "objective"),
    [
        ("Guten Tag, ich bin die Leiterin der Kita. O: Eltern finden sich zurecht\n- Aushang neu gestalten", "Eltern finden sich zurecht"),
        ("Grüezi, unser Ziel heisst: Gäste fühlen sich wohl\n- Speisekarte fertigstellen", "Gäste fühlen sich wohl"),
        ("Hi, I'm a shift lead. Our goal is: Drivers get home on time\n- Publish the roster", "Drivers get home on time"),
    ],
)  # fmt: skip
def test_who_greets_and_introduces_themselves_has_said_no_objective(said: str, objective: str, talk: Talk) -> None:
    assert talk([said]).texts[0] == objective


@pytest.mark.parametrize(
    ("language", "told", "confirmed"),
    [
        ("de", ["O: Gäste fühlen sich wohl\n- Speisekarte fertigstellen", "Die Gäste finden schneller etwas", "40 auf 70 %", "Wir fragen die Gäste am Tisch"], "(heute: 40 %, wir fragen die Gäste am Tisch)"),
        ("en", ["O: Guests feel at home\n- Finish the menu", "guests find something sooner", "40 to 70%", "the waiters note it down"], "(today: 40%, the waiters note it down)"),
        ("en", ["O: Guests feel at home\n- Finish the menu", "guests find something sooner", "40 to 70%", "guests say so in the monthly survey"], "(today: 40%, source: monthly survey)"),
    ],
)  # fmt: skip
def test_who_notes_it_confirms_and_changes_nothing_else(
    language: str, told: list[str], confirmed: str, talk: Talk
) -> None:
    proposal = talk(told, language=language).last.reply.proposal
    assert proposal is not None
    after = proposal.options[0].edits[0].after or ""
    assert after.endswith(confirmed)
    assert "Gäste finden schneller etwas" in after or "guests find something sooner" in after


def test_a_contrast_names_other_people(talk: Talk) -> None:
    told = ["O: Patients get an appointment quickly\n- Call centre open until 8pm", "patients wait less", "from 9 days to 4 days"]  # fmt: skip
    played = talk([*told, "actually it's not patients, it's their relatives who call"], language="en")
    assert played.last.reply.proposal is not None
    after = played.last.reply.proposal.options[0].edits[0].after
    assert after == "Their relatives who call wait less (target: 4 days, today: 9 days)"


@pytest.mark.parametrize(
    ("language", "order", "kind"),
    [
        ("en", "yes plese", TurnKind.ACCEPT),
        ("en", "rewite it", TurnKind.REWRITE),
        ("de", "ja bite", TurnKind.ANSWER),
        ("de", "übernemen", TurnKind.ACCEPT),
        ("de", "formulire es um", TurnKind.REWRITE),
    ],
)
def test_an_order_one_slip_away_is_an_order(language: str, order: str, kind: TurnKind, talk: Talk) -> None:
    told = {
        "de": ["O: Gäste fühlen sich wohl\n- Speisekarte fertigstellen", "Die Gäste finden schneller etwas", "40 auf 70 %"],
        "en": ["O: Guests feel at home\n- Finish the menu", "guests find something sooner", "40 to 70%"],
    }  # fmt: skip
    assert talk([*told[language], order], language=language).last.kind == kind


@pytest.mark.parametrize(("language", "said"), [("de", "passt so"), ("de", "gut so"), ("en", "that's good enough")])
def test_whoever_is_content_hears_what_is_open(language: str, said: str, talk: Talk) -> None:
    draft = {
        "de": "O: Gäste fühlen sich wohl\n- Speisekarte fertigstellen",
        "en": "O: Guests feel at home\n- Finish the menu",
    }
    played = talk([draft[language], said], language=language)
    assert played.last.kind == TurnKind.LOOKS_GOOD


def test_a_bare_figure_takes_the_unit_of_the_one_before(talk: Talk) -> None:
    played = talk(
        [
            "O: Kurze Wege im Amt\n- Terminbuchung online",
            "die Bürger",
            "sitzen nicht mehr so lang herum",
            "früher warens 45 min",
            "15",
        ],
        language="de",
    )
    assert played.last.reply.proposal is not None
    after = played.last.reply.proposal.options[0].edits[0].after
    assert after == "Die Bürger sitzen nicht mehr so lang herum (Ziel: 15 min, heute: 45 min)"
