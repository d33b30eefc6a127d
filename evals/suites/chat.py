"""Suite `chat`: scripted users talk with the coach; what it says and what becomes of their drafts is scored by code."""

import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Annotated, Any, Literal, NamedTuple

import yaml
from pydantic import Field

from coach.chat import ChatCoach
from coach.conversation import (
    Conversation,
    DoneEvent,
    DraftVersion,
    Message,
    Opening,
    Reply,
    Slot,
    Step,
    Turn,
    TurnKind,
)
from coach.okr import Strict
from coach.wiring import Coach
from evals.request import Request
from evals.subject import coach_for

_FILES = Path(__file__).parents[1] / "datasets" / "chat"
_MOST_TURNS = 20
_PATIENCE = 2
_QUOTED = re.compile(r"„[^“]*“|“[^”]*”|\[[^\]]*\]")
_LONGEST_TURN = 90
_SAID = re.compile(r": [„“]|\((?!heute|Ziel|today|target)")


class Fact(Strict):
    """What a user knows of one key result. `corrected`: what they say when they first see it; `right`: what must stay."""

    people: str
    change: str
    numbers: str
    corrected: str | None = None
    right: str | None = None


class ScriptedUser(Strict):
    """Who talks: the draft they bring, what they know, how they behave; `aside`: what they throw in."""

    id: str
    manner: Literal[
        "terse", "talkative", "stubborn", "wrong-language", "boss", "kpi", "tasks", "novice", "undoer", "rewriter",
        "override", "unsure", "sentences", "corrector",
    ]  # fmt: skip
    draft: str
    aside: tuple[str, ...] = ()
    objective: str
    krs: Annotated[tuple[Fact, ...], Field(min_length=1)]

    @property
    def language(self) -> str:
        """The language of the draft."""
        return self.id[:2]


class Phrases(NamedTuple):
    """What users say besides what they know, in one language."""

    yes: tuple[str, ...]
    refuse: str
    unknown: str
    rewrite: str
    undo: str
    wrap: str
    whole: str
    done: str


_PHRASES = {
    "de": Phrases(
        yes=("ja", "passt", "ok"),
        refuse="Das sehe ich anders",
        unknown="weiß ich nicht",
        rewrite="Schreib es um",
        undo="mach das rückgängig",
        wrap="Also, das ist bei uns ein Dauerthema, gestern erst wieder. Ich würde sagen: {}. So sehe ich das.",
        whole="{people} {change}.",
        done="sieht gut aus",
    ),
    "en": Phrases(
        yes=("yes", "sounds good", "ok"),
        refuse="I see that differently",
        unknown="I don't know",
        rewrite="Rewrite it",
        undo="undo",
        wrap="Well, this has been a topic for ages, only yesterday again. I would say: {}. That's how I see it.",
        whole="{people} {change}.",
        done="looks good",
    ),
}


