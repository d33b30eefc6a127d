"""`/v1/strategy`, `/v1/cycles`, `/v1/readiness` over HTTP: what works, what is refused, tenants apart."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

FRAME: dict[str, Any] = {
    "purpose": "Menschen bestimmen selbst, wie sie leben.",
    "moal": "Töchter sagen: Ich kann nachts wieder schlafen.",
    "hed": {"trade_offs": ["Bezugspflege vor Auslastung der Touren"]},
    "scorecard": [{"perspective": "process", "goal": "Zugesagte Zeiten gelten", "kpis": ["Pünktlichkeit der Touren"]}],
}
DRAFT: dict[str, Any] = {
    "language": "de",
    "objective": "Zugesagte Zeiten gelten auch am Wochenende",
    "key_results": ["Pünktlichkeit der Touren 95 %", "Zum Sommerfest kommen 120 Gäste"],
}
CYCLE: dict[str, Any] = {
    "name": "Q1",
    "starts": "2026-01-05",
    "ends": "2026-04-02",
    "objectives": [{"objective": DRAFT["objective"], "key_results": DRAFT["key_results"]}],
}


def test_a_frame_is_stored_changed_read_and_deleted(plain_client: TestClient) -> None:
    made = plain_client.post("/v1/strategy", json={"name": "Haus", "strategy": FRAME})
    assert made.status_code == 201
    body = made.json()
    assert body["version"] == 1
    assert {"missing-vision", "missing-customer"} <= {note["code"] for note in body["review"]["notes"]}
    address = f"/v1/strategy/{body['id']}"
    changed = plain_client.put(address, json={"name": "Haus", "strategy": {**FRAME, "vision": "Zu Hause alt werden"}})
    assert (changed.status_code, changed.json()["version"]) == (200, 2)
    assert "vision" not in {k for k, v in plain_client.get(f"{address}?version=1").json()["strategy"].items() if v}
    assert [each["version"] for each in plain_client.get(f"{address}/versions").json()] == [1, 2]
    assert [each["version"] for each in plain_client.get("/v1/strategy").json()] == [2]
    assert plain_client.delete(address).status_code == 204
    assert (plain_client.get(address).status_code, plain_client.get("/v1/strategy").json()) == (404, [])


def test_alignment_with_a_frame_in_the_body_or_stored(plain_client: TestClient) -> None:
    identifier = plain_client.post("/v1/strategy", json={"name": "Haus", "strategy": FRAME}).json()["id"]
    stored = plain_client.post(f"/v1/strategy/alignment?strategy={identifier}", json=DRAFT)
    sent = plain_client.post("/v1/strategy/alignment", json={**DRAFT, "context": {"strategy": FRAME}})
    assert stored.status_code == 200
    assert stored.json() == sent.json()
    texts = stored.json()["texts"]
    assert texts[0]["links"][0]["element"] == "/scorecard/0"
    assert [finding["pattern"] for finding in texts[1]["findings"]] == ["kpi-as-key-result"]
    assert "/moal" in {gap["element"] for gap in stored.json()["unserved"]}


def test_the_map_is_a_tree_or_a_picture(plain_client: TestClient) -> None:
    body = {**DRAFT, "context": {"strategy": FRAME}}
    tree = plain_client.post("/v1/strategy/map", json=body).json()
    assert tree["frame"]["at"] == "/purpose"
    picture = plain_client.post("/v1/strategy/map?format=svg", json=body)
    assert picture.headers["content-type"] == "image/svg+xml"
    assert picture.text.startswith("<svg")
    assert "Sommerfest" in picture.text
    assert "kein eigener Bezug" in picture.text
    printed = plain_client.post("/v1/strategy/map?format=png", json=body)
    assert (printed.headers["content-type"], printed.content[:4]) == ("image/png", b"\x89PNG")
    refused = plain_client.post("/v1/strategy/map?format=gif", json=body)
    assert (refused.status_code, refused.headers["content-type"]) == (422, "application/problem+json")


def test_a_frame_is_read_from_a_file_and_looked_at(plain_client: TestClient) -> None:
    text = "# Purpose\nMenschen bestimmen selbst.\n# Moal\nWir sind Marktführer.\n"
    read = plain_client.post("/v1/strategy/import?from=md", content=text.encode())
    assert read.json()["purpose"] == "Menschen bestimmen selbst."
    notes = plain_client.post("/v1/strategy/review", json=read.json()).json()["notes"]
    assert notes[0]["code"] == "moal-no-picture"


def test_the_bridge_and_the_way_back(plain_client: TestClient) -> None:
    goal = {"perspective": "customer", "goal": "Kundenzufriedenheit steigern", "kpis": ["NPS"]}
    bridge = plain_client.post("/v1/strategy/scorecard-bridge", json={"goal": goal}).json()
    assert 3 <= len(bridge["key_results"]) <= 4
    figure = {"kpi": "NPS", "before": "31", "after": "31", "experienced": True}
    back = plain_client.post("/v1/strategy/scorecard-mirror", json={"language": "en", "figures": [figure]}).json()
    assert back["figures"][0]["outcome"] == "not_moved"


def test_a_cycle_from_draft_to_the_next(plain_client: TestClient) -> None:
    made = plain_client.post("/v1/cycles", json=CYCLE)
    assert (made.status_code, made.json()["state"]["stage"]) == (201, "drafting")
    address = f"/v1/cycles/{made.json()['id']}"
    assert plain_client.post(f"{address}/check-ins", json={"day": "2026-01-20"}).status_code == 422
    draft = {"objectives": [{"objective": "Zusagen gelten", "key_results": ["9 von 10 bestätigen das"]}]}
    assert (
        plain_client.put(f"{address}/draft", json=draft).json()["cycle"]["drafted"][0]["objective"] == "Zusagen gelten"
    )
    assert plain_client.post(f"{address}/agreement").json()["state"]["stage"] == "agreed"
    note = {
        "day": "2026-01-20",
        "progress": [{"objective": 0, "key_result": 0, "confidence": 6}],
        "learned": "Der Stau am Morgen ist das Problem.",
    }
    assert plain_client.post(f"{address}/check-ins", json=note).status_code == 201
    review = {"day": "2026-04-01", "figures": [{"kpi": "NPS", "before": "1", "after": "2", "experienced": True}]}
    assert plain_client.put(f"{address}/review", json=review).json()["state"]["mirrored"][0]["outcome"] == "moved"
    back = {"day": "2026-04-02", "adaptations": ["Früher losfahren"]}
    assert plain_client.put(f"{address}/retrospective", json=back).json()["state"]["stage"] == "reflected"
    following = {"name": "Q2", "starts": "2026-04-06", "ends": "2026-07-03"}
    follower = plain_client.post(f"{address}/next", json=following).json()
    assert follower["cycle"]["carried"] == ["Früher losfahren"]
    assert [each["cycle"]["name"] for each in plain_client.get("/v1/cycles").json()] == ["Q2", "Q1"]
    assert plain_client.delete(address).status_code == 204
    assert plain_client.get(address).status_code == 404


def test_readiness_in_every_form(plain_client: TestClient) -> None:
    assert len(plain_client.get("/v1/readiness/items").json()) == 16
    body = {"language": "en", "answers": {"value": {"scale": 1}}}
    found = plain_client.post("/v1/readiness", json=body).json()
    assert found["blocks"] == ["value"]
    assert "First steps" in plain_client.post("/v1/readiness?format=markdown", json=body).text
    assert plain_client.post("/v1/readiness?format=docx", json=body).content.startswith(b"PK")
    assert plain_client.post("/v1/readiness?format=svg", json=body).text.startswith("<svg")
    assert plain_client.post("/v1/readiness?format=png", json=body).content.startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("address", "body", "pointer"),
    [
        ("/v1/strategy", {"name": "x"}, "/strategy"),
        ("/v1/strategy", {"name": "x", "strategy": {"moaal": "x"}}, "/strategy/moaal"),
        ("/v1/strategy/review", {"vision": 3}, "/vision"),
        ("/v1/strategy/alignment", {"objectives": []}, "/objectives"),
        ("/v1/strategy/scorecard-bridge", {"goal": {"perspective": "moon", "goal": "x"}}, "/goal/perspective"),
        ("/v1/strategy/scorecard-mirror", {"figures": [{"kpi": "NPS"}]}, "/figures/0/experienced"),
        ("/v1/cycles", {**CYCLE, "ends": "2026-01-31"}, ""),
        ("/v1/cycles", {**CYCLE, "grade": 1}, "/grade"),
        ("/v1/readiness", {"answers": {"value": {"scale": 9}}}, "/answers/value/scale"),
        ("/v1/readiness", {"answers": {"value": {"person": "x"}}}, "/answers/value/person"),
        ("/v1/readiness", {"answers": {"moon": {}}}, "/answers/moon"),
    ],
)
def test_bad_input_is_a_problem_with_a_pointer(
    plain_client: TestClient, address: str, body: dict[str, Any], pointer: str
) -> None:
    refused = plain_client.post(address, json=body)
    assert (refused.status_code, refused.headers["content-type"]) == (422, "application/problem+json")
    assert refused.json()["errors"][0]["pointer"] == pointer


def test_an_unknown_frame_is_not_found(plain_client: TestClient) -> None:
    assert plain_client.post("/v1/strategy/alignment?strategy=nope", json=DRAFT).status_code == 404
    assert plain_client.post("/v1/cycles", json={**CYCLE, "strategy_id": "nope"}).status_code == 404


def test_each_tenant_sees_only_its_own(
    client_with_keys: TestClient, ours: dict[str, str], theirs: dict[str, str]
) -> None:
    client = client_with_keys
    frame = client.post("/v1/strategy", json={"name": "Haus", "strategy": FRAME}, headers=ours).json()["id"]
    cycle = client.post("/v1/cycles", json={**CYCLE, "strategy_id": frame}, headers=ours).json()["id"]
    for method, address in (
        ("GET", f"/v1/strategy/{frame}"),
        ("DELETE", f"/v1/strategy/{frame}"),
        ("GET", f"/v1/cycles/{cycle}"),
        ("POST", f"/v1/cycles/{cycle}/agreement"),
        ("DELETE", f"/v1/cycles/{cycle}"),
    ):
        assert client.request(method, address, headers=theirs).status_code == 404
        assert client.request(method, address).status_code == 401
    assert client.get("/v1/strategy", headers=theirs).json() == client.get("/v1/cycles", headers=theirs).json() == []
    assert client.post("/v1/readiness", json={}).status_code == 401


def test_a_conversation_carries_a_stored_frame(
    client_with_keys: TestClient, ours: dict[str, str], theirs: dict[str, str]
) -> None:
    client = client_with_keys
    frame = client.post("/v1/strategy", json={"name": "Haus", "strategy": FRAME}, headers=ours).json()["id"]
    opening = {"language": "de", "strategy_id": frame}
    begun = client.post("/v1/conversations", json=opening, headers=ours)
    assert begun.json()["conversation"]["context"]["strategy"]["moal"] == FRAME["moal"]
    address = f"/v1/conversations/{begun.json()['conversation']['id']}/messages"
    client.post(address, json={"text": "O: Zugesagte Zeiten gelten\n- KR: 120 Gäste kommen"}, headers=ours)
    answer = client.post(address, json={"text": "Worauf zahlt das ein?"}, headers=ours).json()
    assert "zahlt auf „Zugesagte Zeiten gelten“ ein (Ziel der Scorecard)." in answer["reply"]["text"]
    assert client.post("/v1/conversations", json=opening, headers=theirs).status_code == 404
    refused = client.post("/v1/conversations", json={"strategy_id": 5}, headers=ours)
    assert refused.json()["errors"][0]["pointer"] == "/strategy_id"
