"""`okr-coach evals export-feedback`: what was accepted comes out as labels that the evals can read."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from coach.critique import Critic
from coach.feedback import Remark
from coach.okr import parse_draft
from coach.settings import Settings
from coach.wiring import open_coach
from evals.drafts import read_drafts

BIN = Path(sys.executable).parent / "okr-coach"
DRAFT = {"objective": "Mieter:innen kommen gut an", "key_results": ["Umsatz um 12 % steigern"], "mode": "rules"}


@pytest.fixture
def home(plain_critic: Critic, tmp_path: Path) -> Path:
    """A home in which tenant `acme` accepted one finding and rejected another."""
    coach = open_coach(Settings(home=tmp_path / "home"))
    draft = parse_draft(DRAFT)
    review = plain_critic.review(draft)
    found = {finding.pattern: finding.fingerprint for finding in review.findings()}
    stored = coach.reviews.add("acme", draft, review)
    remarks = [
        Remark(fingerprint=found["kpi-as-key-result"], verdict="accept", comment="Kim agrees"),
        Remark(fingerprint=found["no-baseline"], verdict="reject"),
    ]
    coach.feedback.add("acme", stored.id, remarks)
    coach.database.close()
    return tmp_path / "home"


def export(home: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    command = [str(BIN), "evals", "export-feedback", *arguments]
    return subprocess.run(command, capture_output=True, check=False, env={**os.environ, "OKR_COACH_HOME": str(home)})


def test_feedback_comes_out_as_labels_that_the_evals_read(home: Path, tmp_path: Path) -> None:
    printed = export(home, "--tenant", "acme")
    assert printed.returncode == 0, printed.stderr.decode()
    (line,) = printed.stdout.decode().splitlines()
    assert json.loads(line)["rejected"] == [{"element": "K0", "pattern": "no-baseline"}]
    assert "Kim" not in line
    out = tmp_path / "feedback.jsonl"
    assert export(home, "--tenant", "acme", "--out", str(out)).stdout == b""
    assert out.read_bytes() == printed.stdout
    (draft,) = read_drafts(out)
    assert (draft.org, draft.lang, draft.provenance) == ("acme", "de", "feedback")
    assert (draft.objective, list(draft.key_results)) == (DRAFT["objective"], DRAFT["key_results"])
    assert [label.patterns for label in draft.labels.key_results] == [("kpi-as-key-result",)]


def test_another_tenant_gets_nothing(home: Path) -> None:
    done = export(home)
    assert (done.returncode, done.stdout) == (0, b"")


def test_a_file_that_cannot_be_written_is_named(home: Path, tmp_path: Path) -> None:
    done = export(home, "--out", str(tmp_path / "none" / "feedback.jsonl"))
    assert done.returncode == 2
    assert b"feedback.jsonl" in done.stderr
    assert b"Traceback" not in done.stderr
