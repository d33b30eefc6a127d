"""The coach in conversation: takes the head of a conversation and a message, returns the step that it makes of them."""

import asyncio
import re
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from copy import copy
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol
from uuid import uuid4

from coach.catalog import Catalog
from coach.chat.edits import applied, edit_of
from coach.chat.guide import Guide
from coach.chat.hearing import Heard, hear
from coach.chat.listen import language_of
from coach.chat.look import look, looked_at
from coach.chat.talk import Talk, talk_of
from coach.chat.words import words_in
from coach.conversation import (
    Action,
    Conversation,
    DoneEvent,
    DraftVersion,
    Event,
    Message,
    Opening,
    Option,
    Question,
    Reply,
    Slot,
    Step,
    TokenEvent,
    Turn,
    TurnKind,
    WorkingDraft,
    WorkingKeyResult,
    WorkingObjective,
    events_of,
)
from coach.critique import Critic
from coach.critique.mute import named_today
from coach.errors import InputError, ModelError, Problem
from coach.formats.pasted import Pasted, PastedObjective
from coach.language import LANGUAGES, Language, in_spelling_of, likelier_language
from coach.learned.heads import Form
from coach.okr import MAX_KEY_RESULTS, MAX_OBJECTIVES
from coach.reading import read
from coach.retrieval.search import Found
from coach.review import Citation

if TYPE_CHECKING:
    from coach.chat.strategy import StrategyTalk
    from coach.chat.voice import Voice

Versions = Callable[[int], DraftVersion]
"""Finds an earlier version of the draft by its number."""

_NUMBERED = re.compile(r"^\W*(?:KR|Key Result)\s?#?(\d{1,2})\s?[:=–-]\s*\S", re.IGNORECASE)
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-ZÄÖÜ„“\"])")
_ANSWER_WORDS = 65
_REASON_WORDS = 45
_TERM = 2
_WHY = 1
_BULLETS = re.compile(r"(?:^|\s)[-•]\s+(?=[“„\"«])")
_TITLE = 80
_ENOUGH = 3
_SWITCHABLE = frozenset({TurnKind.DRAFT, TurnKind.ANSWER, TurnKind.QUESTION})


