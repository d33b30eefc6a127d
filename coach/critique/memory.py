"""What a model answered before: an exact repeat asks nothing, and its answers are checked anew."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from coach.okr import Draft
from coach.reading.normal import normalise

if TYPE_CHECKING:
    from coach.prompting import Message


class Memory(Protocol):
    """Keeps answers for one tenant, by a key; `draft` says which draft they are about, so that they go with it."""

    def recall(self, key: str) -> Sequence[str] | None:
        """Return the answers under a key, in the order in which they were given; None where there are none."""

    def keep(self, key: str, draft: str, answers: Sequence[str]) -> None:
        """Keep answers under a key."""


@dataclass(frozen=True)
class Recollection:
    """A memory asked about one draft. `made_with`: versions of all that shapes prompt and checks."""

    memory: Memory
    draft: str
    made_with: tuple[str, ...]

    def recall(self, question: str) -> Sequence[str] | None:
        """Return what was answered to a question before."""
        return self.memory.recall(question)

    def keep(self, question: str, answers: Sequence[str]) -> None:
        """Keep what was answered to a question."""
        self.memory.keep(question, self.draft, answers)

    def question(self, model: str, version: str, messages: "Sequence[Message]") -> str:
        """Return the key of a question: whom it goes to, what it says, and what its answer is held against."""
        said = json.dumps([model, version, *self.made_with, *messages], ensure_ascii=False)
        return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()


def digest_of(draft: Draft) -> str:
    """Return a digest of a draft's words: the same for texts that read the same."""
    plain = [" ".join(normalise(text).text.split()) for text in draft.texts()]
    return hashlib.sha256(json.dumps(plain).encode()).hexdigest()
