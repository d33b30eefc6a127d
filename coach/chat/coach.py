"""The coach in conversation: takes the head of a conversation and a message, returns the step that it makes of them."""

import asyncio
import re
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from copy import copy
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from uuid import uuid4

from coach.catalog import Catalog
from coach.chat.acts import Acts, Versions
from coach.chat.answers import Answers
from coach.chat.explain import Explain, Find
from coach.chat.guide import Guide
from coach.chat.hearing import understand
from coach.chat.look import look, looked_at
from coach.chat.offers import Offers
from coach.chat.sentences import Sentences
from coach.chat.talk import Talk, talk_of
from coach.chat.words import words_in
from coach.conversation import (
    Conversation,
    DoneEvent,
    Event,
    Message,
    Opening,
    Reply,
    Step,
    TokenEvent,
    Turn,
    TurnKind,
    events_of,
)
from coach.critique import Critic
from coach.critique.mute import named_today
from coach.errors import ModelError
from coach.language import Language, in_spelling_of
from coach.learned.heads import Form
from coach.review import Citation

if TYPE_CHECKING:
    from coach.chat.drafting import Drafting, Wanted
    from coach.chat.strategy import StrategyTalk
    from coach.chat.voice import Voice


_TITLE = 80


class ChatCoach:
    """Thread-safe and without memory of its own: all that a turn needs stands in the conversation."""

    def __init__(
        self,
        critic: Critic,
        catalog: Catalog,
        find: Find,
        *,
        passage: Callable[[str], str | None] = lambda _: None,
        voice: "Voice | None" = None,
        strategy: "StrategyTalk | None" = None,
        drafting: "Drafting | None" = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        new_id: Callable[[], str] = lambda: uuid4().hex,
    ) -> None:
        self._critic = critic
        self._muted: frozenset[str] = frozenset()
        self._strategy = strategy
        self._passage = passage
        self._voice = voice
        self._drafting = drafting
        self._catalog = catalog
        self._explain = Explain(catalog, find)
        self._acts = self._acting()
        self._clock = clock
        self._new_id = new_id

    def without(self, muted: frozenset[str]) -> "ChatCoach":
        """Return a coach that raises nothing resting on these patterns."""
        muted = named_today(muted, self._catalog)
        if muted == self._muted:
            return self
        other = copy(self)
        other._muted = muted
        other._acts = other._acting()
        other._drafting = self._drafting.without(muted) if self._drafting else None
        return other

    def _acting(self) -> Acts:
        guide = Guide(self._critic, self._catalog, self._muted)
        offers = Offers(self._critic, self._muted)
        answers = Answers(self._catalog, guide, offers, Sentences(self._catalog, guide, offers))
        return Acts(guide, answers, offers, self._explain)

    def start(self, opening: Opening) -> Conversation:
        """Return a new conversation, not yet stored; its first words are `greeting`."""
        return Conversation(
            id=self._new_id(),
            created_at=self._clock(),
            language="en" if opening.language == "auto" else opening.language,
            language_fixed=opening.language != "auto",
            address=opening.address,
            context=opening.context,
            profile=opening.profile,
        )

    def greeting(self, conversation: Conversation) -> str:
        """Return what the coach says before anybody has said anything."""
        return words_in(conversation.language, conversation.address).say("greeting")

    def turn(self, conversation: Conversation, message: Message, versions: Versions) -> Step:
        """Return the guided step: no model, no waiting. `versions` finds an earlier version by number (for undo).

        Raises InputError for a message without text and action, or an action that does not fit.
        """
        heard, language = understand(conversation, message, self._form)
        seen = looked_at(conversation, language, self._muted)
        seen = seen or look(self._critic, conversation.draft, conversation, language, self._muted)
        talk = talk_of(conversation, seen, language)
        if message.action is None and self._strategy and (kind := self._strategy.respond(talk, message.text)):
            return self._step(talk, kind, message, language)
        if message.action is not None:
            self._acts.act(talk, message.action, versions)
        else:
            self._acts.respond(talk, heard, message.text, versions)
        return self._step(talk, heard.kind, message, language)

    async def stream(
        self, conversation: Conversation, message: Message, versions: Versions, *, drafts: bool = True
    ) -> AsyncGenerator[Event]:
        """Yield the events of a turn, worded by the model where there is one; the last is `done` or `error`.

        `DoneEvent` carries both halves of the step to be stored. Closing the iterator ends the model's call.
        `drafts`: whether the model may propose edits; what it proposes is known to nobody who makes the turn again.
        """
        step = await asyncio.to_thread(self.turn, conversation, message, versions)
        if drafts and self._drafting is not None and (wanted := self._drafting.wanted(step)) is not None:
            step = await self._drafted(self._drafting, step, wanted)
        if self._voice is None or not self._voice.words(step):
            for event in events_of(step):
                yield event
            return
        async with aclosing(self._worded(self._voice, step)) as events:
            async for worded in events:
                yield worded

    async def _worded(self, voice: "Voice", step: Step) -> AsyncGenerator[Event]:
        """Yield a step's events in the words of the model; where it fails, the guided words follow what it said."""
        reply = step.turn.reply
        for event in events_of(step):
            if not isinstance(event, TokenEvent | DoneEvent):
                yield event
        said: list[str] = []
        degraded: str | None = None
        words = words_in(step.turn.language, step.conversation.address)
        try:
            async with aclosing(voice.speak(step, self._passages(reply.citations), words)) as pieces:
                async for piece in pieces:
                    said.append(piece)
                    yield TokenEvent(text=piece)
            rest = f"\n{reply.question.text}" if reply.question and "?" not in "".join(said) else ""
        except ModelError as error:
            from coach.llm.words import said as why_not  # noqa: PLC0415 - only with a model

            degraded = why_not(error, "chat", step.turn.language)
            rest = f" …\n\n{_unasked(reply) if '?' in ''.join(said) else reply.text}" if said else reply.text
        if rest:
            said.append(rest)
            yield TokenEvent(text=rest)
        after = _reworded(step, "".join(said), degraded)
        yield DoneEvent(turn=after.turn, conversation=after.conversation)

    async def _drafted(self, drafting: "Drafting", step: Step, wanted: "Wanted") -> Step:
        """Return a step with the model's edit on offer beside the guided one; where it has none, why."""
        from coach.chat.drafting import with_option  # noqa: PLC0415 - only with a model

        try:
            return with_option(step, wanted, await drafting.propose(step, wanted))
        except ModelError as error:
            from coach.llm.words import said as why_not  # noqa: PLC0415 - only with a model

            reply = step.turn.reply.model_copy(update={"degraded": why_not(error, "chat", step.turn.language)})
            return step.model_copy(update={"turn": step.turn.model_copy(update={"reply": reply})})

    def _form(self, text: str, language: Language) -> Form | None:
        found = self._critic.read_query(text, language).form
        return Form(*found) if found else None

    def _passages(self, citations: Sequence[Citation]) -> list[str]:
        found = (self._passage(citation.id) for citation in citations)
        return [text for text in found if text is not None]

    def _step(self, talk: Talk, kind: TurnKind, message: Message, language: Language) -> Step:
        before = talk.conversation
        if talk.version is not None:
            talk.seen = talk.look_again(self._critic, self._muted)
        reply = Reply(
            text=_spelled("\n".join(talk.lines), talk),
            raised=talk.raised,
            question=talk.question.model_copy(update={"text": _spelled(talk.question.text, talk)})
            if talk.question
            else None,
            citations=tuple(talk.citations),
            proposal=talk.proposal if talk.proposal != before.memory.proposal else None,
            version=talk.version,
            review=talk.seen.review if talk.version else None,
        )
        turn = Turn(
            number=talk.turn,
            kind=kind,
            language=language,
            message=message,
            reply=reply,
            created_at=self._clock(),
        )
        after = before.model_copy(
            update={
                "language": language,
                "language_fixed": before.language_fixed or kind == TurnKind.LANGUAGE,
                "turns": talk.turn,
                "version": talk.version or before.version,
                "review": talk.seen.review,
                "memory": talk.memory(),
                "title": before.title or _title(talk),
            }
        )
        return Step(conversation=after, turn=turn)