class Find(Protocol):
    """Finds passages of the knowledge base, best first."""

    def __call__(self, query: str, *, language: Language | None = None, limit: int = 5) -> list[Found]:
        """Return at most `limit` passages."""


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
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        new_id: Callable[[], str] = lambda: uuid4().hex,
    ) -> None:
        self._critic = critic
        self._find = find
        self._muted: frozenset[str] = frozenset()
        self._strategy = strategy
        self._passage = passage
        self._voice = voice
        self._guide = Guide(critic, catalog)
        self._catalog = catalog
        self._clock = clock
        self._new_id = new_id

    def without(self, muted: frozenset[str]) -> "ChatCoach":
        """Return a coach that raises nothing resting on these patterns."""
        muted = named_today(muted, self._catalog)
        if muted == self._muted:
            return self
        other = copy(self)
        other._muted = muted
        other._guide = Guide(self._critic, self._catalog, muted)
        return other

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
        heard, language = self._heard(conversation, message)
        seen = looked_at(conversation, language, self._muted)
        seen = seen or look(self._critic, conversation.draft, conversation, language, self._muted)
        talk = talk_of(conversation, seen, language)
        if message.action is None and self._strategy and (kind := self._strategy.respond(talk, message.text)):
            return self._step(talk, kind, message, language)
        if message.action is not None:
            self._act(talk, message.action, versions)
        else:
            self._respond(talk, heard, message.text, versions)
        return self._step(talk, heard.kind, message, language)

    async def stream(self, conversation: Conversation, message: Message, versions: Versions) -> AsyncGenerator[Event]:
        """Yield the events of a turn, worded by the model where there is one; the last is `done` or `error`.

        `DoneEvent` carries both halves of the step to be stored. Closing the iterator ends the model's call.
        """
        step = await asyncio.to_thread(self.turn, conversation, message, versions)
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
            rest = f" …\n\n{reply.text}" if said else reply.text
        if rest:
            said.append(rest)
            yield TokenEvent(text=rest)
        after = _reworded(step, "".join(said), degraded)
        yield DoneEvent(turn=after.turn, conversation=after.conversation)

    def _passages(self, citations: Sequence[Citation]) -> list[str]:
        found = (self._passage(citation.id) for citation in citations)
        return [text for text in found if text is not None]

    # -- what was said ---------------------------------------------------------------------------------------------

    def _heard(self, conversation: Conversation, message: Message) -> tuple[Heard, Language]:
        language = conversation.language
        if message.action is not None:
            kind = {"accept": TurnKind.ACCEPT, "reject": TurnKind.REJECT, "undo": TurnKind.UNDO}
            heard = Heard(kind.get(message.action.do, TurnKind(message.action.do)), option=message.action.option)
            return heard, message.action.language or language
        if not message.text.strip():
            raise InputError([Problem("/text", "is empty, and there is no action", "empty-message")])
        fixed = conversation.language_fixed
        guessed = language
        if not fixed:
            first = conversation.turns == 0
            guessed = self._first(message.text, language) if first else language_of(message.text, language)
        words = words_in(guessed, conversation.address)
        heard = hear(message.text, conversation, words, lambda text: self._form(text, guessed))
        if heard.kind == TurnKind.LANGUAGE:
            return heard, "en" if heard.about == "en" else "de"
        return heard, guessed

    def _first(self, text: str, default: Language) -> Language:
        """Return the language of the first message; two words of anything say little, a greeting says it."""
        greeted = next((language for language in LANGUAGES if words_in(language).is_all("hello", text)), None)
        few = len(text.split()) < _ENOUGH
        return greeted or (default if few else likelier_language(text))

    def _form(self, text: str, language: Language) -> Form | None:
        found = self._critic.read_query(text, language).form
        return Form(*found) if found else None

    # -- what the coach does ---------------------------------------------------------------------------------------

    def _respond(self, talk: Talk, heard: Heard, text: str, versions: Versions) -> None:
        match heard.kind:
            case TurnKind.DRAFT if heard.pasted is not None:
                self._take(talk, heard.pasted, text)
            case TurnKind.ANSWER:
                self._guide.answered(talk, text)
            case TurnKind.QUESTION:
                if heard.about == "clarify":
                    self._clarify(talk)
                else:
                    self._explain(talk, text)
            case TurnKind.ACCEPT:
                self._accept(talk, heard.option)
            case TurnKind.REJECT:
                self._reject(talk, keep=heard.keep)
            case TurnKind.UNDO:
                self._undo(talk, versions)
            case TurnKind.REWRITE:
                pending, offered = talk.pending, talk.proposal
                element = pending.element if pending else None
                if offered is not None and element is None:
                    element = offered.options[0].edits[0].element
                if self._guide.offer_rewrite(talk, element):
                    if offered is not None and talk.proposal is not None and offered.options == talk.proposal.options:
                        talk.lines.clear()
                        talk.proposal = offered
                        talk.say("same_offer")
                else:
                    talk.say("nothing_to_rewrite" if talk.draft.objectives else "no_draft_yet")
                    talk.pending = pending
            case TurnKind.LOOKS_GOOD:
                if talk.draft.objectives:
                    self._guide.close(talk)
                else:
                    talk.say("no_draft_yet")
            case TurnKind.LANGUAGE:
                talk.say("language_switched")
                self._again(talk)
            case TurnKind.BOUNDARY:
                talk.say(f"boundary_{heard.about}")
                self._cite(talk, "tied-to-pay" if heard.about == "pay" else "individual-okr")
            case TurnKind.COURTESY:
                again = "hello_again" if talk.draft.objectives else "hello"
                talk.say("thanks" if heard.about == "thanks" else again)
            case TurnKind.OVERRIDE | TurnKind.OFF_TOPIC:
                talk.say(heard.kind.value)

    def _act(self, talk: Talk, action: Action, versions: Versions) -> None:
        match action.do:
            case "accept":
                if talk.proposal is None or action.proposal not in {None, talk.proposal.id}:
                    raise InputError([Problem("/action/proposal", "is not on offer (any more)", "stale-proposal")])
                self._accept(talk, action.option)
            case "reject":
                self._reject(talk, keep=False)
            case "undo":
                self._undo(talk, versions)
            case "language":
                if action.language is None:
                    raise InputError([Problem("/action/language", "is missing", "missing")])
                talk.say("language_switched")
                self._again(talk)
            case "edit":
                self._edit(talk, action)

    def _accept(self, talk: Talk, option: int) -> None:
        proposal = talk.proposal
        if proposal is None:
            talk.say("nothing_offered")
            return
        if option >= len(proposal.options):
            raise InputError([Problem("/action/option", f"there are {len(proposal.options)} options", "no-option")])
        chosen = proposal.options[option]
        talk.make(chosen, "accepted")
        for edit in chosen.edits:
            self._guide.keep_means(talk, edit)
        talk.say("accepted")
        self._guide.go_on(talk)

    def _reject(self, talk: Talk, *, keep: bool) -> None:
        """Drop what is on offer; with `keep`, or at the second refusal, leave the element and go on."""
        offered, question = talk.proposal, talk.pending
        talk.proposal = None
        talk.say("rejected")
        if offered is not None:
            edit = offered.options[0].edits[0]
            question = Question(text="", element=edit.element, objective=edit.objective)
        if question is not None:
            self._guide.set_aside(talk, question)
        self._guide.go_on(talk)

    def _undo(self, talk: Talk, versions: Versions) -> None:
        version = talk.conversation.version
        if version is None or version.parent is None:
            talk.say("nothing_to_undo")
            return
        before = versions(version.parent)
        talk.put(before.draft, "undone", parent=before.parent)
        talk.seen = self._guide.look(talk)
        talk.say("undone")
        self._guide.go_on(talk)

    def _edit(self, talk: Talk, action: Action) -> None:
        before = talk.draft.texts().get(action.element or "")
        if action.element is None or before is None:
            raise InputError([Problem("/action/element", "is no element of the draft", "unknown-element")])
        if action.text is not None and not action.text.strip():
            raise InputError([Problem("/action/text", "is empty; leave it out to remove the element", "empty")])
        if action.text is None and action.element.startswith("o"):
            raise InputError([Problem("/action/text", "is missing; an objective cannot be removed", "missing")])
        talk.make(
            Option(edits=(edit_of(action.element, before, action.text),), status="verified", source="user"), "edited"
        )
        talk.say("edited")
        self._guide.go_on(talk)

    def _again(self, talk: Talk) -> None:
        """Take up in the language chosen what was open in the other one."""
        if talk.draft.objectives and talk.pending is not None:
            self._guide.go_on(talk)

    # -- a draft ---------------------------------------------------------------------------------------------------

    def _take(self, talk: Talk, pasted: Pasted, text: str) -> None:
        """Put what was pasted on the table: a whole draft in place of the old one, key results alone beside it."""
        found = _as_meant(pasted, talk)
        few = talk.draft.objectives and not pasted.shaped and len(text.split()) < _ENOUGH
        if not found or few or not any(map(str.isalnum, text)):
            talk.say("unclear")
            return
        if len(found) > MAX_OBJECTIVES or any(len(o.key_results) > MAX_KEY_RESULTS for o in found):
            raise InputError(
                [Problem("/text", "holds more objectives or key results than a draft may have", "too-long")]
            )
        number = _NUMBERED.match(text)
        if number and talk.draft.objectives and len(found) == 1 and len(found[0].key_results) == 1:
            inner = talk.draft.objectives[0].key_results
            if int(number[1]) <= len(inner):
                old = inner[int(number[1]) - 1]
                edit = edit_of(old.id, old.text, found[0].key_results[0]["text"])
                talk.make(Option(edits=(edit,), status="verified", source="user"), "edited")
                talk.say("edited")
                self._guide.go_on(talk)
                return
        if talk.draft.objectives and all(o.objective is None for o in found):
            last = talk.draft.objectives[-1]
            edits = [
                edit_of(talk.new_id("k"), None, row["text"], objective=last.id) for o in found for row in o.key_results
            ]
            talk.put(applied(talk.draft, edits), "pasted")
        else:
            talk.put(self._new_draft(talk, found), "pasted")
            talk.set_aside.clear()
        size = sum(len(objective.key_results) for objective in talk.draft.objectives)
        objectives = sum(objective.text is not None for objective in talk.draft.objectives)
        counted = (
            talk.words.counted("count_objective", objectives) if objectives else talk.words.say("no_objective_yet")
        )
        if size > 1:
            key_results = talk.words.counted("count_key_result", size)
            talk.say("taken_parts", objectives=counted, key_results=key_results)
        else:
            talk.say("taken")
        self._guide.go_on(talk)

    def _new_draft(self, talk: Talk, found: Sequence[PastedObjective]) -> WorkingDraft:
        return WorkingDraft(
            objectives=tuple(
                WorkingObjective(
                    id=talk.new_id("o"),
                    text=o.objective,
                    key_results=tuple(WorkingKeyResult(id=talk.new_id("k"), **row) for row in o.key_results),
                )
                for o in found
            )
        )

    # -- a question ------------------------------------------------------------------------------------------------

    def _explain(self, talk: Talk, text: str) -> None:
        """Answer from the best passage, and cite it."""
        text = talk.words.patterns["asks_lead"].sub("", text)
        found = self._find(self._meant(talk, text), language=talk.language, limit=5)
        if not found:
            talk.say("no_answer_found")
        else:
            terms = [p for p in found if p.type == "glossary"] or self._terms(talk, text)
            terms = terms if talk.words.has("defines", text) else []
            best = next((p for p in (*terms, *found) if _first_words(p.text)), found[0])
            talk.lines.append(_first_words(best.text) or best.heading)
            talk.citations = [_cited(best), *(_cited(passage) for passage in found[:2] if passage.id != best.id)][:2]
        if talk.pending is not None or talk.proposal is not None:
            talk.say("back_to_draft")

    def _terms(self, talk: Talk, text: str) -> list[Found]:
        """Return the glossary's words on the term that a question asks for."""
        term = talk.words.patterns["defines"].sub("", text).split()[-_TERM:]
        named = " ".join(term).strip(" ?!.")
        if not named:
            return []
        found = self._find(named, language=talk.language, limit=5)
        return [p for p in found if p.type == "glossary" and p.heading.lower() in named.lower()]

    def _meant(self, talk: Talk, text: str) -> str:
        """Return a question with what it refers to, where a value was asked for that nobody knows."""
        if talk.pending is None:
            return text
        if talk.pending.slot in {Slot.BASELINE, Slot.TARGET} and talk.words.has("not_knowing", text):
            return f"{self._catalog.patterns['no-baseline'].text[talk.language].name}: {text}"
        return text

    def _clarify(self, talk: Talk) -> None:
        """Say why the open question is asked, and ask it in other words."""
        slug = talk.pending.pattern if talk.pending else None
        if talk.pending is None and talk.proposal is not None:
            at = talk.seen.at(talk.proposal.options[0].edits[0].element)
            slug = at[0].finding.pattern if at else None
        if slug is not None and slug in self._catalog.patterns:
            why = self._catalog.patterns[slug].text[talk.language].sections[_WHY]
            talk.lines.append(_first_words(why.text, _REASON_WORDS))
            self._cite(talk, slug)
        self._guide.ask_otherwise(talk)
        if not talk.lines:
            talk.say("back_to_draft")

    def _cite(self, talk: Talk, slug: str) -> None:
        query = self._catalog.patterns[slug].text[talk.language].name
        talk.citations = [_cited(p) for p in self._find(query, language=talk.language, limit=3) if p.slug == slug][:1]

    # -- the step --------------------------------------------------------------------------------------------------

    def _step(self, talk: Talk, kind: TurnKind, message: Message, language: Language) -> Step:
        before = talk.conversation
        if talk.version is not None:
            talk.seen = self._guide.look(talk)
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


