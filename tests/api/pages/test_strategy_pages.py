"""The pages of strategy, cycles and readiness, also in a real browser on a real server."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.error import URLError
from urllib.request import Request, urlopen

import pytest
from fastapi.testclient import TestClient
from playwright.sync_api import Page

from tests.api.pages.chromium import violations
from tests.api.test_strategy import CYCLE, DRAFT, FRAME

CHROMIUM = Path("/usr/bin/chromium")
FRAME_TEXT = "# Purpose\nMenschen bestimmen selbst.\n# Moal\nTöchter sagen: Ich kann schlafen.\n# Kundenperspektive\n- Zugesagte Zeiten gelten (KPIs: Pünktlichkeit der Touren)\n"
DRAFT_TEXT = "O: Zugesagte Zeiten gelten\n- KR: Pünktlichkeit der Touren 95 %\n\nO: Sommerfest\n- KR: 120 Gäste\n"
FORM = {"content-type": "application/x-www-form-urlencoded"}


def test_a_pasted_frame_with_a_draft_is_shown_and_not_stored(plain_client: TestClient) -> None:
    page = plain_client.post("/strategy?lang=de", data={"frame": FRAME_TEXT, "draft": DRAFT_TEXT})
    assert page.status_code == 200
    assert page.text.count("<svg") == 1
    assert "Hängt in der Luft" in page.text
    assert "Pünktlichkeit der Touren" in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert plain_client.get("/v1/strategy").json() == []
    for form, head in (("svg", b"<svg"), ("png", b"\x89PNG")):
        saved = plain_client.post("/strategy", data={"frame": FRAME_TEXT, "draft": DRAFT_TEXT, "form": form})
        assert saved.content.startswith(head)
        assert saved.headers["content-disposition"] == f'attachment; filename="map.{form}"'


def test_what_cannot_be_read_comes_back_with_the_text(plain_client: TestClient) -> None:
    page = plain_client.post("/strategy?lang=en", data={"frame": "# Weather <b>\nsunny\n# Rain\n", "draft": ""})
    assert page.status_code == 422
    assert "Rain" in page.text
    assert "<b>" not in page.text


def test_forms_of_other_sites_are_refused(plain_client: TestClient) -> None:
    for address in ("/strategy", "/readiness"):
        page = plain_client.post(address, content=b"frame=x", headers={**FORM, "sec-fetch-site": "cross-site"})
        assert page.status_code == 403


def test_a_stored_frame_shows_its_cycle_and_gives_its_map(plain_client: TestClient) -> None:
    frame = plain_client.post("/v1/strategy", json={"name": "Haus <i>", "strategy": FRAME}).json()["id"]
    cycle = plain_client.post("/v1/cycles", json={**CYCLE, "strategy_id": frame}).json()["id"]
    assert "Haus &lt;i&gt;" in plain_client.get("/strategy?lang=de").text
    page = plain_client.get(f"/strategy/{frame}?lang=de").text
    assert DRAFT["objective"] in page
    assert f"/strategy/{frame}/map.svg" in page
    picture = plain_client.get(f"/strategy/{frame}/map.svg")
    assert (picture.headers["content-type"], picture.text[:4]) == ("image/svg+xml", "<svg")
    printed = plain_client.get(f"/strategy/{frame}/map.png")
    assert (printed.headers["content-type"], printed.content[:4]) == ("image/png", b"\x89PNG")
    assert plain_client.get(f"/strategy/{frame}/map.gif").status_code == 422
    assert "Q1" in plain_client.get("/cycles?lang=de").text
    assert DRAFT["objective"] in plain_client.get(f"/cycles/{cycle}?lang=en").text
    assert plain_client.get("/strategy/nope").status_code == plain_client.get("/cycles/nope").status_code == 404


@pytest.mark.parametrize(("language", "words"), [("de", "Erste Schritte"), ("en", "First steps")])
def test_the_self_check_answers_above_its_form(plain_client: TestClient, language: str, words: str) -> None:
    empty = plain_client.get(f"/readiness?lang={language}").text
    assert (empty.count("<textarea"), "<svg" in empty) == (16, False)
    page = plain_client.post(f"/readiness?lang={language}", data={"value-scale": "1", "culture-scale": "9"}).text
    assert words in page
    assert page.count("<svg") == 1
    assert '<option value="1" selected>' in page


@pytest.mark.parametrize(
    ("form", "head", "kind"), [("markdown", b"# Are we ready", "text/markdown"), ("docx", b"PK", "application/vnd")]
)
def test_the_self_check_is_saved_from_the_page(plain_client: TestClient, form: str, head: bytes, kind: str) -> None:
    saved = plain_client.post("/readiness?lang=en", data={"value-scale": "1", "form": form})
    assert saved.content.startswith(head)
    assert saved.headers["content-type"].startswith(kind)
    assert saved.headers["content-disposition"].startswith("attachment; filename=")


def test_what_the_handbook_says_and_when_stands_once(plain_client: TestClient) -> None:
    answers = {f"{name}-scale": "1" for name in ("value", "learning", "culture")}
    page = plain_client.post("/readiness?lang=en", data=answers).text
    assert page.count("This quarter") == page.count("This month") == 1
    said = [line for line in page.splitlines() if "From the handbook:" in line]
    assert len(said) == len(set(said)) == 2


@pytest.mark.parametrize(("language", "day"), [("de", "2.2.2026"), ("en", "2026-02-02")])
def test_a_cycle_shows_how_confidence_went(plain_client: TestClient, language: str, day: str) -> None:
    cycle = plain_client.post("/v1/cycles", json=CYCLE).json()["id"]
    plain_client.post(f"/v1/cycles/{cycle}/agreement")
    for when, confidence, now in (("2026-01-19", 4, "90 %"), ("2026-02-02", 7, None)):
        progress = {"objective": 0, "key_result": 0, "confidence": confidence, "now": now}
        sent = plain_client.post(f"/v1/cycles/{cycle}/check-ins", json={"day": when, "progress": [progress]})
        assert sent.status_code == 201
    page = plain_client.get(f"/cycles/{cycle}?lang={language}").text
    assert "4 → 7" in page
    assert page.count("90\u00a0%") + page.count("90 %") == 1
    assert day in page


def test_the_question_for_what_nothing_serves_is_asked_once(plain_client: TestClient) -> None:
    page = plain_client.post("/strategy?lang=de", data={"frame": FRAME_TEXT, "draft": DRAFT_TEXT}).text
    assert page.count("Ruht das in diesem Zyklus bewusst") == 1
    assert page.count("niemand bedient das") >= 2


@pytest.mark.skipif(not CHROMIUM.exists(), reason="no Chromium at /usr/bin/chromium")
@pytest.mark.parametrize("width", [1280, 390])
def test_the_pages_are_accessible_and_fit(client: TestClient, address: str, page: Page, width: int) -> None:
    frame = client.post("/v1/strategy", json={"name": "Haus", "strategy": FRAME}).json()["id"]
    cycle = client.post("/v1/cycles", json={**CYCLE, "strategy_id": frame}).json()["id"]
    page.set_viewport_size({"width": width, "height": 844})
    for path in ("/strategy", f"/strategy/{frame}", "/cycles", f"/cycles/{cycle}", "/readiness"):
        page.goto(f"{address}{path}?lang=de")
        assert violations(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
    page.locator("select").first.select_option("1")
    page.get_by_role("button", name="Auswerten").click()
    page.get_by_role("heading", name="Erste Schritte").wait_for()
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.emulate_media(media="print")
    assert not page.get_by_role("button", name="Auswerten").is_visible()


def test_tenants_see_only_their_own_pages(
    client_with_keys: TestClient, ours: dict[str, str], theirs: dict[str, str]
) -> None:
    made = client_with_keys.post("/v1/strategy", json={"name": "Haus", "strategy": FRAME}, headers=ours)
    address = f"/strategy/{made.json()['id']}"
    assert client_with_keys.get(address, headers=ours).status_code == 200
    assert client_with_keys.get(address, headers=theirs).status_code == 404
    assert client_with_keys.get(address).status_code == client_with_keys.post("/readiness").status_code == 401


class Server(NamedTuple):
    """A running server: its address and where its log goes."""

    address: str
    log: Path

    def post(self, path: str, body: object) -> dict[str, str]:
        sent = Request(self.address + path, json.dumps(body).encode(), {"content-type": "application/json"})
        with urlopen(sent) as answer:
            found: dict[str, str] = json.load(answer)
        return found


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """The real server in a process of its own, on loopback."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    running = Server(f"http://127.0.0.1:{port}", tmp_path / "log")
    command = [str(Path(sys.executable).parent / "okr-coach"), "serve", "--port", str(port)]
    with running.log.open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, env={**os.environ})
        try:
            for _ in range(600):
                try:
                    urlopen(running.address + "/healthz").close()
                    break
                except URLError:
                    time.sleep(0.1)
            yield running
        finally:
            process.terminate()
            process.wait()


@pytest.mark.skipif(not CHROMIUM.exists(), reason="no Chromium at /usr/bin/chromium")
def test_a_browser_shows_the_map_without_a_fault_and_the_log_holds_no_text(server: Server, tmp_path: Path) -> None:
    frame = server.post("/v1/strategy", {"name": "Haus", "strategy": FRAME})["id"]
    server.post("/v1/cycles", {**CYCLE, "strategy_id": frame})
    picture = tmp_path / "page.png"
    options = [
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--window-size=900,2000",
        "--enable-logging=stderr",
        "--dump-dom",
    ]
    command = [str(CHROMIUM), *options, f"--user-data-dir={tmp_path / 'profile'}", f"--screenshot={picture}"]
    shown = subprocess.run(
        [*command, f"{server.address}/strategy/{frame}?lang=de"], capture_output=True, text=True, check=True
    )
    assert "Sommerfest" in shown.stdout
    assert "<svg" in shown.stdout
    assert "Content Security Policy" not in shown.stderr
    said = server.log.read_text(encoding="utf-8")
    assert f"/strategy/{frame}" in said
    assert "Sommerfest" not in said
    assert "Touren" not in said
