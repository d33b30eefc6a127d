"""Frames from Markdown, YAML, JSON and Word; what cannot be read says where."""

import io
import json

import pytest
from docx import Document

from coach.errors import InputError
from coach.okr import Strategy
from coach.strategy.importing import read_strategy

GERMAN = """# Strategie 2027

## Vision
Alt werden zu Hause ist der Normalfall.

## Purpose
Menschen bestimmen selbst, wie sie leben.

## HED
- Wirtschaftliche Logik: Zufriedene Familien bringen uns die nächsten.
- **North Star Metric:** Tage ohne Krankenhaus
- Trade-offs:
  - Bezugspflege vor Auslastung
  - Qualität vor Wachstum, auch wenn es dauert
- Health Metric: Einspringdienste

## MED
Feld: Entlastung Angehöriger
Worthy Rivals: Buurtzorg; ein Hospiz

## Moal
Töchter sagen: Ich kann nachts wieder schlafen.

## Balanced Scorecard
### Kundenperspektive
- Vertraute Gesichter (KPIs: Pflegekräfte pro Klient:in, NPS)
### Prozesse
- Zugesagte Zeiten gelten
  - KPIs: Pünktlichkeit

## Weitere KPIs
- Krankenstand

## OKR-Zyklen
- Q1: Verlässlichkeit
- Q2: von selbst auf Familien zugehen
"""


def expect(found: Strategy) -> None:
    assert found.vision == "Alt werden zu Hause ist der Normalfall."
    assert found.hed is not None
    assert found.hed.trade_offs == ("Bezugspflege vor Auslastung", "Qualität vor Wachstum, auch wenn es dauert")
    assert (found.hed.north_star_metric, found.hed.health_metric) == ("Tage ohne Krankenhaus", "Einspringdienste")
    assert found.med is not None
    assert (found.med.field, found.med.worthy_rivals) == ("Entlastung Angehöriger", ("Buurtzorg", "ein Hospiz"))
    assert found.moal == "Töchter sagen: Ich kann nachts wieder schlafen."
    assert [(goal.perspective, goal.goal, goal.kpis) for goal in found.scorecard] == [
        ("customer", "Vertraute Gesichter", ("Pflegekräfte pro Klient:in", "NPS")),
        ("process", "Zugesagte Zeiten gelten", ("Pünktlichkeit",)),
    ]
    assert found.kpis == ("Krankenstand",)
    assert [(cycle.name, cycle.focus) for cycle in found.cycles] == [
        ("Q1", "Verlässlichkeit"),
        ("Q2", "von selbst auf Familien zugehen"),
    ]


def test_markdown_with_headings_labels_and_bullets() -> None:
    expect(read_strategy(GERMAN.encode(), "md"))


def test_word_with_headings_and_lists() -> None:
    document = Document()
    for line in GERMAN.splitlines():
        text = line.strip()
        if text.startswith("#"):
            document.add_heading(text.lstrip("# "), 1)
        elif text.startswith("- "):
            document.add_paragraph(text[2:], style="List Bullet")
        elif text:
            document.add_paragraph(text)
    file = io.BytesIO()
    document.save(file)
    expect(read_strategy(file.getvalue(), "docx"))


def test_what_was_read_is_read_again_from_json_and_yaml() -> None:
    found = read_strategy(GERMAN.encode(), "md")
    as_json = found.model_dump_json(exclude_none=True).encode()
    assert read_strategy(as_json, "json") == found
    assert read_strategy(as_json, "yaml") == found
    assert read_strategy(json.dumps({"strategy": json.loads(as_json)}).encode(), "json") == found


def test_english_headings_are_read_too() -> None:
    text = (
        "# Purpose\nWe feed people.\n# Scorecard\n## Customer perspective\n- Guests are respected (KPIs: complaints)\n"
    )
    found = read_strategy(text.encode(), "md")
    assert (found.purpose, found.scorecard[0].goal, found.scorecard[0].kpis) == (
        "We feed people.",
        "Guests are respected",
        ("complaints",),
    )


@pytest.mark.parametrize(
    ("content", "kind", "pointer", "code"),
    [
        (b"# Vision\nx\n## Wetterbericht\n", "md", "", "unknown-heading"),
        (b"nothing of that kind", "md", "", "empty-frame"),
        (b"\xff", "md", "", "invalid-utf8"),
        (b'{"visoin": "x"}', "json", "/visoin", "extra_forbidden"),
        (b"{", "json", "", "invalid-json"),
        (b"scorecard: [{perspective: moon, goal: x}]", "yaml", "/scorecard/0/perspective", "literal_error"),
        (b"no archive", "docx", "", "invalid-docx"),
        (b"", "csv", "", "unknown-format"),
    ],
)
def test_what_cannot_be_read_says_where(content: bytes, kind: str, pointer: str, code: str) -> None:
    with pytest.raises(InputError) as raised:
        read_strategy(content, kind)
    assert (raised.value.problems[0].pointer, raised.value.problems[0].code) == (pointer, code)
