"""Rooms over REST: what comes back, and what is refused, whoever tries."""

import asyncio
import csv
import io
import json
from datetime import UTC, datetime
from typing import Any
from xml.etree import ElementTree

import pytest
from docx import Document
from fastapi.testclient import TestClient
from markdown_it import MarkdownIt
from sqlalchemy import text

from api.throttle import Throttle
from coach.workshop.anonymity import ALPHABET
from coach.workshop.commands import COMMANDS, RemoveHost
from tests.coach.workshop.test_room import HOST_COMMANDS

OBJECTIVE = {"objective": "Mieter:innen kommen gut an", "key_results": ["Mieterportal bis Ende Q3 live schalten"]}
FORMATS = ["md", "docx", "csv", "json", "svg", "png"]


class Hall:
    """A workshop and its people, over REST."""

    def __init__(self, client: TestClient, headers: dict[str, str] | None = None, **plan: Any) -> None:
        self.client = client
        made = client.post("/v1/workshops", json={"title": "Q3", "objectives": [OBJECTIVE], **plan}, headers=headers)
        assert made.status_code == 201, made.text
        self.code, self.secret = made.json()["code"], made.json()["host_secret"]
        self.path = f"/v1/workshops/{self.code}"

    def join(self) -> str:
        token: str = self.client.post(f"{self.path}/participants").json()["token"]
        return token

    def ask(self, secret: str | None, **command: Any) -> Any:
        return self.client.post(f"{self.path}/commands", json=command, headers=bearer(secret))

    def does(self, secret: str, **command: Any) -> dict[str, Any]:
        answer = self.ask(secret, **command)
        assert answer.status_code == 200, answer.text
        done: dict[str, Any] = answer.json()
        return done

    def host(self, **command: Any) -> dict[str, Any]:
        return self.does(self.secret, **command)

    def seen(self, secret: str | None = None) -> dict[str, Any]:
        answer = self.client.get(self.path, headers=bearer(secret))
        assert answer.status_code == 200, answer.text
        view: dict[str, Any] = answer.json()
        return view

    def export(self, kind: str, **query: str) -> Any:
        return self.client.get(f"{self.path}/export", params={"format": kind, **query}, headers=bearer(self.secret))


def bearer(secret: str | None) -> dict[str, str]:
    return {"authorization": f"Bearer {secret}"} if secret else {}


@pytest.fixture
def hall(plain_client: TestClient) -> Hall:
    return Hall(plain_client)


def test_a_workshop_from_draft_to_pinned_result(plain_client: TestClient) -> None:
    hall = Hall(plain_client, labels_kept=True)
    anna, ben = hall.join(), hall.join()
    hall.host(type="start-round", round=0)
    (card,) = hall.does(anna, type="hand-in", level="key_result", text="Umsatz um 12 % steigern", objective="c2")["ids"]
    assert card not in {each["id"] for each in hall.seen()["cards"]}
    hall.host(type="moderate", what="card", item=card, shown=True)
    hall.host(type="start-round", round=3)
    hall.host(type="spotlight", card=card)
    stage = hall.seen()["spotlight"]
    assert len(stage["choices"]) == 4
    assert stage["choices"][-1] == "none"
    assert "kpi-as-key-result" in stage["choices"]
    assert stage["card"]["findings"] == []
    hall.does(anna, type="guess", card=card, pattern="kpi-as-key-result", kind="kpi")
    hall.does(ben, type="guess", card=card, pattern="none", kind="outcome")
    assert hall.seen(anna)["guess"] == {"pattern": "kpi-as-key-result", "kind": "kpi"}
    assert hall.seen()["spotlight"]["guesses"] == {"cast": 2, "patterns": None, "kinds": None}
    hall.host(type="show-guesses", card=card)
    assert hall.seen()["spotlight"]["guesses"]["patterns"]["kpi-as-key-result"] == 1
    hall.host(type="start-round", round=4)
    secret = [f["finding"] for f in hall.seen(hall.secret)["room"]["spotlight"]["card"]["findings"]]
    found = next(each for each in secret if each["pattern"] == "kpi-as-key-result")
    hall.host(type="reveal-finding", card=card, fingerprint=found["fingerprint"])
    hall.host(type="decide-finding", card=card, fingerprint=found["fingerprint"], verdict="accept")
    (shown,) = hall.seen()["spotlight"]["card"]["findings"]
    assert shown["finding"]["question"]
    hall.host(type="start-round", round=5)
    offered = plain_client.post(f"{hall.path}/cards/{card}/alternatives", headers=bearer(hall.secret))
    assert offered.status_code == 200, offered.text
    (other,) = hall.does(ben, type="suggest", card=card, text="Stammkund:innen kommen jede Woche")["ids"]
    hall.host(type="moderate", what="candidate", item=other, card=card, shown=True)
    hall.host(type="start-round", round=6)
    hall.does(anna, type="place-dots", card=card, dots={other: 3})
    hall.host(type="accept", card=card, candidate=other)
    hall.host(type="add-note", kind="decision", text="Wir messen ab Montag")
    hall.host(type="add-note", kind="next-step", text="Zahlen holen", due="Freitag")
    hall.host(type="start-round", round=7)
    pinned = next(each for each in hall.seen()["cards"] if each["id"] == card)
    assert (pinned["before"], pinned["text"]) == ("Umsatz um 12 % steigern", "Stammkund:innen kommen jede Woche")
    (label,) = plain_client.get(f"{hall.path}/labels", headers=bearer(hall.secret)).text.splitlines()
    said = json.loads(label)
    assert said["room_patterns"] == {"kpi-as-key-result": 1, "none": 1}
    assert said["accepted"] == ["kpi-as-key-result"]
    report = hall.export("md").text
    assert "Vorher: Umsatz um 12 % steigern" in report
    assert "Zahlen holen (bis Freitag)" in report
    assert "Wir messen ab Montag" in report
    hall.host(type="close-room")
    assert hall.ask(anna, type="park", text="zu spät").json()["code"] == "closed"
    assert hall.export("json").status_code == 200


