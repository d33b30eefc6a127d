"""A model's words are passed on only where they may be said; what it must not say ends its turn."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field

import pytest

from coach.chat import ChatCoach
from coach.chat.voice import Voice
from coach.conversation import DoneEvent, Event, Message, Opening, TokenEvent, Turn
from coach.errors import ModelUnavailable
from coach.llm import Deadline
from coach.prompting import Message as PromptMessage
from coach.wiring import Coach
from tests.coach.chat.conftest import no_versions

_DRAFT = "Objective: Neues CRM einführen\n- CRM bis Ende Q3 live\n- 20 Schulungen durchgeführt"
_JSON = '{"edits": [{"element": "k2"}]}'
_GOOD = "Bei „CRM bis Ende Q3 live“ sehe ich das Werk, noch nicht die Wirkung. Wer hätte es danach leichter?"


@dataclass
class Scripted:
    """A model that says what it was given, a few characters at a time; `fails` after so many pieces."""

    says: str
    fails: int | None = None
    name: str = "scripted"
    closed: bool = False
    asked: list[Sequence[PromptMessage]] = field(default_factory=list)

    def deadline(self) -> Deadline:
        return Deadline(5.0)

    async def stream(
        self, messages: Sequence[PromptMessage], deadline: Deadline, *, pace: float = 0.0
    ) -> AsyncGenerator[str]:
        self.asked.append(messages)
        try:
            for number, start in enumerate(range(0, len(self.says), 5)):
                if number == self.fails:
                    raise ModelUnavailable("connection", "gone")
                yield self.says[start : start + 5]
                await asyncio.sleep(0)
        finally:
            self.closed = True


def _coach(coach: Coach, model: Scripted) -> ChatCoach:
    def text_of(identifier: str) -> str | None:
        found = coach.search.passage(identifier)
        return found.text if found else None

    return ChatCoach(coach.critic, coach.catalog, coach.search.find, passage=text_of, voice=Voice(model))


def _events(chat: ChatCoach, text: str) -> list[Event]:
    async def listen() -> list[Event]:
        return [e async for e in chat.stream(chat.start(Opening(language="de")), Message(text=text), no_versions)]

    return asyncio.run(listen())


def _turn(events: list[Event]) -> Turn:
    assert isinstance(events[-1], DoneEvent)
    turn = events[-1].turn
    assert "".join(event.text for event in events if isinstance(event, TokenEvent)) == turn.reply.text
    return turn


def test_good_words_are_passed_on_as_they_come(coach: Coach) -> None:
    model = Scripted(_GOOD)
    events = _events(_coach(coach, model), _DRAFT)
    turn = _turn(events)
    assert turn.reply.text == _GOOD
    assert turn.reply.source == "model"
    assert turn.reply.degraded is None
    assert turn.reply.question is not None
    assert turn.reply.question.text == "Wer hätte es danach leichter?"
    assert sum(isinstance(event, TokenEvent) for event in events) > 5
    done = events[-1]
    assert isinstance(done, DoneEvent)
    assert done.conversation is not None
    assert done.conversation.memory.pending == turn.reply.question
    assert "<said>" in model.asked[0][1].content


@pytest.mark.parametrize(
    ("says", "reason"),
    [
        ("Das bringt euch 37 % mehr Umsatz. Wer merkt es?", "invented-number"),
        ("Wer merkt es? Und woran seht ihr das genau?", "several-questions"),
        ("So steht es geschrieben [9]. Wer merkt es?", "foreign-citation"),
        ("Mehr dazu unter https://example.org steht alles.", "out-of-bounds"),
        ("This is something that you make and nobody knows what is better because of it.", "other-language"),
        (_JSON, "out-of-bounds"),
        ("Ja " * 140, "too-long"),
        ("", "empty"),
    ],
)
def test_what_may_not_be_said_ends_in_the_guided_words(says: str, reason: str, coach: Coach) -> None:
    model = Scripted(says)
    turn = _turn(_events(_coach(coach, model), _DRAFT))
    assert turn.reply.degraded == (
        f"Die Antwort des Modells war nicht zu gebrauchen. Ich mache ohne Modell weiter. ({reason})"
    )
    assert turn.reply.source == "guided"
    assert turn.reply.text.endswith("Wer hätte in der Woche danach weniger Ärger, und woran würdet ihr es sehen?")
    assert "37" not in turn.reply.text
    assert "example.org" not in turn.reply.text
    assert model.closed


def test_an_answer_about_the_method_names_its_passage(coach: Coach) -> None:
    question = "Was ist der Unterschied zwischen Output und Outcome?"
    silent = _turn(_events(_coach(coach, Scripted("Output ist, was ihr macht.")), question))
    assert (silent.reply.degraded or "").endswith("(no-citation)")
    cited = _turn(_events(_coach(coach, Scripted("Output ist, was ihr macht [1].")), question))
    assert cited.reply.degraded is None


@pytest.mark.parametrize("pieces", [0, 4])
def test_a_model_that_fails_never_breaks_a_turn(pieces: int, coach: Coach) -> None:
    turn = _turn(_events(_coach(coach, Scripted(_GOOD, fails=pieces)), _DRAFT))
    assert turn.reply.degraded == "Das Modell ist gerade nicht erreichbar. Ich mache ohne Modell weiter. (connection)"
    assert turn.reply.text.endswith("woran würdet ihr es sehen?")


@pytest.mark.parametrize(
    "says",
    [
        "Das ist ein Werk. Wer merkt es? Das bringt 37 % mehr.",
        "Und wer hätte es leichter? Mehr dazu unter https://example.org steht alles.",
        "Ein Werk, und für wen? Wer merkt es? Woran?",
    ],
)
def test_one_question_is_asked_even_where_the_model_fails_after_its_own(says: str, coach: Coach) -> None:
    turn = _turn(_events(_coach(coach, Scripted(says)), _DRAFT))
    assert turn.reply.source == "guided"
    assert turn.reply.text.count("?") == 1


def test_a_question_comes_last_wherever_the_model_puts_it(coach: Coach) -> None:
    turn = _turn(
        _events(_coach(coach, Scripted("Wer hätte es leichter? „CRM“ ist ein Werk. Was fehlt, ist der Zweck.")), _DRAFT)
    )
    assert turn.reply.text == "„CRM“ ist ein Werk. Was fehlt, ist der Zweck. Wer hätte es leichter?"
    assert turn.reply.source == "model"


def test_a_forgotten_question_is_asked_all_the_same(coach: Coach) -> None:
    turn = _turn(_events(_coach(coach, Scripted("„CRM bis Ende Q3 live“ ist ein Werk.")), _DRAFT))
    assert turn.reply.degraded is None
    assert turn.reply.text.count("?") == 1


def test_who_stops_listening_ends_the_model(coach: Coach) -> None:
    model = Scripted(_GOOD * 3)
    chat = _coach(coach, model)

    async def listen_a_little() -> None:
        events = chat.stream(chat.start(Opening(language="de")), Message(text=_DRAFT), no_versions)
        async for event in events:
            if isinstance(event, TokenEvent):
                break
        await events.aclose()

    asyncio.run(listen_a_little())
    assert model.closed


def test_an_offer_and_a_boundary_are_worded_by_ourselves(coach: Coach) -> None:
    model = Scripted(_GOOD)
    turn = _turn(_events(_coach(coach, model), "Können wir den Bonus an die OKRs hängen?"))
    assert turn.reply.source == "guided"
    assert model.asked == []
