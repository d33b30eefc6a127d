"""A coach in conversation as it is wired, and a way to talk with it."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import pytest

from coach.chat import ChatCoach
from coach.conversation import Action, Conversation, DraftVersion, Message, Opening, Turn
from coach.retrieval.passages import Passage
from coach.settings import Settings
from coach.wiring import Coach, open_coach


class Talked(NamedTuple):
    """A talk as it went: its turns, its versions by number, and the head at its end."""

    turns: tuple[Turn, ...]
    versions: dict[int, DraftVersion]
    end: Conversation

    @property
    def last(self) -> Turn:
        """The last turn."""
        return self.turns[-1]

    @property
    def texts(self) -> list[str]:
        """The draft at the end."""
        return list(self.end.draft.texts().values())


Talk = Callable[..., Talked]


def no_versions(number: int) -> DraftVersion:
    """Stand for the versions of a talk that has none yet."""
    raise KeyError(number)


@pytest.fixture(scope="session")
def coach(tmp_path_factory: pytest.TempPathFactory) -> Coach:
    """The whole coach, without a model; one home for all tests of the chat."""
    home: Path = tmp_path_factory.mktemp("chat")
    opened = open_coach(Settings(home=home))
    opened.search.build()
    return opened


@pytest.fixture(scope="session")
def chat(coach: Coach) -> ChatCoach:
    """The coach in conversation."""
    return coach.chat


@pytest.fixture(scope="session")
def passage(coach: Coach) -> Callable[[str], Passage | None]:
    """What a citation's id leads to."""
    return coach.search.passage


@pytest.fixture
def talk(chat: ChatCoach) -> Talk:
    """Talk with the coach: texts and actions, one a turn."""

    def play(says: Sequence[str | Action], **opening: object) -> Talked:
        conversation = chat.start(Opening.model_validate(opening))
        turns: list[Turn] = []
        versions: dict[int, DraftVersion] = {}
        for said in says:
            message = Message(text=said) if isinstance(said, str) else Message(action=said)
            step = chat.turn(conversation, message, versions.__getitem__)
            conversation = step.conversation
            turns.append(step.turn)
            if step.turn.reply.version is not None:
                versions[step.turn.reply.version.number] = step.turn.reply.version
        return Talked(tuple(turns), versions, conversation)

    return play
