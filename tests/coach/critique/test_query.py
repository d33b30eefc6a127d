"""A query read as the draft that it may be."""

import pytest

from coach.critique import Critic
from coach.critique.query import _parts


@pytest.mark.parametrize(
    ("query", "objectives", "key_results"),
    [
        ("Umsatz +5 %", [], ["Umsatz +5 %"]),
        ("O: Reading!\nKR1 buy 200 books\nKR2 hold a reading week", ["Reading!"], ["buy 200 books", "hold a reading week"]),
        ("KR1 gesammelt KR2 gewählt", [], ["gesammelt", "gewählt"]),
        ("Objective: Personal", ["Personal"], []),
        ("- eins\n- zwei", [], ["eins", "zwei"]),
        ("Was ist ein KR?", [], ["Was ist ein KR?"]),
        ("Objective Einkauf, 2. Halbjahr: Wege kürzen", ["Wege kürzen"], []),
        ("Unser Teamziel für Mai: ausgeruht sein", ["ausgeruht sein"], []),
        ("Key results of the cutting room: fewer offcuts", [], ["fewer offcuts"]),
    ],
)  # fmt: skip
def test_labels_say_what_a_part_is(query: str, objectives: list[str], key_results: list[str]) -> None:
    assert _parts(query) == (objectives, key_results)


def test_a_draft_leads_to_what_it_lacks(critic: Critic) -> None:
    read = critic.read_query("Neues CRM bis Ende Q3 eingeführt", "de")
    assert "output-as-key-result" in read.key_result
    read = critic.read_query("Objective: Umsatz auf 3 Mio. € steigern", "de")
    assert "metric-in-objective" in read.objective
    assert not read.key_result


@pytest.mark.parametrize("query", ["\x00", "\ud800", "?", "KR1:", "O:", "x" * 5_000, "\n\n- \n"])
def test_anything_can_be_asked(critic: Critic, query: str) -> None:
    critic.read_query(query, "en")