def test_private_findings_come_to_one_phone_and_are_stored_nowhere(hall: Hall) -> None:
    me = hall.join()
    body = {"level": "key_result", "text": "Neues Ticketsystem bis Mai live"}
    checked = hall.client.post(f"{hall.path}/check", json=body, headers=bearer(me)).json()
    assert checked["kind"] == "output"
    assert checked["findings"]
    assert "Ticketsystem" not in json.dumps(hall.seen(hall.secret))
    assert hall.client.post(f"{hall.path}/check", json=body).status_code == 403


def test_a_private_draft_is_seen_by_its_writer_alone_and_goes_when_handed_in(hall: Hall) -> None:
    me, other = hall.join(), hall.join()
    hall.host(type="start-round", round=0)
    path = f"{hall.path}/drafts"
    hall.client.put(f"{path}/d1", json={"text": "Nur für mich"}, headers=bearer(me))
    assert [each["text"] for each in hall.client.get(path, headers=bearer(me)).json()] == ["Nur für mich"]
    assert hall.client.get(path, headers=bearer(other)).json() == []
    assert hall.client.get(path, headers=bearer(hall.secret)).status_code == 403
    assert hall.client.delete(f"{path}/d1", headers=bearer(other)).status_code == 404
    assert "Nur für mich" not in json.dumps(hall.seen(hall.secret))
    hall.does(me, type="hand-in", level="key_result", text="Nur für mich", draft="d1")
    assert hall.client.get(path, headers=bearer(me)).json() == []


def test_every_command_of_hosts_is_refused_to_everybody_else(hall: Hall) -> None:
    me, stranger = hall.join(), Hall(hall.client)
    for command in HOST_COMMANDS:
        body = command.model_dump(mode="json")
        sendable = body["type"] in json.dumps(COMMANDS.json_schema()["discriminator"]["mapping"])
        for secret in (me, None, "okrh_" + "x" * 43, stranger.secret, stranger.join()):
            hall.client.app.state.throttle = Throttle()  # type: ignore[attr-defined]
            expected = 403 if sendable or secret not in {me, None} else 422
            assert hall.ask(secret, **body).status_code == expected
        if not sendable:
            assert hall.ask(hall.secret, **body).status_code == 422
    for method, path in (("GET", "/export"), ("GET", "/labels"), ("DELETE", ""), ("POST", "/cards/c3/alternatives")):
        for secret in (me, None):
            assert hall.client.request(method, hall.path + path, headers=bearer(secret)).status_code == 403
    assert hall.seen()["number"] == 4


def test_a_removed_host_is_nobody(hall: Hall) -> None:
    invited = hall.host(type="invite-host", label="Kim")
    assert hall.seen(invited["secret"])["hosts"][-1]["label"] == "Kim"
    assert hall.ask(invited["secret"], type="set-scene", scene="wall").status_code == 200
    hall.host(type="remove-host", host=invited["ids"][0])
    assert hall.ask(invited["secret"], type="set-scene", scene="join").status_code == 403
    assert hall.ask(hall.secret, type="remove-host", host="h1").json()["code"] == "first-host"


