"""The coach in conversation: takes the head of a conversation and a message, returns the step that it makes of them."""

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime

from coach.conversation import Conversation, DraftVersion, Event, Message, Opening, Step
from coach.critique import Critic

Versions = Callable[[int], DraftVersion]


class ChatCoach:
    """Thread-safe and without memory of its own: all that a turn needs stands in the conversation."""

    def __init__(self, critic: Critic, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._critic = critic
        self._clock = clock

    def start(self, opening: Opening) -> Conversation:
        """Return a new conversation, not yet stored; its first words are `greeting`."""
        raise NotImplementedError

    def greeting(self, conversation: Conversation) -> str:
        """Return what the coach says before anybody has said anything."""
        raise NotImplementedError

    def turn(self, conversation: Conversation, message: Message, versions: Versions) -> Step:
        """Return the guided step: no model, no waiting. `versions` finds an earlier version by number (for undo).

        Raises InputError for a message without text and action, or an action that does not fit.
        """
        raise NotImplementedError

    def stream(self, conversation: Conversation, message: Message, versions: Versions) -> AsyncIterator[Event]:
        """Yield the events of a turn, worded by the model where there is one; the last is `done` or `error`.

        `DoneEvent` carries both halves of the step to be stored. Closing the iterator ends the model's call.
        """
        raise NotImplementedError
