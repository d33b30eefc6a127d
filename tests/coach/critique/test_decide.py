"""What a rule sees, what the encoder sees, and what becomes of both."""

import pytest

from coach.critique.decide import decided, notes_in
from coach.detectors import Hit
from coach.learned import Decision
from coach.review import Severity

RULE = Hit()


def outcome(decision: Decision | None, probability: float | None, *, rule: bool) -> list[tuple[str, Severity]]:
    hits = decided([RULE] if rule else [], Severity.WARNING, decision, probability)
    return [(hit.source, severity) for hit, severity in hits]


@pytest.mark.parametrize("rule", [True, False])
@pytest.mark.parametrize(
    ("decision", "probability"), [(None, 0.9), (Decision("rule", 1.0), 0.9), (Decision("both", 0.5), None)]
)
def test_without_a_say_of_the_encoder_the_rule_decides(
    decision: Decision | None, probability: float | None, *, rule: bool
) -> None:
    assert outcome(decision, probability, rule=rule) == ([("rule", Severity.WARNING)] if rule else [])


@pytest.mark.parametrize(
    ("by", "probability", "rule", "expected"),
    [
        ("either", 0.9, False, [("classifier", Severity.ADVICE)]),
        ("either", 0.1, False, []),
        ("either", 0.1, True, [("rule", Severity.WARNING)]),
        ("both", 0.9, True, [("rule", Severity.WARNING)]),
        ("both", 0.1, True, []),
        ("both", 0.9, False, []),
        ("encoder", 0.9, True, [("rule", Severity.WARNING)]),
        ("encoder", 0.1, True, []),
        ("encoder", 0.9, False, [("classifier", Severity.ADVICE)]),
    ],
)
def test_what_the_encoder_alone_sees_is_advice(
    by: str, probability: float, rule: bool, expected: list[tuple[str, Severity]]
) -> None:
    decision = Decision(by, 0.5)  # type: ignore[arg-type]
    assert outcome(decision, probability, rule=rule) == expected


def test_where_it_is_sure_the_profile_decides() -> None:
    assert outcome(Decision("encoder", 0.5, sure=True), 0.9, rule=False) == [("classifier", Severity.WARNING)]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        (None, []),
        ("", []),
        ("one", ["one"]),
        ("one\n\ntwo", ["one", "two"]),
        ("notes:\n- one\n- two", ["notes:", "- one", "- two"]),
        ("one\nstill one", ["one\nstill one"]),
    ],
)
def test_notes_are_read_by_paragraph(text: str | None, parts: list[str]) -> None:
    assert notes_in(text) == parts


def test_long_notes_are_cut() -> None:
    assert max(map(len, notes_in("x" * 5_000))) == 700
    assert len(notes_in("\n\n".join("x" for _ in range(100)))) == 20


def test_words_that_are_certain_stand_whatever_the_encoder_says() -> None:
    for by in ("encoder", "both"):
        found = list(decided([Hit(), Hit(certain=True)], Severity.WARNING, Decision(by, 0.5), 0.1))
        assert found == [(Hit(certain=True), Severity.WARNING)]
