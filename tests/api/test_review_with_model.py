"""A review with a model over REST: rules first as events, an exact repeat asks nothing, deleted means gone."""

import json
import threading
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import uvicorn
from fastapi.testclient import TestClient
from sqlalchemy import func, select

from api import create_app
from coach.settings import Settings
from coach.store.tables import KEPT_ANSWERS
from tests.api.sent import LOCAL
from tests.conftest import ModelServer
from tests.faults import Serve, Wire, whole

DRAFT = {"objective": "New tenants settle in quickly", "key_results": ["Launch the tenant portal by May"]}
GOOD = "[share?] of new tenants report damage through the portal themselves (today: [baseline?])"
EVENTS = {"accept": "text/event-stream"}


def answering(request: dict[str, Any]) -> str:
    """Answer both prompts as an honest model would."""
    if request["response_format"]["json_schema"]["name"] == "Judgement":
        return json.dumps({"elements": []})
    told = {"text": GOOD, "changes_for": "", "observed_by": "", "assumption": ""}
    return json.dumps({"rewrites": [{"element": "O1.K1", "alternatives": [told], "hypotheses": []}]})


def application(settings: Settings, model_server: ModelServer, **changes: Any) -> Any:
    model_server.answers = [answering]
    given = {"llm_model": "stub", "llm_base_url": model_server.url, **changes}
    return create_app(settings.model_copy(update=given))


@pytest.fixture
def client(without_encoder: None, settings: Settings, model_server: ModelServer) -> Iterator[TestClient]:
    with TestClient(application(settings, model_server), base_url=LOCAL) as client:
        yield client


def events_in(text: str) -> list[tuple[str, Any]]:
    blocks = [block for block in text.split("\n\n") if block and not block.startswith(":")]
    return [
        (name.removeprefix("event: "), json.loads(data.removeprefix("data: ")))
        for name, data in (block.split("\n") for block in blocks)
    ]


def test_events_bring_the_rules_first_and_then_the_model(client: TestClient) -> None:
    response = client.post("/v1/reviews", json=DRAFT, headers=EVENTS)
    assert response.status_code == 201
    assert response.headers["content-type"].startswith("text/event-stream")
    (first, rules), (second, final), (third, done) = events_in(response.text)
    assert (first, second, third) == ("review", "review", "done")
    assert (rules["provenance"]["calls"], final["provenance"]["calls"]) == (0, 2)
    assert rules["objectives"][0]["key_results"][0]["rewrite"]["source"] == "rules"
    assert final["objectives"][0]["key_results"][0]["rewrite"]["text"] == GOOD
    assert client.get(f"/v1/reviews/{done['id']}").json() == final


def test_the_rules_arrive_while_the_model_is_still_at_work(
    without_encoder: None, settings: Settings, model_server: ModelServer
) -> None:
    arrived = threading.Event()
    app = application(settings, model_server)

    def waiting(request: dict[str, Any]) -> str:
        assert arrived.wait(30)
        return answering(request)

    model_server.answers = [waiting]
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive()
            time.sleep(0.01)
        port = server.servers[0].sockets[0].getsockname()[1]
        url = f"http://127.0.0.1:{port}/v1/reviews"
        with httpx.stream("POST", url, json=DRAFT, headers=EVENTS, timeout=30) as response:
            lines = response.iter_lines()
            assert next(lines) == "event: review"
            assert json.loads(next(lines).removeprefix("data: "))["provenance"]["calls"] == 0
            arrived.set()
            assert "event: done" in list(lines)
    finally:
        arrived.set()
        server.should_exit = True
        thread.join()


def test_without_a_model_one_review_is_sent(plain_client: TestClient) -> None:
    response = plain_client.post("/v1/reviews", json=DRAFT, headers=EVENTS)
    assert [name for name, _ in events_in(response.text)] == ["review", "done"]


def test_bad_input_is_a_problem_and_no_stream(client: TestClient) -> None:
    response = client.post("/v1/reviews", json={**DRAFT, "profile": "nobody"}, headers=EVENTS)
    assert response.status_code == 422
    assert response.json()["errors"][0]["pointer"] == "/profile"


def test_a_model_that_fails_ends_with_the_rules_and_says_so(client: TestClient, model_server: ModelServer) -> None:
    model_server.answers = [(401, {}, b"{}")]
    events = events_in(client.post("/v1/reviews", json=DRAFT, headers=EVENTS).text)
    assert [name for name, _ in events] == ["review", "review", "done"]
    assert events[1][1]["degraded"].endswith("(http-401)")
    assert events[1][1]["objectives"] == events[0][1]["objectives"]


