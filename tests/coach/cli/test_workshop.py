"""`okr-coach workshop`: a room prepared from a file, its agenda changed, its result taken home, gone."""

import json
import subprocess
import sys
from pathlib import Path

BIN = Path(sys.executable).parent / "okr-coach"


def ran(*arguments: str, code: int = 0) -> str:
    done = subprocess.run([str(BIN), "workshop", *arguments], capture_output=True, check=False)
    assert done.returncode == code, done.stderr.decode()
    return (done.stdout or done.stderr).decode()


def test_from_a_draft_to_a_result_to_nothing(tmp_path: Path) -> None:
    draft, agenda = tmp_path / "draft.md", tmp_path / "agenda.yaml"
    draft.write_text("# Mieter:innen kommen gut an\n- Mieterportal bis Ende Q3 live schalten\n", encoding="utf-8")
    agenda.write_text("- {kind: draft, minutes: 3}\n- {kind: wrap-up}\n", encoding="utf-8")
    made = json.loads(ran("create", "Q3", "--draft", str(draft), "--lang", "en"))
    code = made["code"]
    assert made["host_secret"] not in ran("list")
    assert ran("list").split()[0] == code
    assert len(ran("agenda", code).splitlines()) == 8
    assert ran("agenda", code, "--file", str(agenda)).splitlines() == ["0  draft  3 min", "1  wrap-up  5 min"]
    assert "### Mieter:innen kommen gut an" in ran("export", code)
    assert json.loads(ran("export", code, "--format", "json"))["title"] == "Q3"
    picture = tmp_path / "heat.png"
    ran("export", code, "--format", "png", "--output", str(picture))
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert "keeps no labels" in ran("labels", code, code=2)
    ran("delete", code)
    assert "no workshop" in ran("export", code, code=2)


def test_an_agenda_with_faults_says_where(tmp_path: Path) -> None:
    agenda = tmp_path / "agenda.yaml"
    agenda.write_text("- {kind: dance}\n", encoding="utf-8")
    assert "/agenda/0/kind" in ran("create", "Q3", "--agenda", str(agenda), code=2)


def test_several_files_become_cards_and_a_bad_one_is_named(tmp_path: Path) -> None:
    one, other, bad = tmp_path / "one.csv", tmp_path / "other.yaml", tmp_path / "bad.json"
    one.write_text("objective,key_result\nAus der Tabelle,KR\n", encoding="utf-8")
    other.write_text("objective: Aus dem YAML\nkey_results: [KR]\n", encoding="utf-8")
    bad.write_text('{"objective": ', encoding="utf-8")
    code = json.loads(ran("create", "Q3", "--draft", str(one), "--draft", str(other)))["code"]
    result = ran("export", code)
    assert "Aus der Tabelle" in result
    assert "Aus dem YAML" in result
    assert "/files/1: is not JSON" in ran("create", "Q3", "--draft", str(one), "--draft", str(bad), code=2)
