"""The voice of a model: it words what was decided, and every word is checked before anybody reads it."""

import re
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from typing import Protocol

from coach.chat.words import Words
from coach.conversation import Step, TurnKind
from coach.errors import ModelOutputInvalid
from coach.language import guess_language
from coach.llm import Deadline
from coach.prompting import Message, open_prompt

_WORDED = frozenset(
    {TurnKind.QUESTION, TurnKind.DRAFT, TurnKind.ANSWER, TurnKind.ACCEPT, TurnKind.REJECT, TurnKind.EDIT}
)
_WHOLE_WORDS = re.compile(r"(?:\s*\S+(?=\s))+")
_NUMBER = re.compile(r"\d+")
_CITED = re.compile(r"\[(\d+)\]")
_LINK = re.compile(r"https?:|www\.|</?\w|[{}]", re.IGNORECASE)
_LONGEST_PHRASE = 160
_MOST_WORDS = 120
_ENOUGH_WORDS = 12
_PACE = 0.05  # every word goes out checked; in bundles, for nobody reads faster than this
_NAMES = {"de": "German", "en": "English"}


class Streams(Protocol):
    """A chat model that answers as it goes."""

    name: str

    def deadline(self) -> Deadline:
        """Return how long one answer may take."""

    def stream(self, messages: Sequence[Message], deadline: Deadline, *, pace: float = 0.0) -> AsyncGenerator[str]:
        """Yield the answer in pieces, later ones at most every `pace` seconds; raise ModelError where it fails."""


class Voice:
    """Words a step by a model, word by word as it comes."""

    def __init__(self, model: Streams) -> None:
        self._model = model
        self._prompt = open_prompt("chat")

    def words(self, step: Step) -> bool:
        """Whether a step is one that the model may word: what it offers is quoted by ourselves."""
        reply = step.turn.reply
        asks = reply.question is not None
        return step.turn.kind in _WORDED and reply.proposal is None and (asks or bool(reply.citations))

    async def speak(self, step: Step, passages: Sequence[str], words: Words) -> AsyncGenerator[str]:
        """Yield the model's words, each checked. Raises ModelError where the model fails or says what it may not;
        what was yielded before stands."""
        reply = step.turn.reply
        question = reply.question.text if reply.question else ""
        messages = self._prompt.render(
            {
                "language_name": _NAMES[words.language],
                "address": {"du": "Du", "sie": "Sie"}[step.conversation.address] if words.language == "de" else "",
                "kind": step.turn.kind.value,
                "said": step.turn.message.text,
                "guided": reply.text.removesuffix(question).strip(),
                "question": question,
                "passages": list(passages),
                "draft": list(step.conversation.draft.texts().values()),
            }
        )
        known = "\n".join([*passages, reply.text, step.turn.message.text, *step.conversation.draft.texts().values()])
        check = _Check(words, known, len(passages), asks=bool(question))
        async with aclosing(self._model.stream(messages, self._model.deadline(), pace=_PACE)) as pieces:
            async for piece in pieces:
                if text := check.heard(piece):
                    yield text
        if text := check.end():
            yield text
        check.whole(must_cite=step.turn.kind == TurnKind.QUESTION)


class _Check:
    """Lets words through that may be said; only the word still being spoken is held back."""

    def __init__(self, words: Words, known: str, passages: int, *, asks: bool) -> None:
        self._words = words
        self._numbers = set(_NUMBER.findall(known))
        self._passages = passages
        self._asks = asks
        self._held = ""
        self._count = 0
        self._questions = 0
        self.said = ""

    def heard(self, piece: str) -> str:
        """Return what of the text heard so far may be passed on now: its whole words."""
        self._held += piece
        match = _WHOLE_WORDS.match(self._held)
        if match is None:
            return ""
        self._held = self._held[match.end() :]
        return self._let(match[0])

    def end(self) -> str:
        """Return the last word."""
        last, self._held = self._held, ""
        return self._let(last.rstrip()) if last.strip() else ""

    def _let(self, words: str) -> str:
        passed = words if self.said else words.lstrip()
        before, self._count = self._count, self._count + len(words.split())
        self._questions += passed.count("?")
        bare = _CITED.sub("", words)
        if bare != words and any(int(n) not in range(1, self._passages + 1) for n in _CITED.findall(words)):
            raise ModelOutputInvalid("foreign-citation", "the model cites a passage that it was not given")
        if any(number not in self._numbers for number in _NUMBER.findall(bare)):
            raise ModelOutputInvalid("invented-number", "the model names a number that nobody gave")
        if self._questions > int(self._asks):
            raise ModelOutputInvalid("several-questions", "the model asks more than one question")
        if self._count > _MOST_WORDS:
            raise ModelOutputInvalid("too-long", "the model talks too long")
        if _LINK.search(words) or self._words.has("person", self._end_of_said() + passed):
            raise ModelOutputInvalid("out-of-bounds", "the model says what the coach does not say")
        self.said += passed
        if before < _ENOUGH_WORDS <= self._count:
            guess = guess_language(self.said, default=self._words.language)
            if guess.certain and guess.language != self._words.language:
                raise ModelOutputInvalid("other-language", "the model speaks another language")
        return passed

    def _end_of_said(self) -> str:
        """Return the last whole words, enough for any phrase that is looked for."""
        if len(self.said) <= _LONGEST_PHRASE:
            return self.said
        return self.said[-_LONGEST_PHRASE:].partition(" ")[2]

    def whole(self, *, must_cite: bool) -> None:
        """Raise ModelOutputInvalid where the answer as a whole may not stand."""
        if not self.said.strip():
            raise ModelOutputInvalid("empty", "the model said nothing")
        if must_cite and self._passages and not _CITED.search(self.said):
            raise ModelOutputInvalid("no-citation", "the model names no passage")