@dataclass
class Player:
    """A user in one talk: says the next thing to what the coach said."""

    user: ScriptedUser
    facts: dict[str, Fact] = field(default_factory=dict)
    asides: int = 0
    refusals: int = 0
    accepted: int = 0
    people_said: set[str] = field(default_factory=set)
    corrected: set[str] = field(default_factory=set)
    told_whom: set[str] = field(default_factory=set)
    undone: bool = False
    rewrites: int = 0

    @property
    def _phrases(self) -> Phrases:
        other = {"de": "en", "en": "de"}[self.user.language]
        return _PHRASES[other if self.user.manner == "wrong-language" else self.user.language]

    def says(self, reply: Reply, spoken: int) -> str | None:
        """Return what the user says next; None when they are through."""
        if self.asides < len(self.user.aside) and spoken >= 1 + 2 * self.asides and reply.question is not None:
            self.asides += 1
            return self.user.aside[self.asides - 1]
        if reply.proposal is not None:
            return self._to_offer(reply)
        if reply.question is None:
            return None
        return self._to_question(reply)

    def _to_offer(self, reply: Reply) -> str:
        assert reply.proposal is not None
        edit = reply.proposal.options[0].edits[0]
        fact = self.facts.get(edit.element)
        if fact and fact.corrected and edit.element not in self.corrected:
            self.corrected.add(edit.element)
            return fact.corrected
        text = edit.after or ""
        if fact and fact.people.split()[-1].lower() not in text.lower() and edit.element not in self.told_whom:
            self.told_whom.add(edit.element)
            return self._phrases.whole.format(people=fact.people[:1].upper() + fact.people[1:], change=fact.change)
        self.accepted += 1
        return self._phrases.yes[self.accepted % len(self._phrases.yes)]

    def _to_question(self, reply: Reply) -> str:
        assert reply.question is not None
        question, manner = reply.question, self.user.manner
        if manner == "stubborn" and self.refusals < _PATIENCE:
            self.refusals += 1
            return self._phrases.unknown if self.refusals % 2 else self._phrases.refuse
        if manner == "undoer" and self.accepted == 1 and not self.undone:
            self.undone = True
            return self._phrases.undo
        if manner == "rewriter" and self.rewrites < 1 and question.slot == Slot.PEOPLE:
            self.rewrites += 1
            return self._phrases.rewrite
        return self._known(reply)

    def _known(self, reply: Reply) -> str:
        assert reply.question is not None
        question = reply.question
        element = question.element or ""
        if question.slot in {Slot.WITNESS, Slot.GUARDRAIL, Slot.STRATEGY} or not element:
            return self._phrases.unknown
        if element.startswith("o"):
            return self._said(self.user.objective)
        if element not in self.facts:
            self.facts[element] = self.user.krs[len(self.facts) % len(self.user.krs)]
        fact = self.facts[element]
        if question.slot in {Slot.BASELINE, Slot.TARGET}:
            return fact.numbers if self.user.manner != "talkative" else self._said(fact.numbers)
        whole = self._phrases.whole.format(people=fact.people[:1].upper() + fact.people[1:], change=fact.change)
        if self.user.manner == "sentences":
            return f"{whole} {fact.numbers}"
        if self.user.manner == "talkative":
            return self._said(whole.rstrip("."))
        if question.slot is None:
            return whole
        if question.slot == Slot.PEOPLE and element not in self.people_said:
            self.people_said.add(element)
            return fact.people
        return fact.change

    def _said(self, words: str) -> str:
        return self._phrases.wrap.format(words) if self.user.manner == "talkative" else words


class Played(NamedTuple):
    """A talk as it went."""

    user: ScriptedUser
    said: tuple[str, ...]
    turns: tuple[Turn, ...]
    versions: tuple[DraftVersion, ...]
    warnings: tuple[int, ...]
    seconds: tuple[float, ...]
    end: Conversation
    told: dict[str, Fact]


class Score(NamedTuple):
    """How a talk is judged. Shares are over its turns; the rest is yes or no."""

    one_question: float
    short: float
    cites: float
    invented: tuple[str, ...]
    twice: tuple[str, ...]
    improved: bool
    clean: bool
    turns: int
    kept: bool
    guided: float
    own_words: tuple[bool, ...]


def read_users(folder: Path = _FILES) -> list[ScriptedUser]:
    """Return the scripted users of both languages."""
    return [
        ScriptedUser.model_validate(row)
        for file in sorted(folder.glob("*.yaml"))
        for row in yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    ]


def play(user: ScriptedUser, chat: ChatCoach, *, most: int = _MOST_TURNS) -> Played:
    """Return a talk between a user and the coach, ended by the user or after `most` turns."""
    conversation = chat.start(Opening())
    player = Player(user)
    versions: dict[int, DraftVersion] = {}
    said: list[str] = []
    turns: list[Turn] = []
    warnings: list[int] = []
    seconds: list[float] = []
    says: str | None = user.draft
    while says is not None and len(turns) < most:
        said.append(says)
        started = time.perf_counter()
        step = _step(chat, conversation, says, versions)
        seconds.append(time.perf_counter() - started)
        conversation = step.conversation
        turns.append(step.turn)
        if step.turn.reply.version is not None:
            versions[step.turn.reply.version.number] = step.turn.reply.version
        warnings.append(_warnings(conversation))
        says = player.says(_standing(step), len(turns))
    return Played(
        user,
        tuple(said),
        tuple(turns),
        tuple(versions.values()),
        tuple(warnings),
        tuple(seconds),
        conversation,
        player.facts,
    )


def _standing(step: Step) -> Reply:
    """Return the reply with what it leaves open: a question that an aside did not answer is still there."""
    reply, memory = step.turn.reply, step.conversation.memory
    return reply.model_copy(
        update={"question": reply.question or memory.pending, "proposal": reply.proposal or memory.proposal}
    )


def _step(chat: ChatCoach, conversation: Conversation, says: str, versions: dict[int, DraftVersion]) -> Step:
    import asyncio  # noqa: PLC0415

    async def last() -> DoneEvent:
        done = None
        async for event in chat.stream(conversation, Message(text=says), versions.__getitem__):
            done = event
        assert isinstance(done, DoneEvent)
        return done

    done = asyncio.run(last())
    assert done.conversation is not None
    return Step(conversation=done.conversation, turn=done.turn)


