"""What protects the pages of a room: who may do what, where secrets stand, what other sites cannot send."""

import re
from collections.abc import Iterator
from contextlib import suppress

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response

from coach.errors import NotFound
from coach.workshop.plan import Created, parse_plan
from coach.workshop.workshops import Workshops
from tests.api.pages.conftest import BROWSER, LOCAL
from tests.api.pages.parsed import parse

_HOST_FORMS = [
    {"type": "start-round", "round": "0"},
    {"type": "extend-round", "seconds": "60"},
    {"type": "set-scene", "scene": "wall"},
    {"type": "add-card", "level": "objective", "text": "Ich bin der Host"},
    {"type": "moderate", "what": "card", "item": "c2", "shown": "false"},
    {"type": "spotlight", "card": "c2"},
    {"type": "close-room"},
    {"type": "invite-host", "label": "Mallory"},
    {"type": "change-agenda", "rounds": '[{"kind": "draft"}]'},
]


@pytest.fixture
def made(app: FastAPI) -> Iterator[Created]:
    workshops: Workshops = app.state.coach.workshops
    objectives = [{"objective": "Neue Mieter:innen kommen gut an", "key_results": ["Umsatz um 12 % steigern"]}]
    created = workshops.create("local", parse_plan({"title": "Probe", "objectives": objectives}))
    yield created
    with suppress(NotFound):
        workshops.delete(created.code)


def browser(app: FastAPI) -> TestClient:
    headers = {"accept": BROWSER, "accept-language": "de"}
    return TestClient(app, base_url=LOCAL, headers=headers, raise_server_exceptions=False, follow_redirects=False)


def joined(app: FastAPI, code: str) -> TestClient:
    phone = browser(app)
    assert phone.post(f"/w/{code}/join", data={}).status_code == 303
    return phone


def hosting(app: FastAPI, made: Created) -> TestClient:
    desk = browser(app)
    assert desk.get(f"/w/{made.code}/host?key={made.host_secret}").status_code == 303
    return desk


def do(client: TestClient, path: str, **fields: str) -> Response:
    return client.post(path, data=fields, headers={"hx-request": "true"})


def test_a_participant_is_no_host_on_any_page(app: FastAPI, made: Created) -> None:
    phone = joined(app, made.code)
    before = app.state.coach.workshops.room(made.code)
    for form in _HOST_FORMS:
        for path in (f"/w/{made.code}/do", f"/w/{made.code}/host/do"):
            assert do(phone, path, **form).status_code == 403, form
    for path in ("host/export?format=md", "host/events", "host/labels"):
        assert phone.get(f"/w/{made.code}/{path}").status_code == 403, path
    assert phone.get(f"/w/{made.code}/host").status_code == 403
    token = phone.cookies["okr-coach-seat"]
    assert phone.get(f"/w/{made.code}/host?key={token}").status_code == 403
    assert app.state.coach.workshops.room(made.code) == before


def test_without_a_seat_nothing_is_done_and_no_draft_is_kept(app: FastAPI, made: Created) -> None:
    stranger = browser(app)
    for path in ("do", "check", "host/do"):
        assert do(stranger, f"/w/{made.code}/{path}", type="park", text="Hallo").status_code == 403, path
    assert stranger.get(f"/w/{made.code}/events").status_code == 403


def test_secrets_stay_in_cookies_that_no_script_reads_and_leave_the_address(app: FastAPI, made: Created) -> None:
    answer = browser(app).get(f"/w/{made.code}/host?key={made.host_secret}&lang=en")
    assert answer.headers["location"] == f"/w/{made.code}/host?lang=en"
    kept = answer.headers["set-cookie"].lower()
    assert "httponly" in kept
    assert "samesite=lax" in kept
    assert f"path=/w/{made.code.lower()}/host" in kept
    seat = browser(app).post(f"/w/{made.code}/join", data={}).headers["set-cookie"].lower()
    assert "httponly" in seat
    assert f"path=/w/{made.code.lower()};" in seat
    page = joined(app, made.code).get(f"/w/{made.code}")
    assert page.headers["cache-control"] == "no-store"
    assert "okrp_" not in page.text
    assert "script-src 'self'" in page.headers["content-security-policy"]


@pytest.mark.parametrize("path", ["join", "do", "host/do", "check"])
@pytest.mark.parametrize("headers", [{"origin": "https://elsewhere.example"}, {"sec-fetch-site": "cross-site"}])
def test_another_site_cannot_send_anything(app: FastAPI, made: Created, path: str, headers: dict[str, str]) -> None:
    client = hosting(app, made)
    client.post(f"/w/{made.code}/join", data={})
    answer = client.post(f"/w/{made.code}/{path}", data={"type": "park", "text": "x"}, headers=headers)
    assert answer.status_code == 403


