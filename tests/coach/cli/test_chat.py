"""`okr-coach chat`: a talk through a pipe, kept and taken up again."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

_PROGRAM = Path(sys.executable).parent / "okr-coach"
_SAYS = (
    "Objective: Neues CRM einführen\\n- CRM live\\n- 20 Schulungen\n"
    "Die Leute im Vertrieb\nfinden Kundendaten sofort\n40 auf 80\nja\n"
)


def _chat(home: Path, says: str, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [_PROGRAM, "chat", *options],
        input=says,
        capture_output=True,
        text=True,
        env={"OKR_COACH_HOME": str(home), "PATH": "/usr/bin:/bin"},
        timeout=120,
        check=False,
    )


def test_a_talk_grows_a_draft_and_is_taken_up_again(tmp_path: Path) -> None:
    file = tmp_path / "talk.json"
    first = _chat(tmp_path / "home", f"{_SAYS}/draft\n/export {file}\n/nonsense\n/quit\n")
    assert first.returncode == 0, first.stderr
    assert "KR 1: 80 % der Leute im Vertrieb finden Kundendaten sofort (heute: 40 %)" in first.stdout
    assert "/draft, /undo, /export, /quit" in first.stdout
    assert [turn["kind"] for turn in json.loads(file.read_text())["turns"]] == [
        "draft", "answer", "answer", "answer", "accept",
    ]  # fmt: skip
    found = re.search(r"--resume (\w+)", first.stdout)
    assert found is not None
    again = _chat(tmp_path / "home", "/undo\n/draft\n", "--resume", found[1])
    assert "KR 1: CRM live" in again.stdout


def test_control_characters_never_reach_the_terminal(tmp_path: Path) -> None:
    talked = _chat(
        tmp_path / "home", "O: Kunden \x1b[31mfreuen sich\\n- 80 % der Kunden \x1b]0;x\x07sagen ja\n/draft\n"
    )
    assert "\x1b" not in talked.stdout
    assert "\x07" not in talked.stdout


def test_a_talk_that_is_not_there_is_wrong_usage(tmp_path: Path) -> None:
    talked = _chat(tmp_path / "home", "", "--resume", "nothing")
    assert talked.returncode == 2
    assert "no conversation named" in talked.stderr


@pytest.mark.parametrize(("option", "word"), [("--sie", "Fügen Sie"), (None, "Füg ")])
def test_du_or_sie(option: str | None, word: str, tmp_path: Path) -> None:
    talked = _chat(tmp_path / "home", "", "--lang", "de", *([option] if option else []))
    assert word in talked.stdout
