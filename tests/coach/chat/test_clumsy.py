"""People type as they speak: small letters, fillers, half sentences, the same thing twice."""

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
