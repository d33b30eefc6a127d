"""A talk that a client sends whole each time: what came before is made again by the guided coach, or remembered.

Only in memory, bounded, and apart by tenant; without it the answer is the same and takes longer.
"""

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol

from coach.conversation import MAX_MESSAGE, Conversation, DraftVersion, Message, Opening, Step
from coach.errors import NotFound

_KEPT = 256


class GuidedCoach(Protocol):
    """What is needed to make turns again."""

    def start(self, opening: Opening) -> Conversation:
        """Return a new conversation."""

    def turn(self, conversation: Conversation, message: Message, versions: Callable[[int], DraftVersion]) -> Step:
        """Return the guided step."""


class Place(NamedTuple):
    """Where a talk has got to, with the versions of its draft."""

    conversation: Conversation
    versions: tuple[DraftVersion, ...] = ()

    def version(self, number: int) -> DraftVersion:
        """Return a version of the draft; raise NotFound for one that there is not."""
        for version in self.versions:
            if version.number == number:
                return version
        raise NotFound("version", str(number))


class Replay:
    """Leads from what a person said to where the talk is. Thread-safe."""

    def __init__(self) -> None:
        self._places: OrderedDict[str, Place] = OrderedDict()
        self._lock = threading.Lock()

    def place(self, coach: GuidedCoach, tenant: str, texts: Sequence[str]) -> Place:
        """Return where the talk is after these texts."""
        digests = _digests(tenant, texts)
        done, place = self._remembered(digests)
        if place is None:
            place = Place(coach.start(Opening()))
        for index in range(done, len(texts)):
            step = coach.turn(place.conversation, Message(text=texts[index][:MAX_MESSAGE]), place.version)
            version = step.turn.reply.version
            place = Place(step.conversation, place.versions + ((version,) if version else ()))
            self._remember(digests[index], place)
        return place

    def _remembered(self, digests: Sequence[str]) -> tuple[int, Place | None]:
        with self._lock:
            for index in range(len(digests), 0, -1):
                if (place := self._places.get(digests[index - 1])) is not None:
                    self._places.move_to_end(digests[index - 1])
                    return index, place
        return 0, None

    def _remember(self, digest: str, place: Place) -> None:
        with self._lock:
            self._places[digest] = place
            while len(self._places) > _KEPT:
                self._places.popitem(last=False)


def _digests(tenant: str, texts: Sequence[str]) -> list[str]:
    """Return one digest for each beginning of the talk."""
    running = hashlib.sha256(tenant.encode())
    found = []
    for text in texts:
        encoded = text.encode("utf-8", "surrogatepass")
        running.update(len(encoded).to_bytes(8, "big") + encoded)
        found.append(running.hexdigest())
    return found
