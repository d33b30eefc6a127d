"""Strategy with a model over REST and on the page: a repeat asks nothing, each tenant pays for itself, pages ask first."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api import create_app
from coach.settings import Settings
from tests.api.sent import LOCAL
from tests.api.test_strategy import CYCLE, DRAFT, FRAME
from tests.conftest import ModelServer

SENT = {**DRAFT, "context": {"strategy": FRAME}}
GOAL = {"goal": {"perspective": "customer", "goal": "Mieter:innen vertrauen uns", "kpis": ["NPS"]}}


def answering(request: dict[str, Any]) -> str:
    if request["response_format"]["json_schema"]["name"] == "LinkJudgement":
        quoted = {
            "said": "Zugesagte Zeiten",
            "asked": "bestimmen selbst",
            "reason": "Zeiten, die gelten, bestimmen sie.",
        }
        return json.dumps({"texts": [{"text": "O1", "links": [{"element": "E1", "verdict": "added", **quoted}]}]})
    return json.dumps({"hypotheses": [], "objective": "", "key_results": []})


def application(settings: Settings, model_server: ModelServer, **changes: Any) -> Any:
    model_server.answers = [answering]
    return create_app(settings.model_copy(update={"llm_model": "stub", "llm_base_url": model_server.url, **changes}))


@pytest.fixture
def client(without_encoder: None, settings: Settings, model_server: ModelServer) -> Iterator[TestClient]:
    with TestClient(application(settings, model_server), base_url=LOCAL) as client:
        yield client


def test_an_exact_repeat_asks_nothing_and_says_so(client: TestClient, model_server: ModelServer) -> None:
    first = client.post("/v1/strategy/alignment", json=SENT).json()
    again = client.post("/v1/strategy/alignment", json=SENT).json()
    assert first["texts"][0]["links"][-1]["reason"] == "Zeiten, die gelten, bestimmen sie."
    assert again["texts"] == first["texts"]
    assert len(model_server.requests) == 1
    assert (first["provenance"]["calls"], again["provenance"]["calls"]) == (1, 0)
    assert (first["provenance"]["cached"], again["provenance"]["cached"]) == (False, True)
    tree = client.post("/v1/strategy/map", json=SENT).json()
    assert tree["frame"]["served"] is True
    assert len(model_server.requests) == 1


def test_a_bridge_of_nothing_that_holds_is_that_of_the_rules_and_not_degraded(
    client: TestClient, model_server: ModelServer
) -> None:
    found = client.post("/v1/strategy/scorecard-bridge", json=GOAL).json()
    rules = client.post("/v1/strategy/scorecard-bridge", json={**GOAL, "mode": "rules"}).json()
    assert found["key_results"] == rules["key_results"]
    assert (found["degraded"], found["provenance"]["calls"], rules["provenance"]["calls"]) == (None, 2, 0)


def test_each_tenant_has_a_budget_of_its_own(
    without_encoder: None, settings: Settings, model_server: ModelServer, ours: dict[str, str], theirs: dict[str, str]
) -> None:
    app = application(settings, model_server, host="0.0.0.0", llm_budget_tokens=15, llm_keep_hours=0)
    with TestClient(app, base_url="http://okr.example") as client:

        def degraded(address: str, body: dict[str, Any], headers: dict[str, str]) -> str:
            return str(client.post(f"/v1/strategy/{address}", json=body, headers=headers).json()["degraded"])

        assert degraded("alignment", SENT, ours) == "None"
        assert degraded("alignment", SENT, ours) == (
            "Das Budget für das Modell ist für heute aufgebraucht. "
            "Die Bezüge kommen deshalb allein aus den Regeln. (budget-spent)"
        )
        assert degraded("scorecard-bridge", GOAL, ours).endswith("(budget-spent)")
        assert degraded("alignment", SENT, theirs) == "None"


def test_the_page_asks_the_model_only_where_one_wishes_it(client: TestClient, model_server: ModelServer) -> None:
    frame = client.post("/v1/strategy", json={"name": "Haus", "strategy": FRAME}).json()["id"]
    client.post("/v1/cycles", json={**CYCLE, "strategy_id": frame})
    page = client.get(f"/strategy/{frame}?lang=de").text
    assert model_server.requests == []
    assert f'href="/strategy/{frame}?mode=auto&amp;lang=de"' in page
    asked = client.get(f"/strategy/{frame}?mode=auto&lang=de").text
    assert "Zeiten, die gelten, bestimmen sie. <span" in asked
    assert f"/strategy/{frame}/map.png?mode=auto" in asked
    assert len(model_server.requests) == 1
    assert client.get(f"/strategy/{frame}?mode=llm&lang=de").status_code == 422


def test_where_no_model_is_set_up_the_page_offers_none(plain_client: TestClient) -> None:
    frame = plain_client.post("/v1/strategy", json={"name": "Haus", "strategy": FRAME}).json()["id"]
    plain_client.post("/v1/cycles", json={**CYCLE, "strategy_id": frame})
    assert "mode=auto" not in plain_client.get(f"/strategy/{frame}?lang=de").text
