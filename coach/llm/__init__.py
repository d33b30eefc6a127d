"""The one door to chat models: any OpenAI-compatible address, every failure by its name.

Importing this package loads neither SDK nor HTTP client; `open_chat_model` does.
"""

from coach.llm.address import ModelAddress, Price, Timeouts
from coach.llm.breaker import Breaker, State
from coach.llm.chat_model import Answer, ChatModel
from coach.llm.deadline import Deadline
from coach.llm.dialect import Dialect, Dialects
from coach.llm.meter import Budget, Call, Meter, Unmetered, payer
from coach.llm.opening import Door, open_chat_model
from coach.llm.schema import UNBOUNDED, Bounds, parsed, strict_schema

__all__ = [
    "UNBOUNDED",
    "Answer",
    "Bounds",
    "Breaker",
    "Budget",
    "Call",
    "ChatModel",
    "Deadline",
    "Dialect",
    "Dialects",
    "Door",
    "Meter",
    "ModelAddress",
    "Price",
    "State",
    "Timeouts",
    "Unmetered",
    "open_chat_model",
    "parsed",
    "payer",
    "strict_schema",
]
