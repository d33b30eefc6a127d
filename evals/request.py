"""What a suite is asked for."""

from dataclasses import dataclass
from pathlib import Path

from evals.drafts import LabelledDraft, LabelledNote


@dataclass(frozen=True)
class Request:
    """The labelled material, the mode (rules, auto, llm), and the folder for files such as plots (None: none).

    `own_data`: whether somebody brought the material. `most`: how many drafts a model is asked about. `rubric`: whether
    a model marks rewrites.
    """

    drafts: list[LabelledDraft]
    notes: list[LabelledNote]
    mode: str = "rules"
    folder: Path | None = None
    own_data: bool = False
    most: int | None = None
    rubric: bool = True

    def asked_about(self) -> list[LabelledDraft]:
        """Return the labelled drafts that are reviewed: all by rules; with a model `most`, half German."""
        if self.mode == "rules" or self.most is None:
            return self.drafts
        chosen: list[LabelledDraft] = []
        for language in ("de", "en"):
            own = [draft for draft in self.drafts if draft.lang == language]
            number = max(1, self.most // 2)
            chosen += own[:: max(1, len(own) // number)][:number]
        return chosen

    def write(self, name: str, text: str) -> None:
        """Write a file beside the report, where there is to be one."""
        if self.folder is not None:
            self.folder.mkdir(parents=True, exist_ok=True)
            (self.folder / name).write_text(text, encoding="utf-8")
