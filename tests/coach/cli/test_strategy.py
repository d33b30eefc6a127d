"""`okr-coach strategy`, `cycle` and `readiness` from files to files."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from coach.cli import cycle, readiness, strategy  # noqa: F401 - they register commands
from coach.cli.app import app
from coach.errors import CoachError

FRAME = "# Purpose\nMenschen bestimmen selbst.\n# Moal\nTöchter sagen: Ich kann schlafen.\n# Kundenperspektive\n- Zugesagte Zeiten gelten (KPIs: Pünktlichkeit der Touren)\n"
DRAFT = (
    "O: Zugesagte Zeiten gelten\n- KR: Pünktlichkeit der Touren 95 %\n\nO: Das Sommerfest wird schön\n- KR: 120 Gäste\n"
)


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("coach.wiring.tuned_embedder", lambda _folder: None)
    (tmp_path / "frame.md").write_text(FRAME, encoding="utf-8")
    (tmp_path / "draft.md").write_text(DRAFT, encoding="utf-8")
    return tmp_path


def run(*words: str) -> str:
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 0, done.output
    return done.output


def test_a_frame_is_checked_aligned_drawn_and_stored(files: Path) -> None:
    frame, draft = str(files / "frame.md"), str(files / "draft.md")
    assert "Eine Vision fehlt" in run("strategy", "check", frame)
    said = run("strategy", "align", frame, draft)
    assert "messt ihr ohnehin" in said
    assert json.loads(run("strategy", "align", frame, draft, "--json"))["summary"]["texts"] == 4
    run("strategy", "map", frame, draft, "-o", str(files / "map.svg"))
    assert (files / "map.svg").read_text(encoding="utf-8").startswith("<svg")
    run("strategy", "map", frame, draft, "-o", str(files / "map.png"))
    assert (files / "map.png").read_bytes().startswith(b"\x89PNG")
    assert run("strategy", "add", "Haus", frame).split()[1] == "1"
    assert run("strategy", "add", "Haus", frame).split()[1] == "2"
    assert run("strategy", "list").split()[1:] == ["2", "Haus"]
    identifier = run("strategy", "list").split()[0]
    assert json.loads(run("strategy", "show", identifier, "--version", "1"))["purpose"] == "Menschen bestimmen selbst."
    run("strategy", "delete", identifier)
    assert run("strategy", "list") == ""


def test_figures_are_mirrored(files: Path) -> None:
    (files / "figures").write_text("language: en\nfigures: [{kpi: NPS, before: '31', after: '31', experienced: true}]")
    assert "“NPS” didn't" in run("strategy", "mirror", str(files / "figures"))


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (("strategy", "map", "{frame}", "{draft}", "-o", "{folder}/map.gif"), ".svg or .png"),
        (("strategy", "map", "{frame}", "{draft}", "-o", "{folder}/none/map.png"), "No such file"),
        (("strategy", "align", "{frame}", "{folder}/none.md"), "No such file"),
        (("strategy", "show", "nope"), "nope"),
        (("strategy", "mirror", "{frame}"), "is not YAML"),
        (("strategy", "bridge", "Trust", "--perspective", "moon"), "/goal/perspective"),
        (("cycle", "start", "{bad}"), "/starts"),
        (("readiness", "{bad}"), "/name"),
    ],
)
def test_bad_input_says_what_is_wrong_and_where(files: Path, words: tuple[str, ...], named: str) -> None:
    (files / "bad.yaml").write_text("name: Q1\n", encoding="utf-8")
    names = {"frame": files / "frame.md", "draft": files / "draft.md", "bad": files / "bad.yaml", "folder": files}
    done = CliRunner().invoke(app, [word.format(**names) for word in words])
    assert isinstance(done.exception, CoachError)
    problems = getattr(done.exception, "problems", None)
    said = " ".join(f"{each.pointer} {each.detail}" for each in problems) if problems else str(done.exception)
    assert named in said


def test_the_bridge_is_printed(files: Path) -> None:
    said = run("strategy", "bridge", "Tenants trust us", "--kpi", "NPS")
    assert "“NPS” stays the measuring point" in said
    assert "[verified]" in said


def test_a_cycle_on_the_command_line(files: Path) -> None:
    bodies = {
        "start": "{name: Q1, starts: 2026-01-05, ends: 2026-04-02, objectives: [{objective: Zusagen gelten, key_results: [9 von 10]}]}",
        "check-in": "{day: 2026-01-20, learned: Der Stau ist das Problem.}",
        "review": "{day: 2026-04-01, figures: [{kpi: NPS, before: '31', after: '38', experienced: true}]}",
        "reflect": "{day: 2026-04-02, adaptations: [Früher losfahren]}",
        "next": "{name: Q2, starts: 2026-04-06, ends: 2026-07-03}",
    }
    for name, body in bodies.items():
        (files / name).write_text(body, encoding="utf-8")
    identifier = run("cycle", "start", str(files / "start")).split()[0]
    run("cycle", "agree", identifier)
    run("cycle", "check-in", identifier, str(files / "check-in"))
    assert "mitgegangen" in run("cycle", "review", identifier, str(files / "review"))
    assert "Retrospektive" in run("cycle", "reflect", identifier, str(files / "reflect"))
    assert "Früher losfahren" in run("cycle", "next", identifier, str(files / "next"))
    assert [line.split()[1] for line in run("cycle", "list").splitlines()] == ["drafting", "reflected"]
    run("cycle", "delete", identifier)
    assert identifier not in run("cycle", "list")


def test_the_self_check_on_the_command_line(files: Path) -> None:
    form = run("readiness")
    (files / "answers.yaml").write_text(form.replace("value: {scale: null", "value: {scale: 1"), encoding="utf-8")
    assert "## Erste Schritte" in run("readiness", str(files / "answers.yaml"))
