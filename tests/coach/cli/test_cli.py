"""The command line, run as a user runs it: a process of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

BIN = Path(sys.executable).parent / "okr-coach"
GERMAN = "# Mieterportal einführen\n- Portal bis Ende Q3 live schalten\n- Umsatz um 12 % steigern\n"
CLEAN = (
    "# New tenants feel at home from the first week\n"
    "- 70% of new tenants register without help (today 40%)\n"
    "- 8 of 10 new tenants say in the survey that they found what they needed (today 5 of 10)\n"
)


def run(*arguments: str, stdin: str | bytes = "", **environment: str) -> subprocess.CompletedProcess[bytes]:
    content = stdin.encode() if isinstance(stdin, str) else stdin
    return subprocess.run(
        [str(BIN), *arguments], input=content, capture_output=True, check=False, env={**os.environ, **environment}
    )


@pytest.mark.parametrize(
    ("text", "arguments", "code"),
    [
        (GERMAN, (), 1),
        (GERMAN, ("--fail-on", "never"), 0),
        (CLEAN, (), 0),
        (CLEAN, ("--mode", "llm"), 3),
        ("", (), 2),
        ("- a key result before any objective", (), 2),
        (GERMAN, ("--from", "json"), 2),
        (GERMAN, ("--profile", "nobody"), 2),
        (GERMAN, ("--no-such-option",), 2),
    ],
)
def test_the_exit_code_says_what_happened(text: str, arguments: tuple[str, ...], code: int) -> None:
    done = run("review", "-", *arguments, stdin=text)
    assert done.returncode == code, done.stderr.decode()
    assert b"Traceback" not in done.stderr
    assert bool(done.stderr) == (code == 2)


def test_text_output_underlines_the_words_and_asks() -> None:
    output = run("review", "-", stdin=GERMAN).stdout.decode()
    lines = output.splitlines()
    at = next(index for index, line in enumerate(lines) if "Umsatz um 12 % steigern  [KPI" in line)
    assert lines[at + 1].index("‾") == lines[at].index("Umsatz")
    assert "kpi-as-key-result" in output
    assert "\x1b[" not in output


def test_a_draft_cannot_steer_the_terminal() -> None:
    output = run("review", "-", stdin="# Objective \x1b[31m\x07\n- Launch \x1b]0;title\x07 it\n").stdout
    assert b"\x1b" not in output
    assert b"\x07" not in output


def test_jsonl_keeps_order_and_ids_when_a_line_is_broken() -> None:
    lines = [
        json.dumps({"id": "a", "objective": "Callers get help", "key_results": ["Launch the portal"]}),
        "not json",
        json.dumps({"id": "c", "objective": 5}),
        "",
        json.dumps({"id": 7, "objective": "Anrufer:innen kommen an", "key_results": ["Portal live"]}),
    ]
    done = run("review", "-", "--from", "jsonl", "--format", "jsonl", stdin="\n".join(lines))
    answers = [json.loads(line) for line in done.stdout.decode().splitlines()]
    assert [answer["id"] for answer in answers] == ["a", None, "c", 7]
    assert [answer.get("line") for answer in answers] == [None, 2, 3, None]
    assert answers[1]["error"]["code"] == "invalid-json"
    assert answers[2]["error"]["problems"][0]["pointer"] == "/objective"
    assert done.returncode == 2


def test_broken_utf8_says_where() -> None:
    done = run("review", "-", stdin=b"# abc\n- \xff\xfe\n")
    assert done.returncode == 2
    assert b"byte 8" in done.stderr


@pytest.mark.parametrize("report", ["json", "jsonl", "sarif", "github", "junit", "markdown"])
def test_every_report_format_is_written(report: str) -> None:
    done = run("review", "-", "--format", report, "--fail-on", "never", stdin=GERMAN)
    assert done.returncode == 0
    assert b"output-as-key-result" in done.stdout


def test_review_by_rules_imports_nothing_heavy() -> None:
    script = (
        "import sys, io\n"
        "sys.argv = ['okr-coach', 'review', sys.argv[1], '--fail-on', 'never']\n"
        "from coach.cli import main\n"
        "try:\n    main()\nexcept SystemExit as end:\n    assert not end.code, end.code\n"
        "heavy = {'fastapi', 'starlette', 'langchain', 'langchain_core', 'langchain_openai', 'openai', 'chromadb', 'sqlalchemy', 'uvicorn', 'jinja2'}\n"
        "print('HEAVY', sorted(heavy & set(sys.modules)))\n"
    )
    draft = Path(os.environ["OKR_COACH_HOME"]).parent / "draft.md"
    draft.write_text(GERMAN, encoding="utf-8")
    done = subprocess.run([sys.executable, "-c", script, str(draft)], capture_output=True, check=False, text=True)
    assert done.stdout.splitlines()[-1] == "HEAVY []", done.stderr


def test_explain_shows_a_pattern_and_suggests_near_names() -> None:
    shown = run("explain", "no-baseline", "--lang", "de")
    assert shown.returncode == 0
    assert "Woran Du es erkennst" in shown.stdout.decode()
    missed = run("explain", "no-basline")
    assert missed.returncode == 2
    assert b"did you mean no-baseline" in missed.stderr


def test_patterns_are_listed() -> None:
    assert b"too-many-objectives" in run("patterns").stdout


def test_serve_refuses_to_be_open_without_a_key() -> None:
    done = run("serve", "--host", "0.0.0.0")
    assert done.returncode == 2
    assert b"needs an API key" in done.stderr


def test_a_wrong_setting_is_named() -> None:
    done = run("patterns", OKR_COACH_PORT="abc")
    assert done.returncode == 2
    assert b"OKR_COACH_PORT" in done.stderr
