"""What models had to do with one answer of the coach."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from coach.errors import ModelError
from coach.language import Language
from coach.review import Provenance
from coach.usage import Usage

if TYPE_CHECKING:
    from coach.critique.asking import Asked
    from coach.llm.words import Room


@dataclass
class ModelPart:
    """Calls, costs and faults, added up; `degraded`: why the rules stand alone, in words."""

    calls: int = 0
    usage: Usage | None = None
    names: list[str] = field(default_factory=list)
    prompts: dict[str, str] = field(default_factory=dict)
    dropped: dict[str, int] = field(default_factory=dict)
    remembered: list[bool] = field(default_factory=list)
    degraded: str | None = None

    def used(self, prompt: str, version: str, asked: "Asked[Any] | None") -> None:
        """Add what asking with a prompt took; None: nothing was asked."""
        if asked is None:
            return
        self.calls += asked.calls
        self.usage = (self.usage or Usage()) + asked.usage
        self.names.append(asked.model)
        self.prompts[prompt] = version
        self.remembered.append(asked.remembered)
        if asked.dropped:
            self.dropped[prompt] = asked.dropped

    def missed(self, error: ModelError | None, room: "Room", language: Language) -> None:
        """Say that there is nothing from a model, and why (None: none is set up); add what it took all the same."""
        if error is not None and error.answers:
            self.calls += error.answers
            self.usage = (self.usage or Usage()) + error.usage
        from coach.llm.words import said  # noqa: PLC0415 - only where a model is missing

        self.degraded = said(error, room, language)

    def provenance(self, *, catalog: str, classifier: str, muted: tuple[str, ...] = ()) -> Provenance:
        """Return what an answer was made with."""
        return Provenance(
            catalog=catalog,
            classifier=classifier,
            prompts=self.prompts,
            model=" + ".join(dict.fromkeys(self.names)) or None,
            calls=self.calls,
            usage=self.usage,
            dropped=self.dropped,
            cached=bool(self.remembered) and all(self.remembered),
            muted=muted,
        )
