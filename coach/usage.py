"""What the calls to a model took: tokens, and money where a price is set."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Count = Annotated[int, Field(ge=0)]


class Usage(BaseModel):
    """Tokens as the provider counted them; `cached_tokens` are part of `prompt_tokens`. `cost` is in the price's unit.

    `estimated`: the provider did not say, and four characters were taken for a token.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    prompt_tokens: Count = 0
    completion_tokens: Count = 0
    cached_tokens: Count = 0
    cost: Annotated[float, Field(ge=0)] | None = None
    estimated: bool = False

    def __add__(self, other: "Usage") -> "Usage":
        costs = [usage.cost for usage in (self, other) if usage.cost is not None]
        return Usage(
            prompt_tokens=self.prompt_tokens + other.prompt_tokens,
            completion_tokens=self.completion_tokens + other.completion_tokens,
            cached_tokens=self.cached_tokens + other.cached_tokens,
            cost=sum(costs) if costs else None,
            estimated=self.estimated or other.estimated,
        )

    @property
    def tokens(self) -> int:
        """Prompt and completion together."""
        return self.prompt_tokens + self.completion_tokens