def _as_meant(pasted: Pasted, talk: Talk) -> list[PastedObjective]:
    """Return what was pasted; one plain sentence with a measure or a date is a key result, any other an objective."""
    if pasted.shaped or len(pasted.objectives) != 1 or pasted.objectives[0].key_results:
        return pasted.objectives
    text = pasted.objectives[0].objective or ""
    _, colon, wish = text.partition(": ")
    text = wish if colon and talk.words.has("wish", wish) else text
    text = talk.words.patterns["wish"].sub("", text)
    text = text[:1].upper() + text[1:]
    signals = read(text, talk.language).signals
    if talk.draft.objectives or {"measure", "deadline"} & set(signals):
        return [PastedObjective(None, [{"text": text}])]
    return [PastedObjective(text, [])]


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
    """Return the coach's words with ss for ß where the draft is written in Swiss German."""
    sample = " ".join(talk.draft.texts().values())
    return in_spelling_of(sample, text) if talk.language == "de" else text


def _title(talk: Talk) -> str:
    first = next(iter(talk.draft.texts().values()), "")
    return first if len(first) <= _TITLE else first[: _TITLE - 1].rsplit(" ", 1)[0] + "…"


def _first_words(text: str, most: int = _ANSWER_WORDS) -> str:
    """Return the first sentences of a passage without its list, as many as a chat turn can hold."""
    paragraph = " ".join(_BULLETS.split(text)[0].replace("**", "").split())
    kept: list[str] = []
    size = 0
    for sentence in _SENTENCE.split(paragraph):
        if sentence.rstrip('”“"').endswith("?"):
            continue
        size += len(sentence.split())
        if kept and size > most:
            break
        kept.append(sentence)
    return " ".join(kept)


def _cited(passage: Found) -> Citation:
    return Citation(**passage.model_dump(include=set(Citation.model_fields)))
