"""The key under which answers are kept: any other model, prompt, text or version is another question."""

import pytest

from coach.critique.memory import Recollection
from coach.prompting import Message

MADE_WITH = ("catalogue", "classifier", "default", "en")
ASKED = [Message("system", "You judge."), Message("user", "Launch the portal")]


class Nothing:
    """A memory that holds nothing: only keys matter here."""

    def recall(self, key: str) -> None:
        """Return nothing."""

    def keep(self, key: str, draft: str, answers: object) -> None:
        """Keep nothing."""


def key(
    model: str = "m", version: str = "3-ab", asked: list[Message] = ASKED, made: tuple[str, ...] = MADE_WITH
) -> str:
    return Recollection(Nothing(), "draft", made).question(model, version, asked)


def test_the_same_question_has_the_same_key() -> None:
    assert key() == key()


@pytest.mark.parametrize(
    "other",
    [
        key(model="n"),
        key(version="4-ab"),
        key(asked=[ASKED[0], Message("user", "Launch the shop")]),
        key(asked=[Message("system", "You rate."), ASKED[1]]),
        *(key(made=(*MADE_WITH[:at], "other", *MADE_WITH[at + 1 :])) for at in range(len(MADE_WITH))),
    ],
    ids=["model", "prompt", "text", "patterns", "catalogue", "classifier", "profile", "language"],
)
def test_whatever_shapes_an_answer_is_in_the_key(other: str) -> None:
    assert other != key()
