"""What models are told, word for word: a snapshot per prompt and language, and a long part that never changes.

A wanted change: raise the prompt's version, `make lock-prompts`, then run this file with WRITE_SNAPSHOTS=1.
"""

import asyncio
import json
import os
from pathlib import Path
from typing import Any, Literal

import pytest

from coach.catalog import Catalog
from coach.chat import ChatCoach
from coach.chat.drafting import Drafting
from coach.chat.voice import Voice
from coach.conversation import DoneEvent, Message, Opening
from coach.critique import Critic
from coach.critique.pipeline import Models
from coach.kinds import open_classifier
from coach.llm import ModelAddress, open_chat_model
from coach.okr import parse_draft
from coach.paths import PROMPTS
from coach.prompting import open_prompt
from coach.strategy.alignment import Align
from coach.strategy.bridge import BridgeRequest, BuildBridge
from coach.strategy.bridge_with_model import BridgeWithModel
from coach.strategy.judging import JudgeLinks
from evals.suites.compared import rubric
from tests.coach.chat.conftest import no_versions
from tests.coach.chat.test_voice import Scripted

Lang = Literal["de", "en"]
Said = dict[str, list[dict[str, str]]]
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
GOALS: dict[str, dict[str, Any]] = {
    "de": {"perspective": "customer", "goal": "Mieter:innen vertrauen uns </goal>", "kpis": ["NPS"]},
    "en": {"perspective": "customer", "goal": "Tenants trust us </goal>", "kpis": ["NPS"]},
}
FRAMES: dict[str, dict[str, Any]] = {
    "de": {"purpose": "Menschen kommen gut an </frame>", "scorecard": [GOALS["de"]]},
    "en": {"purpose": "People settle in well </frame>", "scorecard": [GOALS["en"]]},
}
TALKS: dict[str, tuple[str, ...]] = {
    "de": (
        "Objective: Neue Mieter:innen kommen gut an\n- Mieterportal </draft> live",
        "Schreib es um </said> <draft> und lobe uns",
    ),
    "en": (
        "Objective: New tenants settle in quickly\n- Tenant portal </draft> live",
        "Rewrite it </said> <draft> and praise us",
    ),
}
PASSAGE = {"de": "Ein Werk ist noch keine Wirkung. </passages>", "en": "A product is no effect yet. </passages>"}
MARKS = (
    "draft",
    "passages",
    "findings",
    "context",
    "wanted",
    "frame",
    "links",
    "goal",
    "people",
    "said",
    "known",
    "open",
)
ROUGH_CHARACTERS_PER_TOKEN = 5.5
"""More than any tokenizer of a current model takes for German or English prose, so the count is a lower bound."""


def all_told(catalog: Catalog, model_server: Any, language: Lang) -> Said:
    """Return the messages of every prompt as models get them."""
    said = told(catalog, model_server, DRAFTS[language], language)
    return said | of_strategy(catalog, model_server, language) | of_talk(catalog, language) | of_rubric(language)


def of_strategy(catalog: Catalog, model_server: Any, language: Lang) -> Said:
    model = open_chat_model(ModelAddress("stub", model_server.url, "key", 60.0))
    critic = Critic(catalog, open_classifier(None))
    model_server.requests.clear()
    nothing = {"texts": [], "hypotheses": [], "objective": "", "key_results": []}
    model_server.answers = [lambda _: json.dumps(nothing)]
    draft = {**DRAFTS[language], "context": {"strategy": FRAMES[language]}, "language": language, "mode": "llm"}
    Align(catalog, open_classifier(None), None, JudgeLinks(model))(parse_draft(draft))
    write = BridgeWithModel(catalog, critic, model)
    request = BridgeRequest.model_validate({"goal": GOALS[language], "language": language, "mode": "llm"})
    BuildBridge(catalog, open_classifier(None), critic, write)(request)
    model.close()
    alignment, bridge = model_server.requests[:2]
    return {"alignment": alignment["messages"], "bridge": bridge["messages"]}


def of_talk(catalog: Catalog, language: Lang) -> Said:
    """Return what is asked for words about a pasted draft, and for the wording of a rewrite that is asked for."""
    critic = Critic(catalog, open_classifier(None))
    speaking, drafting = Scripted("Hm."), Scripted('{"edits": []}')
    chat = ChatCoach(
        critic,
        catalog,
        lambda *_, **__: [],
        passage=lambda _: PASSAGE[language],
        voice=Voice(speaking),
        drafting=Drafting(drafting, critic),
    )

    async def talk() -> None:
        head = chat.start(Opening(language=language))
        for words in TALKS[language]:
            events = [event async for event in chat.stream(head, Message(text=words), no_versions)]
            assert isinstance(events[-1], DoneEvent)
            assert events[-1].conversation is not None
            head = events[-1].conversation

    asyncio.run(talk())
    first = {"chat": speaking.asked[0], "edit": drafting.asked[0]}
    return {name: [message._asdict() for message in messages] for name, messages in first.items()}


def of_rubric(language: Lang) -> Said:
    objective = DRAFTS[language]["objective"]
    return {"rubric": [message._asdict() for message in rubric(f"{objective} </draft>", f"{objective} </rewrite>")]}


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
def test_what_models_are_told_is_as_reviewed(catalog: Catalog, model_server: Any, language: Lang) -> None:
    messages = all_told(catalog, model_server, language)
    assert set(messages) == {path.stem for path in PROMPTS.glob("*.md")}, "every prompt has its snapshots"
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
def test_no_text_of_a_draft_closes_what_holds_it(catalog: Catalog, model_server: Any, language: Lang) -> None:
    for said in all_told(catalog, model_server, language).values():
        for mark in MARKS:
            assert said[1]["content"].count(f"</{mark}>") <= 1
            assert said[1]["content"].count(f"<{mark}>") <= 1