def test_a_removed_host_hears_nothing_more(hall: Hall) -> None:
    workshops = hall.client.app.state.coach.workshops  # type: ignore[attr-defined]
    invited = hall.host(type="invite-host", label="Kim")
    kim = workshops.actor(hall.code, invited["secret"])

    async def heard() -> list[bytes]:
        frames = []
        async for frame in workshops.frames(hall.code, kim, after=0):
            frames.append(frame)
            await workshops.act(hall.code, workshops.actor(hall.code, hall.secret), RemoveHost(host=kim.host))
        return frames

    (before,) = asyncio.run(heard())
    assert b"host-admitted" in before
    assert b"host-removed" not in before


def test_wrong_codes_look_alike_and_are_soon_refused(plain_client: TestClient) -> None:
    gone = Hall(plain_client)
    assert plain_client.delete(gone.path, headers=bearer(gone.secret)).status_code == 204
    hall, seen = Hall(plain_client), set()
    for guess in [gone.code, *(f"{ALPHABET[n]}{hall.code[1:]}" for n in range(40) if n < len(ALPHABET))]:
        if guess == hall.code:
            continue
        answer = plain_client.get(f"/v1/workshops/{guess}")
        body = answer.json()
        seen.add((answer.status_code, body["title"], body["detail"].replace(guess, "")))
        if answer.status_code == 429:
            assert int(answer.headers["retry-after"]) > 0
            break
    assert {status for status, *_ in seen} == {404, 429}
    assert len(seen) == 2
    assert plain_client.post(f"/v1/workshops/{hall.code}/participants").status_code == 429
    assert plain_client.get(hall.path, headers=bearer(hall.secret)).status_code == 200


def test_a_code_is_found_however_it_is_typed(hall: Hall) -> None:
    typed = f" {hall.code[:4].lower()}-{hall.code[4:]} "
    assert hall.client.get(f"/v1/workshops/{typed}").json()["code"] == hall.code
    assert len(hall.code) == 8
    assert set(hall.code) <= set(ALPHABET)


def test_a_flood_of_commands_is_stopped_for_one_and_not_for_others(hall: Hall) -> None:
    me, other = hall.join(), hall.join()
    statuses = [hall.ask(me, type="park", text=f"{n}").status_code for n in range(60)]
    assert statuses.count(200) == 40
    assert statuses[-1] == 429
    assert hall.ask(other, type="park", text="ich auch").status_code == 200


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"type": "hand-in", "level": "key_result", "text": " \u200b "}, "/text"),
        ({"type": "hand-in", "level": "goal", "text": "x"}, "/level"),
        ({"type": "hand-in", "level": "key_result", "text": "x" * 2001}, "/text"),
        ({"type": "park", "text": "x", "seat": "y"}, "/seat"),
        ({"type": "become-host"}, ""),
        ({}, ""),
        ([], ""),
    ],
)
def test_a_bad_command_says_where(hall: Hall, body: Any, pointer: str) -> None:
    me = hall.join()
    answer = hall.client.post(f"{hall.path}/commands", json=body, headers=bearer(me))
    assert answer.status_code == 422
    (error,) = answer.json()["errors"]
    assert error["pointer"] == pointer


def test_a_body_that_nobody_needs_is_refused(hall: Hall) -> None:
    me = hall.join()
    big = b'{"type": "park", "text": "' + b"x" * 300_000 + b'"}'
    assert hall.client.post(f"{hall.path}/commands", content=big, headers=bearer(me)).status_code == 413


INJECTIONS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[klick](javascript:alert(1)) ![x](http://evil.example/x.png)",
    "# Überschrift\n\n- Liste\n\n```html",
    '=HYPERLINK("http://evil.example")',
    "+1+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(1;1)",
    "harmlos;=1+1",
    "harmlos\n=1+1",
    "\t=1+1",
    "＝1+1",
    "\x01\x0b\ufffe Steuerzeichen",
    "$\\frac{x$ {slot} %s",
    "event: room-closed\ndata: {}\n\nid: 99",
    "\u202eumgedreht 🎉",
]


