"""Where a model answers: address, name, key, headers, time limits, price."""

from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import urlsplit

from coach.usage import Usage

OPENAI = "https://api.openai.com/v1"


class Timeouts(NamedTuple):
    """Seconds: to connect, to the first event of a stream, between two events of a stream."""

    connect: float = 5.0
    first: float = 30.0
    between: float = 20.0


class Price(NamedTuple):
    """Money per million tokens: of the prompt, of its cached part, of the answer."""

    prompt: float
    cached: float
    completion: float

    def of(self, usage: Usage) -> float:
        """Return what so many tokens cost."""
        fresh = max(0, usage.prompt_tokens - usage.cached_tokens)
        paid = fresh * self.prompt + usage.cached_tokens * self.cached + usage.completion_tokens * self.completion
        return paid / 1_000_000


class ModelAddress(NamedTuple):
    """Where a model answers and under which name; `timeout` is for all attempts of a request. The key is never printed.

    `answer_tokens`: what one structured answer may hold, `context_tokens`: it and the prompt; None: what it takes.
    `api_version` set: Azure OpenAI; the base URL is the resource's or the deployment's.
    """

    model: str
    base_url: str | None
    api_key: str | None
    timeout: float
    timeouts: Timeouts = Timeouts()
    organisation: str | None = None
    headers: Mapping[str, str] = {}
    api_version: str | None = None
    price: Price | None = None
    answer_tokens: int | None = None
    context_tokens: int | None = None

    def __repr__(self) -> str:
        return f"ModelAddress({self.model!r} at {self.place})"

    @property
    def root(self) -> str:
        """The URL under which /chat/completions lies."""
        root = (self.base_url or OPENAI).rstrip("/")
        if self.api_version and "/deployments/" not in root:
            return f"{root.removesuffix('/openai')}/openai/deployments/{self.model}"
        return root

    @property
    def query(self) -> dict[str, str]:
        """What every request has in its query."""
        return {"api-version": self.api_version} if self.api_version else {}

    @property
    def place(self) -> str:
        """Host and port, for people and metrics: no path, no credentials."""
        parts = urlsplit(self.root)
        return f"{parts.hostname}:{parts.port}" if parts.port else parts.hostname or ""

    def sent_headers(self) -> dict[str, str]:
        """Return the headers that say who asks."""
        who = {"api-key": self.api_key or ""} if self.api_version else {"Authorization": f"Bearer {self.api_key}"}
        organisation = {"OpenAI-Organization": self.organisation} if self.organisation else {}
        return {**(who if self.api_key else {}), **organisation, **self.headers}
