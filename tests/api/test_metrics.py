"""`/metrics` counts requests, reviews, calls, tokens and breakers, and says nothing of texts or tenants."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api import create_app
from coach.settings import Settings
from tests.api.sent import LOCAL, reviewed
from tests.faults import Serve, Wire, whole

NOTHING = '{"elements": [], "rewrites": []}'


pytestmark = pytest.mark.usefixtures("short_pauses")


def counts(client: TestClient, **headers: str) -> dict[str, float]:
    response = client.get("/metrics", headers=headers)
    assert response.status_code == 200
    assert response.headers["content-type"].startswith("text/plain")
    lines = [line.rpartition(" ") for line in response.text.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, _, value in lines}


def opened(settings: Settings, **changes: Any) -> Iterator[TestClient]:
    app = create_app(settings.model_copy(update=changes))
    with TestClient(app, base_url=LOCAL) as client:
        yield client


def test_requests_are_counted_by_route(plain_client: TestClient) -> None:
    made = reviewed(plain_client)
    plain_client.get(f"/v1/reviews/{made['id']}")
    plain_client.get("/v1/reviews/secret-name")
    plain_client.get("/wp-login.php")
    plain_client.request("BREW", "/healthz")
    found = counts(plain_client)
    assert found['okr_coach_requests_total{method="POST",path="/v1/reviews",status="201"}'] == 1
    assert found['okr_coach_requests_total{method="GET",path="/v1/reviews/{review_id}",status="404"}'] == 1
    assert found['okr_coach_requests_total{method="GET",path="unmatched",status="404"}'] == 1
    assert found['okr_coach_reviews_total{degraded="no",mode="rules"}'] == 1
    assert not any("secret-name" in name or "wp-login" in name or "BREW" in name for name in found)


def test_calls_tokens_and_breakers_are_counted(
    without_encoder: None,
    settings: Settings,
    serve: Serve,
) -> None:
    def play(wire: Wire) -> None:
        whole(wire, NOTHING) if len(server.requests) <= 2 else wire.status(503)

    server = serve(play)
    for client in opened(
        settings, llm_model="stub", llm_base_url=server.url, llm_price_prompt=1.0, llm_price_completion=2.0
    ):
        for _ in range(3):
            reviewed(client, mode="llm")
        found = counts(client)
    assert found['okr_coach_model_tokens_total{kind="prompt",model="stub"}'] == 20
    assert found['okr_coach_model_cost_total{model="stub"}'] == pytest.approx(2 * (10 * 1 + 5 * 2) / 1e6)
    assert found['okr_coach_model_calls_total{model="stub",outcome="http-503",use="answer"}'] == 5
    assert found['okr_coach_reviews_total{degraded="yes",mode="llm"}'] == 2
    assert found[f'okr_coach_breaker{{address="127.0.0.1:{server.port}",model="stub",state="open"}}'] == 1
    assert not any("Mieter" in name for name in found)


def test_others_need_a_key(client_with_keys: TestClient, ours: dict[str, str]) -> None:
    assert client_with_keys.get("/metrics").status_code == 401
    found = counts(client_with_keys, **ours)
    assert not any(re.search(r"\bours\b", name) for name in found)


def test_a_spent_budget_degrades_to_rules_and_says_so(
    without_encoder: None,
    settings: Settings,
    serve: Serve,
) -> None:
    server = serve(lambda wire: whole(wire, NOTHING))
    for client in opened(settings, llm_model="stub", llm_base_url=server.url, llm_budget_tokens=16):
        reviews = [reviewed(client, mode="llm", objective=f"Ziel {n}") for n in range(2)]
    assert reviews[1]["degraded"] == (
        "Das Budget für das Modell ist für heute aufgebraucht. Die Hinweise kommen deshalb allein aus den Regeln. (budget-spent)"
    )
    assert len(server.requests) == 2
    assert reviews[1]["objectives"][0]["key_results"][0]["findings"]
