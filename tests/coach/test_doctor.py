"""The doctor: says what is set and from where, tries it, and tells no secret."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from coach.cli.app import app
from coach.cli.doctor import doctor as _registered  # noqa: F401 - registers the command
from tests.faults import Serve, Wire, streamed, whole

SECRET = "sk-very-secret"


pytestmark = pytest.mark.usefixtures("short_pauses")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, [*arguments])


def report(*arguments: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run(*arguments, "doctor", "--format", "json").stdout)
    return found


def state_of(found: dict[str, Any], name: str) -> str:
    return next(str(check["state"]) for check in found["checks"] if check["name"].endswith(name))


def test_without_any_setting_all_is_well() -> None:
    result = run("doctor")
    assert result.exit_code == 0
    assert "model" in result.stdout
    assert "reviews come from the rules" in result.stdout


def test_each_setting_says_where_it_comes_from(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = tmp_path / "coach.toml"
    config.write_text('language = "de"\nprofile = "lenient"\n')
    monkeypatch.setenv("OKR_COACH_PROFILE", "google")
    settings = {s["name"]: (s["value"], s["origin"]) for s in report("--config", str(config))["settings"]}
    assert settings["OKR_COACH_LANGUAGE"] == ("de", "file")
    assert settings["OKR_COACH_PROFILE"] == ("google", "environment")
    assert settings["OKR_COACH_PORT"] == ("8321", "default")


def test_no_secret_is_printed(monkeypatch: pytest.MonkeyPatch, serve: Serve) -> None:
    server = serve(lambda wire: wire.status(401, body=json.dumps({"error": {"message": f"bad key {SECRET}"}})))
    monkeypatch.setenv("OKR_COACH_LLM_MODEL", "stub")
    monkeypatch.setenv("OKR_COACH_LLM_BASE_URL", f"http://me:{SECRET}@127.0.0.1:{server.port}/v1?key={SECRET}")
    monkeypatch.setenv("OKR_COACH_LLM_FALLBACK_MODELS", f"other@http://me:{SECRET}@127.0.0.1:{server.port}/v1")
    monkeypatch.setenv("OKR_COACH_LLM_HEADERS", json.dumps({"X-Key": SECRET}))
    monkeypatch.setenv("OPENAI_API_KEY", SECRET)
    for form in ("text", "json"):
        result = run("doctor", "--format", form)
        assert result.exit_code == 1
        assert SECRET not in result.output
        assert "environment: OPENAI_API_KEY" in result.output
        assert "X-Key: set (hidden)" in result.output
        assert "http-401" in result.output


def test_a_model_that_works_is_described(monkeypatch: pytest.MonkeyPatch, serve: Serve) -> None:
    def play(wire: Wire) -> None:
        if wire.stream:
            streamed(wire, "Hello")
        elif wire.request.get("response_format", {}).get("type") == "json_schema":
            wire.status(400)
        else:
            whole(wire, '{"greeting": "Hello"}')

    monkeypatch.setenv("OKR_COACH_LLM_MODEL", "stub")
    monkeypatch.setenv("OKR_COACH_LLM_BASE_URL", serve(play).url)
    found = report()
    assert found["ok"]
    by_name = {check["name"].rpartition(": ")[2]: check["found"] for check in found["checks"]}
    assert by_name["answer"] == "schema mode json_object, 15 tokens"
    assert by_name["stream"].startswith("first text after")


def test_each_role_tells_whom_it_asks_in_order_and_who_of_them_fails(
    monkeypatch: pytest.MonkeyPatch, serve: Serve
) -> None:
    def play(wire: Wire) -> None:
        if wire.request["model"] in {"sharp", "lonely"}:
            wire.status(401)
        elif wire.stream:
            streamed(wire, "Hello")
        else:
            whole(wire, '{"greeting": "Hello"}')

    server = serve(play)
    chains = {"MODEL": "all", "FALLBACK_MODELS": "spare", "JUDGE_MODEL": "sharp", "JUDGE_FALLBACK_MODELS": "sharp-2"}
    chains |= {"CHAT_MODEL": "lonely", "CHAT_FALLBACK_MODELS": "", "BASE_URL": server.url}
    for name, value in chains.items():
        monkeypatch.setenv(f"OKR_COACH_LLM_{name}", value)
    told = {check["name"]: (check["state"], check["found"]) for check in report()["checks"]}
    at = f"at 127.0.0.1:{server.port}"
    assert told["chain: judge"] == ("ok", f"sharp {at} (fails), then sharp-2 {at}")
    assert told["chain: rewrite"] == ("ok", f"all {at}, then spare {at}")
    assert told["chain: chat"] == ("failed", f"lonely {at} (fails)")
    assert "chain: judge" in run("doctor").stdout


def test_what_fails_is_named_and_the_rest_is_still_tried(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = tmp_path / "own"
    (own / "articles" / "broken").mkdir(parents=True)
    (own / "articles" / "broken" / "article.yaml").write_text("nonsense: [")
    monkeypatch.setenv("OKR_COACH_KNOWLEDGE_DIRS", str(own))
    monkeypatch.setenv("OKR_COACH_DATABASE_URL", f"sqlite:///{tmp_path / 'no' / 'dir.db'}")
    (tmp_path / "no").write_text("a file where a folder should be")
    found = report()
    assert not found["ok"]
    assert state_of(found, "knowledge") == "failed"
    assert "broken" in next(c["found"] for c in found["checks"] if c["name"] == "knowledge")
    assert state_of(found, "database") == "failed"
    assert state_of(found, "home") == "ok"


def test_prices_and_budgets_belong_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OKR_COACH_LLM_BUDGET_COST", "5")
    result = run("doctor")
    assert result.exit_code != 0
    assert "needs llm_price_prompt" in str(result.exception)