def test_codes_that_lead_nowhere_look_alike_and_are_counted(app: FastAPI) -> None:
    app.state.throttle = type(app.state.throttle)()
    stranger = browser(app)
    answers = [stranger.get(f"/w/{code}") for code in ["ABCD2345", "ZZZZ9999"] * 15]
    assert {answer.status_code for answer in answers} == {404}
    assert stranger.get("/w/ABCD2345").status_code == 429
    app.state.throttle = type(app.state.throttle)()


def test_whoever_comes_back_is_the_same_participant(app: FastAPI, made: Created) -> None:
    phone = joined(app, made.code)
    token = phone.cookies["okr-coach-seat"]
    phone.post(f"/w/{made.code}/join", data={})
    assert phone.cookies["okr-coach-seat"] == token
    assert len(app.state.coach.workshops.room(made.code).seats) == 1


def test_each_reads_in_their_language_and_the_stage_in_that_of_the_room(app: FastAPI, made: Created) -> None:
    phone = joined(app, made.code)
    assert parse(phone.get(f"/w/{made.code}?lang=en").text).one("html").attributes["lang"] == "en"
    assert parse(phone.get(f"/w/{made.code}").text).one("html").attributes["lang"] == "de"
    stage = browser(app).get(f"/w/{made.code}/stage", headers={"accept-language": "en"})
    assert parse(stage.text).one("html").attributes["lang"] == "de"


def test_everything_works_without_scripts(app: FastAPI, made: Created) -> None:
    desk, phone = hosting(app, made), joined(app, made.code)
    home = f"/w/{made.code}"
    assert desk.post(f"{home}/host/do", data={"type": "start-round", "round": "0"}).status_code == 303
    form = {"type": "hand-in", "level": "key_result", "objective": "", "draft": "mine", "text": "Portal live schalten"}
    assert phone.post(f"{home}/do", data=form).headers["location"] == home
    assert "Portal live schalten" in desk.get(f"{home}/host").text
    assert "Portal live schalten" not in phone.get(home).text
    refused = phone.post(f"{home}/do", data={"type": "guess", "card": "c2", "pattern": "none"})
    assert refused.status_code == 409
    assert "Das gehört nicht zu dieser Runde." in refused.text


def test_a_co_host_gets_a_link_that_works_until_it_is_taken_back(app: FastAPI, made: Created) -> None:
    desk = hosting(app, made)
    answer = do(desk, f"/w/{made.code}/host/do", type="invite-host", label="Kollegin")
    link = re.search(r"/w/\w+/host\?key=okrh_[\w-]+", answer.text)
    assert link is not None
    other = browser(app)
    assert other.get(link[0]).status_code == 303
    assert other.get(f"/w/{made.code}/host").status_code == 200
    host = next(host for host, named in app.state.coach.workshops.room(made.code).hosts.items() if named.label)
    assert do(desk, f"/w/{made.code}/host/do", type="remove-host", host=host).status_code == 200
    assert other.get(f"/w/{made.code}/host").status_code == 403


def test_the_agenda_grows_and_shrinks_before_and_while_it_runs(app: FastAPI, made: Created) -> None:
    desk, path = hosting(app, made), f"/w/{made.code}/host/do"
    rounds = '[{"kind": "draft", "minutes": 4, "note": ""}]'
    grown = {"new": "vote", "minutes": "2", "note": "Leise", "place": "1"}
    assert do(desk, path, type="change-agenda", rounds=rounds, **grown).status_code == 200
    agenda = app.state.coach.workshops.room(made.code).agenda
    assert [(each.kind, each.minutes, each.note) for each in agenda] == [("draft", 4, ""), ("vote", 2, "Leise")]
    for broken in ("", "{}", "[" * 5000, '[{"kind": "nap"}]'):
        assert do(desk, path, type="change-agenda", rounds=broken).status_code == 422, broken[:10]


def test_a_plan_that_lacks_something_comes_back_with_what_was_typed(app: FastAPI) -> None:
    desk = browser(app)
    answer = desk.post("/workshops", data={"title": "Quartal", "draft": "nur ein Satz ohne Zeichen\n\n", "dots": "99"})
    assert answer.status_code == 422
    page = parse(answer.text)
    assert next(each for each in page.all("input") if each.attributes.get("id") == "title").attributes["value"] == (
        "Quartal"
    )


def test_a_listed_workshop_is_deleted_by_its_owner_alone(app: FastAPI, made: Created) -> None:
    desk = browser(app)
    assert made.code in desk.get("/workshops").text
    foreign = app.state.coach.workshops.create("somebody-else", parse_plan({"title": "Fremd"}))
    assert foreign.code not in desk.get("/workshops").text
    assert desk.post(f"/workshops/{foreign.code}/delete", data={}).status_code == 404
    assert desk.post(f"/workshops/{made.code}/delete", data={}).status_code == 303
    assert desk.get(f"/w/{made.code}/stage").status_code == 404
    assert desk.get(f"/w/{foreign.code}/stage").status_code == 200
