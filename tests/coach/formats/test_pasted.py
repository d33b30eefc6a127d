"""Drafts in any shape: what is pasted is found, and nothing of it gets lost."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.formats.pasted import PastedObjective, parse_pasted

_TEXT = st.from_regex(r"\A[a-zäöü]{3,8}( [a-zäöü]{3,8}){1,5}\Z")
_DRAFTS = st.lists(st.tuples(_TEXT, st.lists(_TEXT, min_size=1, max_size=4)), min_size=1, max_size=3)


def _found(text: str) -> list[tuple[str | None, list[str]]]:
    return [(o.objective, [row["text"] for row in o.key_results]) for o in parse_pasted(text).objectives]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("O: Callers are helped KR1: 80% say so KR2: 9 in 10 return", [("Callers are helped", ["80% say so", "9 in 10 return"])]),
        ("Objective: A b\n- c d\n- e f", [("A b", ["c d", "e f"])]),
        ("# Q3\n## Ziel 1: A b\n1. c d\n2) e f\n\n## Ziel 2: G h\n* i j", [("A b", ["c d", "e f"]), ("G h", ["i j"])]),
        ("| Objective | Key Result |\n|---|---|\n| A b | c d |\n| A b | e f |", [("A b", ["c d", "e f"])]),
        ("Ziel\tKey Result\nA b\tc d\nA b\te f", [("A b", ["c d", "e f"])]),
        ("**Objective:** A b\n**KR1:** c d\n**KR2:** e f", [("A b", ["c d", "e f"])]),
        ("Hier unser Entwurf:\nO1 - A b\nKR 1.1 – c d\nKR1.2: e f", [("A b", ["c d", "e f"])]),
        ("Support verbessern\n\n- c d\n\nVertrieb stärken\n\n- e f", [("Support verbessern", ["c d"]), ("Vertrieb stärken", ["e f"])]),
        ("Key Results:\n- c d\n- e f", [(None, ["c d", "e f"])]),
        ('{"objective": "A b", "key_results": ["c d"]}', [("A b", ["c d"])]),
        ("Unser Ziel ist, dass Kunden Hilfe bekommen. Die Wartezeit sinkt auf 2 Min. im Mittel. 80 % sagen das.", [("Kunden bekommen Hilfe", ["Die Wartezeit sinkt auf 2 Min. im Mittel", "80 % sagen das"])]),
        ("Hallo zusammen, wir haben viel geredet. Unser Ziel ist, dass sich alle wohlfühlen. 80 % sagen das.", [("Dass sich alle wohlfühlen", ["80 % sagen das"])]),
        ("Umsatz 2 Mio., 50 Neukunden, 200 Anrufe pro Woche", [(None, ["Umsatz 2 Mio.", "50 Neukunden", "200 Anrufe pro Woche"])]),
        ("To-do: Server migrieren, Doku schreiben", [(None, ["Server migrieren", "Doku schreiben"])]),
        ("Goal: A b\nKR: c d", [("A b", ["c d"])]),
        ("", []),
        ("\x00 \ud800", []),
    ],
)  # fmt: skip
def test_shapes_that_people_paste(text: str, found: list[tuple[str | None, list[str]]]) -> None:
    assert _found(text) == found


@given(_DRAFTS, st.sampled_from(["labels", "bullets", "markdown", "one line"]))
def test_every_shape_holds_the_same_draft(draft: list[tuple[str, list[str]]], shape: str) -> None:
    objective, bullet, joint = {
        "labels": ("O{n}: {text}", "KR{n}: {text}", "\n"),
        "bullets": ("Objective: {text}", "- {text}", "\n"),
        "markdown": ("## {text}", "{n}. {text}", "\n"),
        "one line": ("O: {text}", "KR{n}: {text}", " "),
    }[shape]
    lines = []
    for number, (text, key_results) in enumerate(draft, start=1):
        lines.append(objective.format(n=number, text=text))
        lines += [bullet.format(n=index, text=each) for index, each in enumerate(key_results, start=1)]
    assert _found(joint.join(lines)) == draft


@given(st.text(max_size=300))
def test_any_text_is_read_without_failing_and_made_of_its_own_characters(text: str) -> None:
    own = set(text.lower()) | set(" ")
    own |= set("(,:)") if re.search(r"[|\t;]", text) else set()  # cells that a draft has no place for
    for objective, key_results in _found(text):
        for part in (objective or "", *key_results):
            assert set(re.sub(r"\s", " ", part.lower())) <= own | set(part.lower()) & set(text.lower().upper().lower())


_TOLD = [("Patient:innen warten kürzer", ["Anmeldung digital", "80% zufrieden"])]


@pytest.mark.parametrize(
    "text",
    [
        "> Hallo zusammen,\n> unser Ziel fürs Quartal: Patient:innen warten kürzer\n> 1) Anmeldung digital\n> 2) 80% zufrieden\n> LG Petra",
        "Liebe alle\n\nanbei unser Entwurf:\nZiel: Patient:innen warten kürzer\n- Anmeldung digital\n- 80% zufrieden\n\nViele Grüße, Tom",
        "**Objective 1** Patient:innen warten kürzer\n**KR 1.1** Anmeldung digital\n**KR 1.2** 80% zufrieden",
        "Goal for Q3: Patient:innen warten kürzer\n* Anmeldung digital\n* 80% zufrieden\nBest regards, Jo",
    ],
)
def test_a_draft_is_read_out_of_a_message(text: str) -> None:
    assert [(o.objective, [kr["text"] for kr in o.key_results]) for o in parse_pasted(text).objectives] == _TOLD


def test_a_list_of_bounds_is_no_cited_message() -> None:
    found = parse_pasted("O: Ruhige Nächte\n> 80 % schlafen durch\n> 5 Anrufe weniger").objectives
    assert [kr["text"] for kr in found[0].key_results] == ["> 80 % schlafen durch", "> 5 Anrufe weniger"]


@pytest.mark.parametrize(
    ("text", "outline"),
    [
        (
            "1. Families find a place\n   1.1 70% get one at once (today 40%)\n   1.2 Portal live\n2. Carers stay\n   2.1 From 12 to 4",
            [
                ("Families find a place", ["70% get one at once (today 40%)", "Portal live"]),
                ("Carers stay", ["From 12 to 4"]),
            ],
        ),
        (
            "- Families find a place\n  - 70% get one at once\n  - Portal live\n- Carers stay\n  - From 12 to 4",
            [("Families find a place", ["70% get one at once", "Portal live"]), ("Carers stay", ["From 12 to 4"])],
        ),
        (
            "Hi team,\nhere is what we came up with:\n\nObjective - Patients are seen on time\nKey Results:\n"
            "1) 80% within 20 minutes\n2) New tool live\n\nBest regards,\nBen Smith",
            [("Patients are seen on time", ["80% within 20 minutes", "New tool live"])],
        ),
        (
            "Am 3. Mai schrieb Anna:\n> > Objective: Familien finden einen Platz\n> > KR1: Portal live (Ben)\n>\n\n"
            "KR2: 70 % bekommen sofort einen Platz\n\nViele Grüße\nCem",
            [("Familien finden einen Platz", ["Portal live (Ben)", "70 % bekommen sofort einen Platz"])],
        ),
        (
            "Ziel 1: Familien finden einen Platz\nErgebnis 1: 70 % bekommen einen\nErgebnis 2: Portal live",
            [("Familien finden einen Platz", ["70 % bekommen einen", "Portal live"])],
        ),
        (
            "Unser Ziel ist, dass Familien schnell einen Platz finden. Das messen wir daran, dass 70 % der Familien sofort "
            "einen Platz bekommen (heute 40 %), und dass das Portal bis Mai live ist.",
            [
                (
                    "Familien finden schnell einen Platz",
                    ["70 % der Familien bekommen sofort einen Platz (heute 40 %)", "Das Portal ist bis Mai live"],
                )
            ],
        ),
    ],
)
def test_drafts_are_read_as_people_lay_them_out(text: str, outline: list[tuple[str, list[str]]]) -> None:
    assert [(o.objective, [row["text"] for row in o.key_results]) for o in parse_pasted(text).objectives] == outline


def test_rows_of_a_spreadsheet_need_no_header() -> None:
    text = "Carers stay\tLeave in probation\t12\t4\tCem\nCarers stay\tGuide written\t\t1\n\tNights swapped\t30 %\t10 %"
    assert parse_pasted(text).objectives == [
        PastedObjective(
            "Carers stay",
            [
                {"text": "Leave in probation (Cem)", "baseline": "12", "target": "4"},
                {"text": "Guide written", "target": "1"},
                {"text": "Nights swapped", "baseline": "30 %", "target": "10 %"},
            ],
        )
    ]
    assert parse_pasted("O1\tCarers stay\nKR1\tLeave in probation\t12\t4").objectives == [
        PastedObjective("Carers stay", [{"text": "Leave in probation", "baseline": "12", "target": "4"}])
    ]


def test_a_column_that_a_draft_does_not_know_is_kept_in_brackets() -> None:
    text = "| Objective | Key Result | Ist | Ziel | Owner |\n|---|---|---|---|---|\n| Carers stay | Leave | 12 | 4 | Anna |"
    assert parse_pasted(text).objectives == [
        PastedObjective("Carers stay", [{"text": "Leave (Owner: Anna)", "baseline": "12", "target": "4"}])
    ]


def test_the_first_empty_cell_of_a_row_stands_for_the_objective_above() -> None:
    text = "Objective\tKey Result\tStart\tZiel\nCarers stay\tLeave\t12\t4\n\tGuide written\t\tMay"
    assert [len(objective.key_results) for objective in parse_pasted(text).objectives] == [2]
