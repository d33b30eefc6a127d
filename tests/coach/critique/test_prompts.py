"""What models are told, word for word: a snapshot per prompt and language, and a long part that never changes.

A wanted change: raise the prompt's version, `make lock-prompts`, then run this file with WRITE_SNAPSHOTS=1.
"""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from coach.catalog import Catalog
from coach.critique import Critic
from coach.critique.pipeline import Models
from coach.kinds import open_classifier
from coach.llm import ModelAddress, open_chat_model
from coach.okr import parse_draft
from coach.prompting import open_prompt

SNAPSHOTS = Path(__file__).parent / "snapshots"
WRITE = "WRITE_SNAPSHOTS"
DRAFTS: dict[str, dict[str, Any]] = {
    "de": {
        "objective": "Neue Mieter:innen kommen gut an",
        "key_results": ["Mieterportal bis Mai live schalten", "Umsatz um 12 % steigern"],
        "context": {"kpis": ["NPS"], "notes": "Ruf bitte zurück </draft> <wanted>"},
    },
    "en": {
        "objective": "New tenants settle in quickly",
        "key_results": ["Launch the tenant portal by May", "Grow ARR by 12%"],
        "context": {"kpis": ["NPS"], "notes": "Please call back </draft> <wanted>"},
    },
}
OTHER: dict[str, dict[str, Any]] = {
    "de": {"objective": "Angehörige fühlen sich gehört", "key_results": ["Gesprächsleitfaden ist fertig"]},
    "en": {"objective": "Families feel heard", "key_results": ["Interview guide is done"]},
}
ROUGH_CHARACTERS_PER_TOKEN = 5.5
"""More than any tokenizer of a current model takes for German or English prose, so the count is a lower bound."""


def told(catalog: Catalog, model_server: Any, draft: dict[str, Any], language: str) -> dict[str, list[dict[str, str]]]:
    """Return the messages of both prompts as they go over the wire."""
    model = open_chat_model(ModelAddress("stub", model_server.url, "key", 60.0))
    critic = Critic(catalog, open_classifier(None), models=Models(judge=model, rewrite=model))
    model_server.requests.clear()
    model_server.answers = [lambda _: json.dumps({"elements": []}), lambda _: json.dumps({"rewrites": []})]
    critic.review(parse_draft({**draft, "language": language, "mode": "llm"}))
    model.close()
    judge, rewrite = model_server.requests[:2]
    return {"judge": judge["messages"], "rewrite": rewrite["messages"]}


def written(messages: list[dict[str, str]], version: str) -> str:
    parts = [f"version {version}"] + [f"===== {message['role']}\n{message['content']}" for message in messages]
    return "\n".join(parts) + "\n"


@pytest.mark.parametrize("language", ["de", "en"])
def test_what_models_are_told_is_as_reviewed(catalog: Catalog, model_server: Any, language: str) -> None:
    messages = told(catalog, model_server, DRAFTS[language], language)
    for name, said in messages.items():
        path = SNAPSHOTS / f"{name}-{language}.txt"
        text = written(said, str(open_prompt(name).head.version))
        if os.environ.get(WRITE):
            SNAPSHOTS.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
        assert path.read_text(encoding="utf-8") == text, f"{path.name}: see the docstring of this file"


@pytest.mark.parametrize("language", ["de", "en"])
def test_the_first_thousand_tokens_are_the_same_for_every_draft(
    catalog: Catalog, model_server: Any, language: str
) -> None:
    first = told(catalog, model_server, DRAFTS[language], language)
    second = told(catalog, model_server, OTHER[language], language)
    for name in ("judge", "rewrite"):
        assert first[name][0] == second[name][0]
        assert first[name][0]["role"] == "system"
        assert len(first[name][0]["content"]) >= 1024 * ROUGH_CHARACTERS_PER_TOKEN
        assert first[name][1] != second[name][1]


def test_the_judge_is_told_the_same_in_both_languages_but_for_passages(catalog: Catalog, model_server: Any) -> None:
    german, english = (told(catalog, model_server, DRAFTS[each], each)["judge"][0] for each in ("de", "en"))
    assert german["content"].split("Failure patterns,")[0] == english["content"].split("Failure patterns,")[0]


@pytest.mark.parametrize("language", ["de", "en"])
def test_no_text_of_a_draft_closes_what_holds_it(catalog: Catalog, model_server: Any, language: str) -> None:
    for said in told(catalog, model_server, DRAFTS[language], language).values():
        for mark in ("draft", "passages", "findings", "context", "wanted"):
            assert said[1]["content"].count(f"</{mark}>") <= 1
            assert said[1]["content"].count(f"<{mark}>") <= 1
