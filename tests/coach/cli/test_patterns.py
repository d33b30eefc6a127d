"""`okr-coach patterns mute|unmute|muted`: what an organisation does not want to hear of, from the command line."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from coach.cli import patterns as _patterns  # noqa: F401 - registers the commands
from coach.cli import review as _review  # noqa: F401 - registers the command
from coach.cli.app import app

DRAFT = {"objective": "Callers feel heard", "key_results": ["Revenue up 12%"], "mode": "rules"}


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OKR_COACH_HOME", str(tmp_path))
    monkeypatch.setattr("coach.wiring.tuned_embedder", lambda _folder: None)


def run(*arguments: str, text: str | None = None) -> Result:
    return CliRunner().invoke(app, arguments, input=text)


def found() -> set[str]:
    review = run("review", "-", "--from", "json", "--format", "json", "--fail-on", "never", text=json.dumps(DRAFT))
    return {each["pattern"] for each in json.loads(review.stdout)["objectives"][0]["key_results"][0]["findings"]}


def test_a_muted_pattern_is_quiet_until_it_is_heard_again() -> None:
    assert "no-baseline" in found()
    assert run("patterns", "mute", "no-baseline").stdout == "no-baseline is muted\n"
    assert run("patterns", "muted").stdout.startswith("no-baseline  since 20")
    assert "no-baseline" not in found()
    assert run("patterns", "unmute", "no-baseline").stdout == "no-baseline is heard again\n"
    assert run("patterns", "muted").stdout == ""
    assert "no-baseline" in found()


def test_it_is_one_organisation_s_affair() -> None:
    assert run("patterns", "mute", "no-baseline", "--tenant", "acme").exit_code == 0
    assert run("patterns", "muted").stdout == ""
    assert "no-baseline" in run("patterns", "muted", "--tenant", "acme").stdout
    assert "no-baseline" in found()


def test_the_list_stays_where_nothing_else_is_asked_for() -> None:
    listed = run("patterns", "--lang", "de")
    assert listed.exit_code == 0
    assert "no-baseline" in listed.stdout
