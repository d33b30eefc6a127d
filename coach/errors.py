"""Every error that the coach raises on purpose, as one tree.

CoachError
├── InputError              what came in cannot be read; carries problems with JSON pointers
│   └── TooLarge            over a stated limit
├── NotFound                no such review, pattern, passage
├── Conflict                something else came first
├── KnowledgeError          files under knowledge/ or prompts/ are wrong; lists all faults
├── SettingsError           the configuration contradicts itself
├── Refused                 understood and not possible now; `code` is stable and says why
│   └── Forbidden           not for whoever asks
└── ModelError              the chat model did not deliver
    ├── ModelUnavailable    refused, timed out, rate limited, server fault
    ├── ModelRejected       our request was refused for good (key, model name, schema)
    └── ModelOutputInvalid  an answer came and is not what was asked for

Raised low, translated once at each edge: the CLI into exit codes, the API into problem+json.
"""

from collections.abc import Sequence
from typing import NamedTuple

from coach.usage import Usage


class Problem(NamedTuple):
    """One fault in the input: where (JSON pointer, RFC 6901), what, and a stable code."""

    pointer: str
    detail: str
    code: str


class Fault(NamedTuple):
    """One fault in a data file: the file, the line (from 1) and what is wrong there."""

    file: str
    line: int
    detail: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.detail}"


class CoachError(Exception):
    """The root: anything that the coach itself raises."""


class InputError(CoachError):
    """What came in cannot be read; each problem points at its field."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(f"{p.pointer or '/'}: {p.detail}" for p in self.problems))


class TooLarge(InputError):
    """The input as a whole is over a stated limit."""


class NotFound(CoachError):
    """Nothing of that name exists (for this tenant)."""

    def __init__(self, what: str, name: str) -> None:
        self.what, self.name = what, name
        super().__init__(f"no {what} named {name!r}")


class Conflict(CoachError):
    """What was asked for no longer fits, because something else came first."""


class KnowledgeError(CoachError):
    """Data files are wrong; all faults at once."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))


class SettingsError(CoachError):
    """The configuration cannot be used as it stands."""


class Refused(CoachError):
    """What was asked for is understood and not possible as things stand; `code` is stable."""

    def __init__(self, code: str, detail: str) -> None:
        self.code, self.detail = code, detail
        super().__init__(detail)


class Forbidden(Refused):
    """What was asked for is not for whoever asks."""

    def __init__(self, detail: str) -> None:
        super().__init__("forbidden", detail)


class ModelError(CoachError):
    """The chat model did not deliver; `code` is stable and names the failure.

    `answers`, `usage`, `model`: how often one had answered all the same, what that took, and which one did last.
    """

    def __init__(self, code: str, detail: str) -> None:
        self.code, self.detail = code, detail
        self.answers = 0
        self.usage = Usage()
        self.model = ""
        super().__init__(f"{code}: {detail}")


class ModelUnavailable(ModelError):
    """The provider could not be reached or would not serve now; trying later may help."""

    def __init__(self, code: str, detail: str, *, retry_after: float | None = None) -> None:
        super().__init__(code, detail)
        self.retry_after = retry_after


class ModelRejected(ModelError):
    """The provider refused this request for good: key, model name, parameters."""


class ModelOutputInvalid(ModelError):
    """An answer came, and it is cut short, refused, or not in the shape asked for."""
