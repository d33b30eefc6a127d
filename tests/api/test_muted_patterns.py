"""`/v1/muted-patterns`: what is muted is in no review of the tenant, over REST and on the command line."""

import json
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from typer.testing import CliRunner

from api import create_app
from coach.cli import review as _review  # noqa: F401 - it registers the command
from coach.cli.app import app as command_line
from coach.settings import Settings
from tests.api.sent import DRAFT, LOCAL, findings, reviewed

OWN_PATTERN = """---
name: "Buzzword"
messages: ["“{quote}” is a filler here."]
questions_typed: ["why is synergy forbidden"]
---
## What it looks like
The word synergy.
## Why it hurts
It says nothing.
## Instead
Say who gains what.
## Ask
- Who notices?
## When it is fine
Never.
"""


def test_a_muted_pattern_is_in_no_review_until_it_is_heard_again(plain_client: TestClient) -> None:
    assert "no-baseline" in findings(reviewed(plain_client))
    muted = plain_client.put("/v1/muted-patterns/no-baseline")
    assert (muted.status_code, muted.json()["pattern"]) == (200, "no-baseline")
    assert plain_client.put("/v1/muted-patterns/no-baseline").json() == muted.json()
    assert plain_client.get("/v1/muted-patterns").json() == [muted.json()]
    quiet = reviewed(plain_client)
    assert "no-baseline" not in json.dumps({**quiet, "provenance": None})
    assert quiet["provenance"]["muted"] == ["no-baseline"]
    assert plain_client.delete("/v1/muted-patterns/no-baseline").status_code == 204
    loud = reviewed(plain_client)
    assert "no-baseline" in findings(loud)
    assert loud["provenance"]["muted"] == []


def test_what_cannot_be_muted_or_heard_again_is_not_found(plain_client: TestClient) -> None:
    for refused in (
        plain_client.put("/v1/muted-patterns/no-such-thing"),
        plain_client.delete("/v1/muted-patterns/no-such-thing"),
        plain_client.delete("/v1/muted-patterns/no-baseline"),
    ):
        assert (refused.status_code, refused.json()["code"]) == (404, "not-found")
    assert plain_client.get("/v1/muted-patterns").json() == []


@pytest.mark.usefixtures("without_encoder")
def test_a_pattern_answers_to_its_former_slug_and_goes_when_its_page_is_gone(
    settings: Settings, tmp_path: Path
) -> None:
    folder = tmp_path / "own" / "patterns" / "buzzword"
    folder.mkdir(parents=True)
    (folder / "en.md").write_text(OWN_PATTERN, encoding="utf-8")
    definition = "level: key_result\nformer: [filler-word]\nseverity: {default: warning}\n"
    definition += "detector: {kind: lexicon, words: {de: [synergi], en: [synerg]}}\n"
    (folder / "pattern.yaml").write_text(definition, encoding="utf-8")
    with_own = create_app(settings.model_copy(update={"knowledge_dirs": (tmp_path / "own",)}))
    client = TestClient(with_own, base_url=LOCAL)
    assert client.put("/v1/muted-patterns/filler-word").json()["pattern"] == "buzzword"
    draft: dict[str, Any] = {
        "objective": "Callers get help",
        "key_results": ["Synergies grow by 10%"],
        "language": "en",
    }
    assert "buzzword" not in findings(reviewed(client, **draft))
    assert client.delete("/v1/muted-patterns/filler-word").status_code == 204
    assert "buzzword" in findings(reviewed(client, **draft))
    client.put("/v1/muted-patterns/buzzword")
    with_own.state.coach.database.close()
    without = create_app(settings)
    client = TestClient(without, base_url=LOCAL)
    assert client.delete("/v1/muted-patterns/buzzword").status_code == 204
    assert client.get("/v1/muted-patterns").json() == []
    without.state.coach.database.close()


def test_a_tenant_mutes_for_itself_alone(
    client_with_keys: TestClient, ours: dict[str, str], theirs: dict[str, str]
) -> None:
    address = "/v1/muted-patterns/no-baseline"
    assert client_with_keys.put(address).status_code == 401
    assert client_with_keys.put(address, headers=ours).status_code == 200
    assert client_with_keys.get("/v1/muted-patterns", headers=theirs).json() == []
    assert client_with_keys.delete(address, headers=theirs).status_code == 404
    assert "no-baseline" not in findings(reviewed(client_with_keys, headers=ours))
    assert "no-baseline" in findings(reviewed(client_with_keys, headers=theirs))


@pytest.mark.parametrize("line", ["json", "jsonl"])
def test_the_command_line_reviews_as_the_local_tenant(plain_client: TestClient, settings: Settings, line: str) -> None:
    plain_client.put("/v1/muted-patterns/no-baseline")
    done = CliRunner().invoke(
        command_line,
        ["review", "-", "--from", line, "--format", line, "--fail-on", "never"],
        input=json.dumps(DRAFT),
        env={"OKR_COACH_HOME": str(settings.home)},
    )
    assert done.exit_code == 0, done.output
    review = json.loads(done.output)
    assert "no-baseline" not in findings(review)
    assert review["provenance"]["muted"] == ["no-baseline"]


def test_what_is_muted_in_the_middle_of_a_talk_is_raised_no_more(plain_client: TestClient) -> None:
    talk = plain_client.post("/v1/conversations", json={"language": "de"}).headers["location"]
    said = "Objective: Mieter:innen kommen gut an\nKR: Mieterportal bis Ende Q3 live schalten"
    raised = plain_client.post(f"{talk}/messages", json={"text": said}).json()["reply"]["raised"]["finding"]["pattern"]
    assert plain_client.put(f"/v1/muted-patterns/{raised}").status_code == 200
    plain_client.post(f"{talk}/messages", json={"text": "Sieht gut aus"})
    review = plain_client.get(talk).json()["conversation"]["review"]
    assert review["provenance"]["muted"] == [raised]
    assert raised not in findings(review)