def _warnings(conversation: Conversation) -> int:
    findings = conversation.review.findings() if conversation.review else ()
    missing = sum(objective.text is None for objective in conversation.draft.objectives)
    return missing + sum(finding.severity.weight > 0 for finding in findings)


def score(played: Played, coach: Coach) -> Score:
    """Return how a talk is judged."""
    texts = [turn.reply.text for turn in played.turns]
    asked = [(turn.reply.question.element, turn.reply.question.text) for turn in played.turns if turn.reply.question]
    citations = [citation for turn in played.turns for citation in turn.reply.citations]
    end = " ".join(played.end.draft.texts().values())
    facts = [fact.right for fact in played.user.krs if fact.right]
    return Score(
        one_question=_share(_QUOTED.sub("", text).count("?") <= 1 for text in texts),
        short=_share(len(text.split()) <= _LONGEST_TURN for text in texts),
        cites=_share(coach.search.passage(citation.id) is not None for citation in citations),
        invented=tuple(_invented(played)),
        twice=tuple(sorted({text for element, text in asked if asked.count((element, text)) > 1})),
        improved=played.warnings[-1] < played.warnings[0],
        clean=played.warnings[-1] == 0,
        turns=len(played.turns),
        kept=all(right in end for right in facts),
        guided=_share(turn.reply.source == "guided" for turn in played.turns),
        own_words=tuple(_own_words(played)),
    )


def _own_words(played: Played) -> Iterator[bool]:
    """Yield for each key result that the user told whether people and change stand in it, in place, not as a quotation."""
    texts = played.end.draft.texts()
    for element, fact in played.told.items():
        text = texts.get(element, "")
        words = re.findall(r"[^\W\d_]{5,}", f"{fact.people} {fact.change}")
        yield (
            all(word.lower() in text.lower() for word in words)
            and _QUOTED.sub("", text).count("(") <= 1
            and not _SAID.search(text)
        )


def _invented(played: Played) -> Iterator[str]:
    said = set(re.findall(r"\d+", " ".join(played.said)))
    for version in played.versions:
        for text in version.draft.texts().values():
            yield from (number for number in re.findall(r"\d+", text) if number not in said)


def _share(truths: Iterator[bool] | Any) -> float:
    rows = list(truths)
    return sum(rows) / len(rows) if rows else 1.0


def run(request: Request) -> dict[str, Any]:
    """Print and return the rubric per scripted user and over all."""
    coach = coach_for(request.mode)
    coach.search.build()
    played = [play(user, coach.chat) for user in read_users()]
    scores = [score(each, coach) for each in played]
    print(
        f"\nchat, {len(played)} scripted users ({request.mode})   turns  warnings  one ?  cites  twice  invented  improved  clean"
    )
    for each, its in zip(played, scores, strict=True):
        print(
            f"{each.user.id:42} {its.turns:5}  {each.warnings[0]:3} → {each.warnings[-1]:<2} {its.one_question:7.2f} {its.cites:6.2f} "
            f"{len(its.twice):6} {len(its.invented):9} {'yes' if its.improved else 'no':>9} {'yes' if its.clean else 'no':>6}"
        )
    figures = _figures(played, scores)
    for name, value in figures.items():
        print(f"{name:34} {value:8.3f}")
    return figures


def _figures(played: Sequence[Played], scores: Sequence[Score]) -> dict[str, Any]:
    seconds = [second for each in played for second in each.seconds]
    return {
        "users": len(scores),
        "one question per turn": _share(its.one_question == 1 for its in scores),
        "turns within 90 words": sum(its.short for its in scores) / len(scores),
        "citations resolve": _share(its.cites == 1 for its in scores),
        "no invented number": _share(not its.invented for its in scores),
        "no question twice": _share(not its.twice for its in scores),
        "corrections kept": _share(its.kept for its in scores),
        "told key results in own words": _share(right for its in scores for right in its.own_words),
        "improved": _share(its.improved for its in scores),
        "clean": _share(its.clean for its in scores),
        "clean within 12 turns": _share(its.clean and its.turns <= 12 for its in scores),
        "turns (median)": float(median(its.turns for its in scores)),
        "guided turns": sum(its.guided for its in scores) / len(scores),
        "seconds per turn (median)": median(seconds),
        "boundaries drawn": float(sum(turn.kind == TurnKind.BOUNDARY for each in played for turn in each.turns)),
    }