def _unasked(reply: Reply) -> str:
    """Return the guided words without their question."""
    return reply.text.removesuffix(reply.question.text).strip() if reply.question else reply.text


def _reworded(step: Step, text: str, degraded: str | None) -> Step:
    """Return a step with the words that were really said; the question that is open is the one that was asked."""
    asked = re.findall(r"[^.!?\n…]+\?", text)
    question = step.turn.reply.question
    memory = step.conversation.memory
    if question is not None and asked and degraded is None:
        question = question.model_copy(update={"text": asked[-1].strip()})
        memory = memory.model_copy(update={"pending": question if memory.pending else None})
    update = {"text": text, "degraded": degraded, "question": question, "source": "guided" if degraded else "model"}
    turn = step.turn.model_copy(update={"reply": step.turn.reply.model_copy(update=update)})
    return Step(conversation=step.conversation.model_copy(update={"memory": memory}), turn=turn)


def _spelled(text: str, talk: Talk) -> str:
    """Return the coach's words with ss for ß where the draft is in Swiss German."""
    sample = " ".join(talk.draft.texts().values())
    return in_spelling_of(sample, text) if talk.language == "de" else text


def _title(talk: Talk) -> str:
    first = next(iter(talk.draft.texts().values()), "")
    return first if len(first) <= _TITLE else first[: _TITLE - 1].rsplit(" ", 1)[0] + "…"
