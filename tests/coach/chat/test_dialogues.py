"""Whole talks without a model: from a bad draft to a clean one, no question twice, nothing lost, no number made up."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from coach.review import Severity
from tests.coach.chat.conftest import Talk

_FOLDER = Path(__file__).parent / "dialogues"
_DIALOGUES = [
    pytest.param(row, id=f"{file.stem}-{row['name']}")
    for file in sorted(_FOLDER.glob("*.yaml"))
    for row in yaml.safe_load(file.read_text(encoding="utf-8"))
]


def test_there_are_ten_per_language() -> None:
    counts = {file.stem: len(yaml.safe_load(file.read_text(encoding="utf-8"))) for file in _FOLDER.glob("*.yaml")}
    assert counts == {"de": 10, "en": 10}


@pytest.mark.parametrize("dialogue", _DIALOGUES)
def test_a_bad_draft_becomes_a_clean_one(dialogue: dict[str, Any], talk: Talk) -> None:
    talked = talk(dialogue["says"])
    assert talked.turns[0].reply.review is not None
    before = [f for f in talked.turns[0].reply.review.findings() if f.severity.at_least(Severity.WARNING)]
    missing = [o for o in talked.versions[1].draft.objectives if o.text is None]
    assert before or missing, "the talk begins with something to find"
    assert len(talked.turns) <= 12
    assert talked.end.review is not None
    left = [f.pattern for f in talked.end.review.findings() if f.severity.at_least(Severity.WARNING)]
    assert left == []
    assert all(objective.text for objective in talked.end.draft.objectives)


@pytest.mark.parametrize("dialogue", _DIALOGUES)
def test_nothing_said_is_lost_and_no_number_made_up(dialogue: dict[str, Any], talk: Talk) -> None:
    talked = talk(dialogue["says"])
    draft = " · ".join(talked.texts).lower()
    assert [words for words in dialogue["kept"] if words.lower() not in draft] == []
    said = set(re.findall(r"\d+", " ".join(dialogue["says"])))
    for version in talked.versions.values():
        assert set(re.findall(r"\d+", " ".join(version.draft.texts().values()))) <= said


@pytest.mark.parametrize("dialogue", _DIALOGUES)
def test_one_question_a_turn_and_none_twice(dialogue: dict[str, Any], talk: Talk) -> None:
    talked = talk(dialogue["says"])
    asked = [turn.reply.question for turn in talked.turns if turn.reply.question]
    assert len({(each.element, each.text) for each in asked}) == len(asked)
    for turn in talked.turns:
        spoken = re.sub(r"„[^“]*“|“[^”]*”|\[[^\]]*\]", "", turn.reply.text)
        assert spoken.count("?") <= 1, turn.reply.text
        assert len(turn.reply.text.split()) <= 90, turn.reply.text
