"""A draft as it is sent, and what comes back taken apart; for tests of feedback and muting."""

from typing import Any

from fastapi.testclient import TestClient

LOCAL = "http://127.0.0.1:8321"
DRAFT = {
    "objective": "Mieter:innen kommen gut an",
    "key_results": ["Mieterportal bis Ende Q3 live schalten", "Umsatz um 12 % steigern"],
    "mode": "rules",
}


def reviewed(client: TestClient, headers: dict[str, str] | None = None, **rest: Any) -> dict[str, Any]:
    """Return the review of the draft, changed by `rest`."""
    made = client.post("/v1/reviews", json={**DRAFT, **rest}, headers=headers)
    assert made.status_code == 201
    body: dict[str, Any] = made.json()
    return body


def findings(review: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the findings of a draft with one objective, by pattern."""
    (objective,) = review["objectives"]
    parts = [objective, *objective["key_results"]]
    found = [finding for part in parts for finding in part["findings"]] + objective["set_findings"]
    return {finding["pattern"]: finding for finding in found}
