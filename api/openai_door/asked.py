"""What an OpenAI client asks: messages of a talk, whose last one is to be answered."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from coach.conversation import MAX_MESSAGE
from coach.errors import InputError, NotFound, Problem
from coach.okr import problems_of

MODEL = "okr-coach"
_MAX_MESSAGES = 400


class _Lenient(BaseModel):
    """Clients send much that has no meaning here (temperature, tools …): it is passed over."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Said(_Lenient):
    """One message; of content in parts only the texts count."""

    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: Annotated[str, Field(max_length=10 * MAX_MESSAGE)] = ""

    @model_validator(mode="before")
    @classmethod
    def _in_parts(cls, value: Any) -> Any:
        if isinstance(value, dict) and value.get("content") is None:
            return {**value, "content": ""}
        if isinstance(value, dict) and isinstance(value["content"], list):
            parts = [part for part in value["content"] if isinstance(part, dict)]
            if any(part.get("type") != "text" for part in parts) or len(parts) < len(value["content"]):
                raise ValueError("holds something other than text; the coach reads text")
            return {**value, "content": "\n".join(str(part.get("text", "")) for part in parts)}
        return value


class StreamOptions(_Lenient):
    """Whether the stream ends with the usage."""

    include_usage: bool = False


class Asked(_Lenient):
    """A request for a completion."""

    model: str
    messages: Annotated[tuple[Said, ...], Field(min_length=1, max_length=_MAX_MESSAGES)]
    stream: bool = False
    stream_options: StreamOptions | None = None
    n: Literal[1] | None = None

    def user_texts(self) -> tuple[str, ...]:
        """Return what the person said, oldest first."""
        return tuple(said.content for said in self.messages if said.role == "user" and said.content.strip())

    def prompt(self) -> str:
        """Return everything that was sent, as one text."""
        return "\n".join(said.content for said in self.messages)


def parse_asked(body: object) -> Asked:
    """Return the request in a body; raise InputError with pointers, NotFound for another model's name."""
    try:
        asked = Asked.model_validate(body)
    except ValidationError as error:
        raise InputError(problems_of(error, body=body)) from error
    if asked.model != MODEL:
        raise NotFound("model", asked.model)
    if not asked.user_texts():
        raise InputError([Problem("/messages", "hold no text of a user", "empty-message")])
    return asked
