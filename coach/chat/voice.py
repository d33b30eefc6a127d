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
_WORDS = re.compile(r"\s*\S+")
_JOINS = re.compile(r"(?:und|oder|aber|and|or|but|so|also),?", re.IGNORECASE)
_SENTENCE_END = re.compile(r"[.!?…:–—][\"'“”»)\]]*$")
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
    """Lets words through that may be said; the word still being spoken is held back, and the question until the end:
    where the model fails on the way, the guided question is the only one."""

    def __init__(self, words: Words, known: str, passages: int, *, asks: bool) -> None:
        self._words = words
        self._numbers = set(_NUMBER.findall(known))
        self._passages = passages
        self._asks = asks
        self._held = ""
        self._count = 0
        self._starts = True
        self._perhaps: str | None = None
        self._asked = False
        self._question = ""
        self._passed = 0
        self.said = ""

    def heard(self, piece: str) -> str:
        """Return what of the text heard so far may be passed on now: its whole words."""
        self._held += piece
        match = _WHOLE_WORDS.match(self._held)
        if match is None:
            return ""
        self._held = self._held[match.end() :]
        return "".join(self._let(word) for word in _WORDS.findall(match[0]))

    def end(self) -> str:
        """Return the last word, and the question."""
        last, self._held = self._held.rstrip(), ""
        passed = self._let(last) if last else ""
        unfinished, self._perhaps = self._perhaps, None
        question = f" {self._question.lstrip()}" if self._question else ""
        return passed + "".join(self._pass(text) for text in (unfinished, question) if text)

    def _let(self, word: str) -> str:
        """Check a word; return it, or nothing while the sentence may turn out to be a question."""
        self._check(word)
        if self._starts and self._may_ask(word.strip()):
            self._perhaps = ""
        self._starts = _SENTENCE_END.search(word) is not None
        if self._perhaps is None:
            if "?" in word:
                self._ask()
            return self._pass(word)
        self._perhaps += word
        if not self._starts:
            return ""
        sentence, self._perhaps = self._perhaps, None
        if "?" not in word:
            return self._pass(sentence)
        self._ask()
        self._question = sentence
        return ""

    def _may_ask(self, first: str) -> bool:
        """Whether a sentence that starts with this word may become a question."""
        return _JOINS.fullmatch(first) is not None or self._words.patterns["question_start"].match(first) is not None

    def _ask(self) -> None:
        if self._asked or not self._asks:
            raise ModelOutputInvalid("several-questions", "the model asks more than one question")
        self._asked = True

    def _check(self, word: str) -> None:
        """Raise ModelOutputInvalid where a word may not be said."""
        self._count += 1
        bare = _CITED.sub("", word)
        if bare != word and any(int(n) not in range(1, self._passages + 1) for n in _CITED.findall(word)):
            raise ModelOutputInvalid("foreign-citation", "the model cites a passage that it was not given")
        if any(number not in self._numbers for number in _NUMBER.findall(bare)):
            raise ModelOutputInvalid("invented-number", "the model names a number that nobody gave")
        if self._count > _MOST_WORDS:
            raise ModelOutputInvalid("too-long", "the model talks too long")
        if _LINK.search(word):
            raise ModelOutputInvalid("out-of-bounds", "the model says what the coach does not say")

    def _pass(self, text: str) -> str:
        """Return what is said, once more is known than its words: about whom, and in which language."""
        passed = text if self.said else text.lstrip()
        if self._words.has("person", self._end_of_said() + passed):
            raise ModelOutputInvalid("out-of-bounds", "the model says what the coach does not say")
        self.said += passed
        before, self._passed = self._passed, self._passed + len(text.split())
        if before < _ENOUGH_WORDS <= self._passed:
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