def test_what_is_written_on_a_card_is_inert_wherever_it_goes(plain_client: TestClient) -> None:
    hall = Hall(plain_client, moderated=False, title=INJECTIONS[0], objectives=[])
    me = hall.join()
    hall.host(type="start-round", round=0)
    for number, injected in enumerate(INJECTIONS):
        level = "objective" if number % 2 else "key_result"
        hall.does(me, type="hand-in", level=level, text=injected)
        hall.host(type="add-note", kind="decision", text=injected)
    html = MarkdownIt("commonmark", {"html": True}).render(hall.export("md").text)
    root = ElementTree.fromstring(f"<r>{html}</r>")
    assert {element.tag for element in root.iter()} <= {"r", "h1", "h2", "h3", "h4", "p", "ul", "li", "em", "strong"}
    for row in csv.reader(io.StringIO(hall.export("csv").content.decode("utf-8-sig"))):
        for cell in row:
            assert cell.lstrip(" ")[:1] not in {"=", "+", "-", "@", "\t", "\r", "＝"}
    for row in csv.reader(io.StringIO(hall.export("csv").content.decode("utf-8-sig")), delimiter=";"):
        assert not any(cell.strip().startswith(("=", "+", "@", "-")) for cell in row)
    document = Document(io.BytesIO(hall.export("docx").content))
    assert any("<script>" in paragraph.text for paragraph in document.paragraphs)
    svg = ElementTree.fromstring(hall.export("svg").content)
    assert not [each for each in svg.iter() if each.tag.rpartition("}")[2] in {"script", "foreignObject", "a", "image"}]
    assert hall.export("png").content.startswith(b"\x89PNG")
    for kind in FORMATS:
        answer = hall.export(kind)
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["content-disposition"].startswith("attachment")
    events = room_events(hall, None)
    assert "room-closed" not in {event for event, _ in events}
    handed = [data["text"] for event, data in events if event == "card-added"]
    assert handed == INJECTIONS


def room_events(hall: Hall, secret: str | None) -> list[tuple[str, dict[str, Any]]]:
    workshops = hall.client.app.state.coach.workshops  # type: ignore[attr-defined]
    frames = workshops._rooms.room(hall.code).frames
    sent = b"".join(frame.host if secret else frame.public for frame in frames).decode()
    found = []
    for block in sent.strip("\n").split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.split("\n"))
        assert set(fields) == {"id", "event", "data"}
        found.append((fields["event"], json.loads(fields["data"])))
    return found


def test_deleted_is_gone_from_every_table(hall: Hall) -> None:
    me = hall.join()
    hall.client.put(f"{hall.path}/drafts/d1", json={"text": "x"}, headers=bearer(me))
    hall.does(me, type="park", text="x")
    assert hall.client.delete(hall.path, headers=bearer(hall.secret)).status_code == 204
    assert hall.client.get(hall.path, headers=bearer(hall.secret)).status_code == 404
    database = hall.client.app.state.coach.database  # type: ignore[attr-defined]
    with database.reading() as connection:
        for table in ("workshops", "workshop_events", "workshop_drafts"):
            assert connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one() == 0


def test_an_expired_workshop_is_not_found_and_then_gone(hall: Hall) -> None:
    database = hall.client.app.state.coach.database  # type: ignore[attr-defined]
    workshops = hall.client.app.state.coach.workshops  # type: ignore[attr-defined]
    workshops._rooms._open.clear()
    with database.transaction() as connection:
        past = {"at": datetime(2020, 1, 1, tzinfo=UTC).replace(tzinfo=None)}
        connection.execute(text("UPDATE workshops SET expires_at = :at"), past)
    assert hall.client.get(hall.path, headers=bearer(hall.secret)).status_code == 404
    assert workshops.expire() == 1


def test_tenants_see_their_own_and_their_key_opens_their_rooms(
    client_with_keys: TestClient, ours: dict[str, str], theirs: dict[str, str]
) -> None:
    hall = Hall(client_with_keys, headers=ours)
    assert [each["code"] for each in client_with_keys.get("/v1/workshops", headers=ours).json()] == [hall.code]
    assert client_with_keys.get("/v1/workshops", headers=theirs).json() == []
    assert client_with_keys.post("/v1/workshops", json={"title": "x"}).status_code == 401
    export = f"{hall.path}/export"
    assert client_with_keys.get(export, headers=ours).status_code == 200
    assert client_with_keys.get(export, headers=theirs).status_code == 404
    assert client_with_keys.get(export).status_code == 403
    assert client_with_keys.get(hall.path).status_code == 200


def test_cards_come_from_earlier_reviews_of_the_same_tenant(
    client_with_keys: TestClient, ours: dict[str, str], theirs: dict[str, str]
) -> None:
    review = client_with_keys.post("/v1/reviews", json={**OBJECTIVE, "mode": "rules"}, headers=ours).json()["id"]
    hall = Hall(client_with_keys, headers=ours, objectives=[], reviews=[review])
    assert [card["text"] for card in hall.seen()["cards"]] == [OBJECTIVE["objective"], *OBJECTIVE["key_results"]]
    refused = client_with_keys.post("/v1/workshops", json={"title": "x", "reviews": [review]}, headers=theirs)
    assert [error["pointer"] for error in refused.json()["errors"]] == ["/reviews/0"]
