"""Whoever talks pays: at every door, the model's call is on the account of the tenant whose key was sent."""

import base64
from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api import create_app
from coach.settings import Settings
from tests.faults import Serve, Wire, streamed

_QUESTION = "What is an outcome?"


def over_rest(client: TestClient, headers: dict[str, str]) -> Any:
    talk = client.post("/v1/conversations", json={"language": "en"}, headers=headers).headers["location"]
    return client.post(f"{talk}/messages", json={"text": _QUESTION}, headers=headers)


def over_the_openai_door(client: TestClient, headers: dict[str, str]) -> Any:
    asked = {"model": "okr-coach", "messages": [{"role": "user", "content": _QUESTION}]}
    return client.post("/openai/v1/chat/completions", json=asked, headers=headers)


def over_the_page(client: TestClient, headers: dict[str, str]) -> Any:
    secret = headers["authorization"].removeprefix("Bearer ")
    basic = {"authorization": "Basic " + base64.b64encode(f"me:{secret}".encode()).decode()}
    return client.post("/chat", data={"draft": "Objective: New tenants settle in\nKR: Launch it"}, headers=basic)


@pytest.mark.parametrize("visit", [over_rest, over_the_openai_door, over_the_page])
def test_the_tenant_of_the_key_pays(
    without_encoder: None,
    settings: Settings,
    ours: dict[str, str],
    serve: Serve,
    monkeypatch: pytest.MonkeyPatch,
    visit: Callable[[TestClient, dict[str, str]], Any],
) -> None:
    def play(wire: Wire) -> None:
        streamed(wire, "It is what changes for people [1].")

    paid: list[str] = []
    monkeypatch.setattr("api.metrics.Metrics.called", lambda _self, call: paid.append(call.tenant))
    model = {"host": "0.0.0.0", "llm_model": "stub", "llm_base_url": serve(play).url}
    app = create_app(settings.model_copy(update=model))
    with TestClient(app, base_url="http://okr.example", follow_redirects=False) as client:
        assert visit(client, ours).status_code < 400
    assert paid == ["ours"]
