"""Host and participants on different servers, one of them killed: every event once, in order, for everybody."""

from pathlib import Path

import httpx

from tests.api.served import Follower, Served, served

DRAFT = {"objective": "Mieter:innen kommen gut an", "key_results": ["Mieterportal bis Ende Q3 live schalten"]}


def bearer(secret: str) -> dict[str, str]:
    return {"authorization": f"Bearer {secret}"}


def act(url: str, code: str, secret: str, **command: object) -> httpx.Response:
    return httpx.post(f"{url}/v1/workshops/{code}/commands", json=command, headers=bearer(secret), timeout=60)


def test_two_replicas_one_killed_and_nothing_lost(tmp_path: Path, postgresql: str) -> None:
    one, other = Served(tmp_path / "one", postgresql), Served(tmp_path / "other", postgresql)
    alive = [one.url, other.url]
    followers = []
    try:
        made = httpx.post(f"{one.url}/v1/workshops", json={"title": "Q3", "objectives": [DRAFT], "moderated": False})
        code, secret = made.json()["code"], made.json()["host_secret"]
        joined = [httpx.post(f"{url}/v1/workshops/{code}/participants").json()["token"] for url in alive * 2]
        followers = [Follower(lambda: list(alive), code, token) for token in (*joined, secret)]
        assert act(other.url, code, secret, type="start-round", round=0).status_code == 200
        parked = [
            act(alive[n % 2], code, joined[n % 4], type="park", text=f"Punkt {n}").json()["number"] for n in range(20)
        ]
        for follower in followers:
            follower.until(max(parked))
        one.kill()
        alive.remove(one.url)
        last = [
            act(other.url, code, joined[n % 4], type="park", text=f"Danach {n}").json()["number"] for n in range(20)
        ]
        for follower in followers:
            numbers = [event["number"] for event in follower.until(max(last))]
            assert numbers == list(range(1, len(numbers) + 1))
        assert sum(follower.connections for follower in followers) > len(followers)
        texts = [e["text"] for e in followers[0].until(max(last)) if e["type"] == "parked-added"]
        assert texts == [f"Punkt {n}" for n in range(20)] + [f"Danach {n}" for n in range(20)]
    finally:
        for follower in followers:
            follower.close()
        one.close()
        other.close()


def test_what_one_replica_deletes_is_gone_on_the_other(tmp_path: Path, postgresql: str) -> None:
    with served(tmp_path / "one", postgresql) as one, served(tmp_path / "other", postgresql) as other:
        made = httpx.post(f"{one.url}/v1/workshops", json={"title": "Q3"}).json()
        path = f"/v1/workshops/{made['code']}"
        assert httpx.get(other.url + path).status_code == 200
        with httpx.stream("GET", f"{other.url}{path}/events", timeout=60) as stream:
            lines = stream.iter_lines()
            assert next(line for line in lines if line.startswith("id:")) == "id: 1"
            assert httpx.delete(one.url + path, headers=bearer(made["host_secret"])).status_code == 204
            assert not [line for line in lines if line.startswith("id:")]
        assert httpx.get(other.url + path).status_code == 404


def test_a_killed_server_goes_on_where_it_was(tmp_path: Path, database_url: str) -> None:
    home = tmp_path / "home"
    first = Served(home, database_url)
    made = httpx.post(f"{first.url}/v1/workshops", json={"title": "Q3", "objectives": [DRAFT]}).json()
    code, secret = made["code"], made["host_secret"]
    token = httpx.post(f"{first.url}/v1/workshops/{code}/participants").json()["token"]
    draft = {"level": "key_result", "text": "Anrufe sinken"}
    httpx.put(f"{first.url}/v1/workshops/{code}/drafts/d1", json=draft, headers=bearer(token))
    act(first.url, code, secret, type="start-round", round=0)
    number = act(first.url, code, token, type="hand-in", level="key_result", text="Umsatz +12 %").json()["number"]
    first.kill()
    with served(home, database_url) as second:
        room = httpx.get(f"{second.url}/v1/workshops/{code}", headers=bearer(secret)).json()["room"]
        assert room["number"] >= number
        assert [card["text"] for card in room["cards"]][-1] == "Umsatz +12 %"
        again = httpx.post(f"{second.url}/v1/workshops/{code}/participants", headers=bearer(token)).json()
        assert again["token"] == token
        drafts = httpx.get(f"{second.url}/v1/workshops/{code}/drafts", headers=bearer(token)).json()
        assert [each["text"] for each in drafts] == ["Anrufe sinken"]
        follower = Follower(lambda: [second.url], code, secret)
        reviewed = {"c2", "c3", room["cards"][-1]["id"]}
        while {e["card"] for e in follower.events if e["type"] == "reviewed"} != reviewed:
            follower.until(follower.events[-1]["number"] + 1 if follower.events else 1)
        follower.close()
        assert "Umsatz" not in second.log()
        assert "Anrufe" not in second.log()
        assert token not in second.log()
