"""From scorecard to draft and back: offers that the walk clears, placeholders for values, the KPI beside it."""

import pytest

from coach.catalog import Catalog
from coach.critique import Critic
from coach.cycle import Figure
from coach.kinds import KindClassifier
from coach.strategy.bridge import BridgeRequest, BuildBridge
from coach.strategy.mirror import mirrored

GOALS = [
    ("de", "customer", "Kundenzufriedenheit steigern", ["NPS", "Wiederkaufrate", "Reklamationen"]),
    ("de", "process", "Reparaturen gehen schnell", ["Wartezeit"]),
    ("de", "finance", "Umsatz mit Bestandskunden wächst", ["Umsatz Bestandskunden"]),
    ("de", "learning", "Pflegekräfte bleiben gern", ["Fluktuation"]),
    ("en", "customer", "Tenants trust us", ["NPS", "Repurchase rate"]),
    ("en", "process", "Requests are handled quickly", ["Response time"]),
    ("en", "finance", "Grow recurring revenue", ["MRR", "Churn"]),
    ("en", "learning", "Our people develop", []),
]


@pytest.fixture(scope="module")
def build(catalog: Catalog, classifier: KindClassifier, critic: Critic) -> BuildBridge:
    return BuildBridge(catalog, classifier, critic)


@pytest.mark.parametrize(("language", "perspective", "goal", "kpis"), GOALS)
def test_a_goal_becomes_hypotheses_and_a_draft_that_the_walk_clears(
    build: BuildBridge, language: str, perspective: str, goal: str, kpis: list[str]
) -> None:
    body = {"goal": {"perspective": perspective, "goal": goal, "kpis": kpis}}
    found = build(BridgeRequest.model_validate(body))
    assert found.language == language
    assert found.guiding_question.endswith("?")
    assert 2 <= len(found.hypotheses) <= 3
    assert found.objective_status == "verified"
    assert 3 <= len(found.key_results) <= 4
    assert sum(key_result.status == "verified" for key_result in found.key_results) >= 3
    for key_result in found.key_results:
        assert key_result.placeholders
        assert not any(letter.isdigit() for letter in key_result.text)
        assert "{" not in key_result.text
        assert key_result.confirmed_by
        assert key_result.checks["outcome"]
        assert (key_result.kpi in kpis) if kpis else key_result.kpi is None
        assert (key_result.status == "verified") == all(key_result.checks.values())
    assert len(found.mirror) == max(1, len(kpis))
    assert all(kpi in line for kpi, line in zip(kpis, found.mirror, strict=False))
    assert found.citations


def test_the_people_of_the_goal_or_those_named_are_meant(build: BuildBridge) -> None:
    goal = {"perspective": "customer", "goal": "Mieter:innen vertrauen uns", "kpis": ["NPS"]}
    assert "Mieter:innen" in build(BridgeRequest.model_validate({"goal": goal})).objective
    assert build(BridgeRequest.model_validate({"goal": goal, "people": "Gäste"})).objective.startswith("Gäste")


@pytest.mark.parametrize(
    ("before", "after", "wanted", "experienced", "outcome"),
    [
        ("31", "38", "up", True, "moved"),
        ("3,4 %", "3,1 %", "down", True, "moved"),
        ("31", "30", "up", True, "not_moved"),
        ("31", "31", "up", True, "not_moved"),
        ("31", "40", "up", False, "wrong_hypothesis"),
        ("31", "31", "up", False, "not_tried"),
        ("31", None, "up", True, "unknown"),
        ("gut", "besser", "up", True, "unknown"),
    ],
)
def test_results_are_mirrored_with_the_kpi(
    before: str, after: str | None, wanted: str, experienced: bool, outcome: str
) -> None:
    body = {"kpi": "NPS", "before": before, "after": after, "wanted": wanted, "experienced": experienced}
    for language in ("de", "en"):
        found = mirrored(Figure.model_validate(body), language)
        assert found.outcome == outcome
        assert "NPS" in found.message
        assert found.question.endswith("?")
        assert "{" not in found.message + found.question
