"""The coach for the frame: what is missing, what is there in name only, in both languages."""

from typing import Any

import pytest

from coach.catalog import Catalog
from coach.okr import Strategy
from coach.strategy.frame import ReviewFrame
from evals.frames import frames

GOOD: dict[str, dict[str, Any]] = {
    "de": {
        "vision": "Alt werden zu Hause ist der Normalfall.",
        "purpose": "Menschen bestimmen selbst, wie sie leben.",
        "hed": {
            "economic_logic": "Zufriedene Familien bringen uns die nächsten.",
            "north_star_metric": "Tage ohne Krankenhaus",
            "trade_offs": ["Bezugspflege vor Auslastung"],
            "health_metric": "Einspringdienste pro Monat",
        },
        "med": {"field": "Entlastung Angehöriger", "worthy_rivals": ["Buurtzorg"]},
        "moal": "Töchter sagen: Ich kann nachts wieder schlafen.",
        "scorecard": [{"perspective": "customer", "goal": "Klient:innen sehen vertraute Gesichter", "kpis": ["NPS"]}],
    },
    "en": {
        "vision": "Growing old at home is normal.",
        "purpose": "People decide for themselves how they live.",
        "hed": {
            "economic_logic": "Happy families bring us the next ones.",
            "north_star_metric": "Days without hospital",
            "trade_offs": ["Familiar faces over full schedules"],
            "health_metric": "Shifts covered at short notice",
        },
        "med": {"field": "Relief for relatives", "worthy_rivals": ["Buurtzorg"]},
        "moal": "Daughters say: I can sleep at night again.",
        "scorecard": [{"perspective": "customer", "goal": "Clients see familiar faces", "kpis": ["NPS"]}],
    },
}


@pytest.fixture(scope="module")
def review(catalog: Catalog) -> ReviewFrame:
    return ReviewFrame(catalog)


def codes(review: ReviewFrame, value: dict[str, Any]) -> set[tuple[str, str]]:
    return {(note.code, note.at) for note in review(Strategy.model_validate(value)).notes}


@pytest.mark.parametrize("language", ["de", "en"])
def test_a_frame_that_holds_is_left_alone(review: ReviewFrame, language: str) -> None:
    found = review(Strategy.model_validate(GOOD[language]))
    assert (found.language, found.notes) == (language, ())
    assert found.message


def test_every_missing_layer_is_named_with_a_question_and_a_citation(review: ReviewFrame) -> None:
    found = review(Strategy())
    assert {note.code for note in found.notes} == {
        f"missing-{name}"
        for name in (
            "purpose",
            "vision",
            "economic_logic",
            "north_star_metric",
            "trade_offs",
            "health_metric",
            "field",
            "worthy_rivals",
            "moal",
            "scorecard",
        )
    }
    known = {citation.id for citation in found.citations}
    assert all(note.question.endswith("?") and note.citations and set(note.citations) <= known for note in found.notes)


@pytest.mark.parametrize(
    ("language", "change", "expected"),
    [
        ("de", {"moal": "Wir sind Marktführer in der Region."}, ("moal-no-picture", "/moal")),
        ("en", {"moal": "We are the leading provider in the region."}, ("moal-no-picture", "/moal")),
        ("de", {"moal": "NPS 60"}, ("moal-a-figure", "/moal")),
        ("en", {"moal": "20% market share"}, ("moal-a-figure", "/moal")),
        ("de", {"kpis": ["Krankenstand"]}, ("kpi-without-goal", "/kpis/0")),
        ("en", {"kpis": ["Sick leave"]}, ("kpi-without-goal", "/kpis/0")),
    ],
)
def test_what_is_there_in_name_only_is_said(
    review: ReviewFrame, language: str, change: dict[str, Any], expected: tuple[str, str]
) -> None:
    assert codes(review, {**GOOD[language], **change}) == {expected}


@pytest.mark.parametrize(
    ("language", "trade_off", "code"),
    [
        ("de", "Qualität", "trade-off-one-sided"),
        ("en", "Quality first", "trade-off-one-sided"),
        ("de", "Gute Qualität vor schlechter Qualität", "trade-off-for-free"),
        ("en", "Good service over poor service", "trade-off-for-free"),
        ("de", "Zufriedene Kundinnen vor Zufriedenheit der Kundinnen", "trade-off-same"),
    ],
)
def test_a_trade_off_that_trades_nothing_off(review: ReviewFrame, language: str, trade_off: str, code: str) -> None:
    frame = {**GOOD[language], "hed": {**GOOD[language]["hed"], "trade_offs": [trade_off]}}
    assert codes(review, frame) == {(code, "/hed/trade_offs/0")}


@pytest.mark.parametrize("language", ["de", "en"])
def test_a_health_metric_that_is_the_north_star_again(review: ReviewFrame, language: str) -> None:
    hed = GOOD[language]["hed"]
    frame = {**GOOD[language], "hed": {**hed, "health_metric": hed["north_star_metric"]}}
    assert codes(review, frame) == {("health-is-north-star", "/hed/health_metric")}


def test_goals_that_are_figures_and_goals_with_too_many_kpis(review: ReviewFrame) -> None:
    goal = {"perspective": "customer", "goal": "NPS 60", "kpis": list("abcdef")}
    assert codes(review, {**GOOD["de"], "scorecard": [goal]}) == {
        ("goal-is-figure", "/scorecard/0/goal"),
        ("too-many-kpis", "/scorecard/0/kpis"),
    }


def test_the_labelled_frames_are_not_faulted_for_what_they_have(review: ReviewFrame) -> None:
    for split in ("tuned-on", "held-out"):
        for frame in frames(split):
            weak = [n for n in review(frame.strategy, frame.language).notes if not n.code.startswith("missing-")]
            assert weak == [], frame.organisation
