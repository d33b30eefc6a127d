"""The hidden prompts with which chat interfaces ask for titles, tags and the like; answered without the coach.

Recognised by what Open WebUI and LibreChat send: a task in English above the talk as text.
"""

import json
import re
from collections.abc import Callable, Mapping
from typing import NamedTuple

_ANY_CASE = re.IGNORECASE
_HISTORY = re.compile(
    r"<chat_history>\s*(.*?)\s*</chat_history>|\n(?:Conversation|Conversation:|User):\s*\n?(.*)\Z", re.DOTALL
)
_SPEAKER = re.compile(r"^\W*(?:USER|User|Human)\W*:\s*", re.MULTILINE)
_NEXT_SPEAKER = re.compile(r"^\W*(?:ASSISTANT|Assistant|AI)\W*:", re.MULTILINE)
_MARKS = re.compile(r"^(?:#+|[-*•]|\d+[.)]|(?:O|KR|Objective|Key Result)\s?\d*\s*[:.)])\s*", _ANY_CASE)
_TITLE_WORDS = 6


class Chore(NamedTuple):
    """A kind of hidden prompt: how it is known, and what is said to it."""

    known_by: re.Pattern[str]
    answer: Callable[[str], str]


def title_of(prompt: str) -> str:
    """Return the first words of what the person said."""
    history = _HISTORY.search(prompt)
    talk = (history[1] or history[2] or "") if history else ""
    spoken = _SPEAKER.split(talk, maxsplit=1)[-1]
    said = _NEXT_SPEAKER.split(spoken, maxsplit=1)[0].strip()
    first = next((line for line in said.splitlines() if line.strip()), "OKR")
    words = _MARKS.sub("", first.strip()).split()
    return " ".join(words[:_TITLE_WORDS]).strip(" ,;:.–-\"'„“") or "OKR"


def _json(**content: object) -> str:
    return json.dumps(content, ensure_ascii=False)


CHORES: Mapping[str, Chore] = {
    "title": Chore(
        re.compile(r"### Task:\s*Generate a concise, 3-5 word title", _ANY_CASE),
        lambda prompt: _json(title=title_of(prompt)),
    ),
    "plain_title": Chore(
        re.compile(
            r"(?:Provide|Write|Generate) a concise,? (?:5-word-or-less )?title for (?:the|this) conversation", _ANY_CASE
        ),
        title_of,
    ),
    "tags": Chore(
        re.compile(r"### Task:\s*Generate 1-3 broad tags", _ANY_CASE), lambda _: _json(tags=["OKR"])
    ),
    "follow_ups": Chore(
        re.compile(r"### Task:\s*Suggest 3-5 relevant follow-up", _ANY_CASE), lambda _: _json(follow_ups=[])
    ),
    "queries": Chore(
        re.compile(r"### Task:\s*Analyze the chat history to determine the necessity of generating search", _ANY_CASE),
        lambda _: _json(queries=[]),
    ),
    "autocompletion": Chore(
        re.compile(r"### Task:\s*You are an autocompletion system", _ANY_CASE), lambda _: _json(text="")
    ),
}  # fmt: skip


def done_chore(prompt: str) -> str | None:
    """Return the answer to a hidden prompt; None where a person speaks."""
    for chore in CHORES.values():
        if (found := chore.known_by.search(prompt)) and found.start() < 200:
            return chore.answer(prompt)
    return None