def test_what_breaks_midway_is_told_without_details(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("secret")

    monkeypatch.setattr(client.app.state.coach.reviews, "add", broken)  # type: ignore[attr-defined]
    text = client.post("/v1/reviews", json=DRAFT, headers=EVENTS).text
    assert [name for name, _ in events_in(text)] == ["review", "error"]
    assert events_in(text)[1][1]["code"] == "internal-error"
    assert "secret" not in text


def kept(client: TestClient) -> int:
    database = client.app.state.coach.database  # type: ignore[attr-defined]
    with database.reading() as connection:
        return int(connection.execute(select(func.count()).select_from(KEPT_ANSWERS)).scalar_one())


def test_an_exact_repeat_asks_nothing_and_says_the_same(client: TestClient, model_server: ModelServer) -> None:
    first = client.post("/v1/reviews", json=DRAFT).json()
    again = client.post("/v1/reviews", json={**DRAFT, "id": "mine"}).json()
    assert len(model_server.requests) == 2
    assert again["objectives"] == first["objectives"]
    assert (first["provenance"]["cached"], first["provenance"]["calls"]) == (False, 2)
    assert (again["provenance"]["cached"], again["provenance"]["calls"]) == (True, 0)
    assert again["provenance"]["usage"]["prompt_tokens"] == 0


@pytest.mark.parametrize(
    "change",
    [
        {"key_results": ["Launch the tenant portal by June"]},
        {"context": {"notes": "We met on Monday."}},
        {"profile": "google"},
        {"language": "de"},
    ],
    ids=["text", "context", "profile", "language"],
)
def test_another_draft_is_no_repeat(client: TestClient, model_server: ModelServer, change: dict[str, Any]) -> None:
    client.post("/v1/reviews", json={**DRAFT, "language": "en"})
    before = len(model_server.requests)
    client.post("/v1/reviews", json={**DRAFT, "language": "en", **change})
    assert len(model_server.requests) > before


def test_invisible_characters_make_no_other_draft(client: TestClient, model_server: ModelServer) -> None:
    client.post("/v1/reviews", json=DRAFT)
    text = "Launch the ten\u00adant portal by May"
    review = client.post("/v1/reviews", json={**DRAFT, "key_results": [text]}).json()
    assert len(model_server.requests) == 2
    for finding in review["objectives"][0]["key_results"][0]["findings"]:
        if span := finding["span"]:
            assert text[span["start"] : span["end"]] == span["text"]


def test_kept_answers_can_be_switched_off(without_encoder: None, settings: Settings, model_server: ModelServer) -> None:
    with TestClient(application(settings, model_server, llm_keep_hours=0), base_url=LOCAL) as client:
        for _ in range(2):
            assert not client.post("/v1/reviews", json=DRAFT).json()["provenance"]["cached"]
    assert len(model_server.requests) == 4


def test_a_fallback_s_answers_are_not_taken_for_those_of_the_model(
    without_encoder: None, short_pauses: None, settings: Settings, serve: Serve
) -> None:
    away = True

    def play(wire: Wire) -> None:
        if away and wire.request["model"] == "stub":
            wire.status(401)
        else:
            whole(wire, answering(wire.request))

    server = serve(play)
    changes = {"llm_model": "stub", "llm_base_url": server.url, "llm_fallback_models": ("spare",)}
    with TestClient(create_app(settings.model_copy(update=changes)), base_url=LOCAL) as client:
        by_fallback = client.post("/v1/reviews", json=DRAFT).json()["provenance"]
        away = False
        by_model, repeat = (client.post("/v1/reviews", json=DRAFT).json()["provenance"] for _ in range(2))
    assert (by_fallback["model"], by_fallback["calls"]) == ("spare", 2)
    assert (by_model["model"], by_model["cached"], by_model["calls"]) == ("stub", False, 2)
    assert (repeat["model"], repeat["cached"], repeat["calls"]) == ("stub", True, 0)


def test_what_could_be_read_is_kept_where_the_repair_could_not(client: TestClient, model_server: ModelServer) -> None:
    """A verdict that fails, then prose: an exact repeat need not go through that again."""
    wrong = {"pattern": "no-such-pattern", "verdict": "added", "reason": "", "quote": "", "citation": ""}
    judged = json.dumps({"elements": [{"element": "O1.K1", "findings": [wrong]}]})
    model_server.answers = [lambda _: judged, lambda _: "no JSON", answering]
    first, again = (client.post("/v1/reviews", json=DRAFT).json() for _ in range(2))
    assert (first["provenance"]["calls"], again["provenance"]["calls"]) == (3, 0)
    assert again["objectives"] == first["objectives"]
    assert again["provenance"]["dropped"] == first["provenance"]["dropped"] == {"judge": 1}


def test_a_degraded_review_is_not_kept(client: TestClient, model_server: ModelServer) -> None:
    model_server.answers = [(401, {}, b"{}")]
    assert client.post("/v1/reviews", json=DRAFT).json()["degraded"]
    model_server.answers = [answering]
    assert client.post("/v1/reviews", json=DRAFT).json()["degraded"] is None


def test_a_tenant_does_not_profit_from_another(
    without_encoder: None,
    settings: Settings,
    model_server: ModelServer,
    ours: dict[str, str],
    theirs: dict[str, str],
) -> None:
    app = application(settings, model_server, host="0.0.0.0")
    with TestClient(app, base_url="http://okr.example") as client:
        client.post("/v1/reviews", json=DRAFT, headers=ours)
        review = client.post("/v1/reviews", json=DRAFT, headers=theirs).json()
        assert not review["provenance"]["cached"]
        mine = client.post("/v1/reviews", json=DRAFT, headers=ours).json()
        assert mine["provenance"]["cached"]
        assert client.delete(f"/v1/reviews/{mine['id']}", headers=theirs).status_code == 404
        assert client.post("/v1/reviews", json=DRAFT, headers=ours).json()["provenance"]["cached"]


def test_a_deleted_review_is_gone_with_what_models_said_of_it(client: TestClient, model_server: ModelServer) -> None:
    review = client.post("/v1/reviews", json=DRAFT).json()
    fingerprint = review["objectives"][0]["key_results"][0]["findings"][0]["fingerprint"]
    remark = {"findings": [{"fingerprint": fingerprint, "verdict": "accept"}]}
    assert client.post(f"/v1/reviews/{review['id']}/feedback", json=remark).status_code == 201
    assert kept(client) == 2
    assert client.delete(f"/v1/reviews/{review['id']}").status_code == 204
    assert client.get(f"/v1/reviews/{review['id']}").status_code == 404
    assert client.delete(f"/v1/reviews/{review['id']}").status_code == 404
    assert kept(client) == 0
    assert not client.post("/v1/reviews", json=DRAFT).json()["provenance"]["cached"]
