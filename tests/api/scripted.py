"""A coach for tests of the doors: it says what a message asks it to, at the pace that the test sets.

"say N" streams N pieces; "hold" stops after the first piece until `release` is set; "draft X" puts X on the table;
"break" raises; anything else is answered at once. `closed` counts streams that were ended before their end.
"""

import asyncio
import threading
from collections.abc import AsyncGenerator, Callable
from datetime import UTC, datetime
from uuid import uuid4

from coach.conversation import (
    Conversation,
    DoneEvent,
    DraftEvent,
    DraftVersion,
    Event,
    Message,
    Opening,
    Reply,
    Step,
    TokenEvent,
    Turn,
    TurnKind,
    WorkingDraft,
    WorkingObjective,
)
from coach.errors import InputError, Problem

Versions = Callable[[int], DraftVersion]


class ScriptedCoach:
    """Stands for ChatCoach."""

    def __init__(self) -> None:
        self.release = threading.Event()
        self.closed = 0
        self.streams = 0

    def without(self, muted: frozenset[str]) -> "ScriptedCoach":
        return self

    def start(self, opening: Opening) -> Conversation:
        language = "en" if opening.language == "en" else "de"
        return Conversation(
            id=uuid4().hex, created_at=datetime.now(UTC), language=language, context=opening.context, profile=opening.profile
        )  # fmt: skip

    def greeting(self, conversation: Conversation) -> str:
        return {"de": "Guten Tag", "en": "Good day"}[conversation.language]

    def turn(self, conversation: Conversation, message: Message, versions: Versions) -> Step:
        if not message.text and message.action is None:
            raise InputError([Problem("/text", "is empty", "empty-message")])
        number = conversation.turns + 1
        version = None
        if message.text.startswith("draft "):
            draft = WorkingDraft(objectives=(WorkingObjective(id="o1", text=message.text[6:]),))
            before = conversation.version
            version = DraftVersion(number=before.number + 1 if before else 1, turn=number, origin="pasted", draft=draft)
        turn = Turn(
            number=number,
            kind=TurnKind.DRAFT if version else TurnKind.QUESTION,
            language=conversation.language,
            message=message,
            reply=Reply(text=answer_to(message.text), version=version),
            created_at=datetime.now(UTC),
        )
        head = conversation.model_copy(
            update={"turns": number, "version": version or conversation.version, "title": message.text[:40]}
        )
        return Step(conversation=head, turn=turn)

    async def stream(
        self, conversation: Conversation, message: Message, versions: Versions, *, drafts: bool = True
    ) -> AsyncGenerator[Event]:
        step = self.turn(conversation, message, versions)
        if message.text.startswith("break"):
            raise ValueError(f"of no kind that we know: {message.text}")
        self.streams += 1
        ended = False
        try:
            if step.turn.reply.version:
                yield DraftEvent(version=step.turn.reply.version)
            for index, piece in enumerate(pieces(step.turn.reply.text)):
                yield TokenEvent(text=piece)
                if index == 0 and "hold" in message.text:
                    while not self.release.is_set():
                        await asyncio.sleep(0.005)
                await asyncio.sleep(0)
            ended = True
            yield DoneEvent(turn=step.turn, conversation=step.conversation)
        finally:
            self.closed += not ended


def pieces(text: str) -> list[str]:
    return [text[at : at + 5] for at in range(0, len(text), 5)]


def answer_to(text: str) -> str:
    """Return what the coach says to a message."""
    if text.startswith("say "):
        return "".join(f"{number:04} " for number in range(int(text[4:])))
    return f"Du sagst: {text} 🌱 Und was ändert sich?"
