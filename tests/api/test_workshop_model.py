"""A model in the room: its wordings become candidates, and say whether they were checked; without one, no button."""

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr

from api import create_app
from coach.settings import Settings
from tests.api.pages.conftest import BROWSER
from tests.api.sent import LOCAL
from tests.api.test_workshops import Hall
from tests.coach.critique.test_with_model import GOOD, NOTHING, OTHER, rewrites, saying

PORTAL = {"objective": "New tenants settle in quickly", "key_results": ["Launch the tenant portal by May"]}
ASK_MODEL = "Get wordings from the model"


def hall_with(settings: Settings) -> Iterator[Hall]:
    app = create_app(settings)
    hall = Hall(TestClient(app, base_url=LOCAL), language="en", objectives=[PORTAL])
    hall.host(type="spotlight", card="c3")
    yield hall
    app.state.coach.database.close()


@pytest.fixture
def hall(without_encoder: None, short_pauses: None, settings: Settings, model_server: Any) -> Iterator[Hall]:
    """A room of a coach with a model, a card on stage."""
    address = {"llm_model": "stub", "llm_base_url": model_server.url, "llm_api_key": SecretStr("key")}
    yield from hall_with(settings.model_copy(update=address))


@pytest.fixture
def plain_hall(without_encoder: None, settings: Settings) -> Iterator[Hall]:
    """A room of a coach without one."""
    yield from hall_with(settings)


def desk(hall: Hall) -> TestClient:
    browser = TestClient(hall.client.app, base_url=LOCAL, headers={"accept": BROWSER, "accept-language": "en"})
    assert browser.get(f"/w/{hall.code}/host?key={hall.secret}").status_code == 200
    return browser


def asked(hall: Hall, mode: str = "llm") -> Any:
    headers = {"authorization": f"Bearer {hall.secret}"}
    return hall.client.post(f"{hall.path}/cards/c3/alternatives", params={"mode": mode}, headers=headers)


def candidates(hall: Hall, secret: str | None = None) -> list[dict[str, Any]]:
    seen = hall.seen(secret)
    found: list[dict[str, Any]] = (seen["room"] if secret else seen)["spotlight"]["candidates"]
    return found


def test_every_wording_of_the_model_is_a_checked_candidate(hall: Hall, model_server: Any) -> None:
    model_server.answers = [saying(NOTHING), saying(rewrites(GOOD, OTHER))]
    done = asked(hall).json()
    assert len(done["ids"]) == 2
    assert done["degraded"] is None
    offered = candidates(hall, hall.secret)
    assert [(each["text"], each["source"], each["verified"]) for each in offered] == [
        (GOOD, "model", True),
        (OTHER, "model", True),
    ]
    assert [each["text"] for each in candidates(hall)] == [GOOD, OTHER]
    hall.host(type="accept", card="c3", candidate=done["ids"][1])
    assert hall.seen()["cards"][1]["text"] == OTHER


def test_the_rules_wording_is_as_checked_as_in_a_review(hall: Hall) -> None:
    review = hall.client.post("/v1/reviews", json={**PORTAL, "mode": "rules", "language": "en"}).json()
    rewrite = review["objectives"][0]["key_results"][0]["rewrite"]
    asked(hall, "rules")
    hall.host(type="add-candidate", card="c3", text="Tenants report damage themselves")
    by_rules, by_host = candidates(hall, hall.secret)
    assert (by_rules["text"], by_rules["source"]) == (rewrite["text"], "rules")
    assert by_rules["verified"] is (rewrite["status"] == "verified")
    assert by_host["verified"] is None


def test_what_the_model_invents_never_reaches_the_room(hall: Hall, model_server: Any) -> None:
    invented = "37% of new tenants report damage through the portal themselves (today: 12%)"
    model_server.answers = [saying(NOTHING), saying(rewrites(invented)), saying(rewrites(invented))]
    done = asked(hall)
    assert done.status_code == 200
    assert all("37" not in each["text"] for each in candidates(hall, hall.secret))
    assert [each["source"] for each in candidates(hall, hall.secret)] == ["rules"]


def test_asking_again_for_the_same_is_answered_with_a_reason(hall: Hall, model_server: Any) -> None:
    model_server.answers = [saying(NOTHING), saying(rewrites(GOOD)), saying(NOTHING), saying(rewrites(GOOD))]
    assert asked(hall).status_code == 200
    again = asked(hall)
    assert (again.status_code, again.json()["code"]) == (409, "no-alternative")


def test_a_participant_cannot_spend_on_the_model(hall: Hall, model_server: Any) -> None:
    me = hall.join()
    answer = hall.client.post(
        f"{hall.path}/cards/c3/alternatives", params={"mode": "llm"}, headers={"authorization": f"Bearer {me}"}
    )
    assert answer.status_code == 403
    assert model_server.requests == []


def test_nothing_but_the_hosts_question_reaches_the_model(hall: Hall, model_server: Any) -> None:
    me = hall.join()
    hall.host(type="start-round", round=0)
    hall.does(me, type="hand-in", level="key_result", text="Launch the second portal by June")
    headers = {"authorization": f"Bearer {me}"}
    hall.client.post(f"{hall.path}/check", json={"text": "Launch a third portal"}, headers=headers)
    assert model_server.requests == []


def test_a_host_reads_that_the_wording_is_from_the_rules_when_the_model_fails(hall: Hall, model_server: Any) -> None:
    model_server.answers = [(401, {}, b'{"error": {"message": "no"}}')]
    host = desk(hall)
    form = {"type": "ask-coach", "mode": "llm", "card": "c3"}
    told = host.post(f"/w/{hall.code}/host/do", data=form, headers={"hx-request": "true"})
    assert told.status_code == 200
    assert "the new wording is from the rules" in told.text
    assert "okr-coach doctor" in told.text
    plain = host.post(f"/w/{hall.code}/host/do", data=form)
    assert plain.status_code == 409
    assert "the rules have no other wording" in plain.text


def test_only_where_a_model_is_configured_the_host_is_offered_it(hall: Hall, plain_hall: Hall) -> None:
    assert ASK_MODEL in desk(hall).get(f"/w/{hall.code}/host").text
    without = desk(plain_hall).get(f"/w/{plain_hall.code}/host").text
    assert ASK_MODEL not in without
    assert "Get a wording from the coach" in without
