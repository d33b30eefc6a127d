"""`/v1/reviews/{id}/feedback`: stored, replaced, read; refused with a pointer; tenants apart."""

import json
from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.api.sent import findings, reviewed


def said(review: dict[str, Any], pattern: str, **what: str) -> dict[str, Any]:
    return {"findings": [{"fingerprint": findings(review)[pattern]["fingerprint"], **what}]}


def test_feedback_is_stored_and_read(plain_client: TestClient) -> None:
    review = reviewed(plain_client)
    address = f"/v1/reviews/{review['id']}/feedback"
    assert plain_client.get(address).json() == {"findings": []}
    given = plain_client.post(address, json=said(review, "no-baseline", verdict="reject", comment="We start at zero."))
    assert given.status_code == 201
    (stored,) = given.json()["findings"]
    assert set(stored) == {"id", "review_id", "fingerprint", "pattern", "verdict", "comment", "created_at"}
    assert (stored["pattern"], stored["verdict"]) == ("no-baseline", "reject")
    assert stored["created_at"].endswith("Z")
    assert plain_client.get(address).json() == given.json()
    commented = plain_client.post(address, json=said(review, "no-baseline", comment="Let us talk."))
    assert plain_client.get(address).json() == commented.json()
    assert commented.json()["findings"][0]["verdict"] is None


@pytest.mark.parametrize(
    ("remark", "pointer"),
    [
        ({"fingerprint": "0" * 16, "verdict": "accept"}, "/findings/0/fingerprint"),
        ({"fingerprint": "\ud800", "verdict": "accept"}, "/findings/0/fingerprint"),
        ({"verdict": "accept"}, "/findings/0/fingerprint"),
        ({"fingerprint": "0"}, "/findings/0"),
        ({"fingerprint": "0", "verdict": "agree"}, "/findings/0/verdict"),
        ({"fingerprint": "0", "comment": "x" * 2_001}, "/findings/0/comment"),
        ({"fingerprint": "0", "verdict": "accept", "author": "Kim"}, "/findings/0/author"),
    ],
)
def test_a_bad_remark_is_a_problem_that_points_at_it(
    plain_client: TestClient, remark: dict[str, str], pointer: str
) -> None:
    address = f"/v1/reviews/{reviewed(plain_client)['id']}/feedback"
    refused = plain_client.post(address, content=json.dumps({"findings": [remark]}))
    assert refused.status_code == 422
    assert refused.json()["code"] == "invalid-input"
    assert pointer in [error["pointer"] for error in refused.json()["errors"]]


def test_broken_json_is_a_problem_of_its_own(plain_client: TestClient) -> None:
    refused = plain_client.post(f"/v1/reviews/{reviewed(plain_client)['id']}/feedback", content="{")
    assert (refused.status_code, refused.json()["code"]) == (400, "invalid-json")


def test_an_unknown_review_is_not_found(plain_client: TestClient) -> None:
    remarks = {"findings": [{"fingerprint": "0", "verdict": "accept"}]}
    assert plain_client.post("/v1/reviews/none/feedback", json=remarks).status_code == 404
    assert plain_client.get("/v1/reviews/none/feedback").status_code == 404


def test_feedback_of_another_tenant_does_not_exist(
    client_with_keys: TestClient, ours: dict[str, str], theirs: dict[str, str]
) -> None:
    review = reviewed(client_with_keys, headers=ours)
    address = f"/v1/reviews/{review['id']}/feedback"
    remarks = said(review, "no-baseline", verdict="accept")
    assert client_with_keys.post(address, json=remarks).status_code == 401
    assert client_with_keys.post(address, json=remarks, headers=theirs).status_code == 404
    assert client_with_keys.get(address, headers=theirs).status_code == 404
    assert client_with_keys.post(address, json=remarks, headers=ours).status_code == 201
    assert len(client_with_keys.get(address, headers=ours).json()["findings"]) == 1


def test_openapi_names_the_address_and_the_body(plain_client: TestClient) -> None:
    path = plain_client.get("/openapi.json").json()["paths"]["/v1/reviews/{review_id}/feedback"]
    assert set(path) == {"get", "post"}
    assert path["post"]["requestBody"]["content"]["application/json"]["schema"]["required"] == ["findings"]
