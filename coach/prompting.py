"""Prompts: `prompts/<name>.md` with front matter, rendered in a sandbox that knows every declared input.

A prompt is versioned data: `prompts/lock.json` holds the digest of each version, and a changed body
without a new version is a fault.
"""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from jinja2 import StrictUndefined, Template, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from pydantic import ValidationError

from coach.errors import Fault, KnowledgeError
from coach.okr import Strict
from coach.paths import PROMPTS

_FILE = re.compile(r"\A---\n(.*?\n)---\n# system\n(.*)\n# user\n(.*)\Z", re.DOTALL)
_ENVIRONMENT = ImmutableSandboxedEnvironment(
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=False,
    autoescape=False,
)
_ENVIRONMENT.policies["json.dumps_kwargs"] = {"ensure_ascii": False}  # a quote is to be copied letter by letter


class PromptHead(Strict):
    """The front matter: the version, and every input that the body uses."""

    version: int
    inputs: tuple[str, ...]


class Message(NamedTuple):
    """One chat message."""

    role: str
    content: str


class Prompt(NamedTuple):
    """A prompt file, parsed."""

    name: str
    head: PromptHead
    system: str
    user: str
    digest: str

    @property
    def version(self) -> str:
        """The version with the first digits of the digest, for provenance."""
        return f"{self.head.version}-{self.digest[:8]}"

    def render(self, inputs: Mapping[str, Any]) -> Sequence[Message]:
        """Return the messages; raise KnowledgeError where inputs and declaration differ."""
        if set(inputs) != set(self.head.inputs):
            difference = ", ".join(sorted(set(inputs) ^ set(self.head.inputs)))
            raise KnowledgeError(
                [Fault(f"prompts/{self.name}.md", 2, f"inputs differ from what is declared: {difference}")]
            )
        try:
            return [
                Message("system", _template(self.system).render(inputs)),
                Message("user", _template(self.user).render(inputs)),
            ]
        except (TemplateError, TypeError) as error:
            line = getattr(error, "lineno", None) or 1
            raise KnowledgeError([Fault(f"prompts/{self.name}.md", line, str(error))]) from error


@lru_cache(maxsize=64)
def _template(body: str) -> Template:
    return _ENVIRONMENT.from_string(body)


@lru_cache(maxsize=32)
def open_prompt(name: str, folder: Path = PROMPTS) -> Prompt:
    """Return a prompt by name, or raise KnowledgeError saying what is wrong with the file."""
    path = folder / f"{name}.md"
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise KnowledgeError([Fault(f"prompts/{name}.md", 1, f"cannot be read: {error}")]) from error
    parts = _FILE.match(text)
    if parts is None:
        raise KnowledgeError([Fault(f"prompts/{name}.md", 1, "needs front matter, then `# system`, then `# user`")])
    try:
        head = PromptHead.model_validate(yaml.load(parts[1], Loader=yaml.CSafeLoader))
    except (yaml.YAMLError, ValidationError) as error:
        raise KnowledgeError([Fault(f"prompts/{name}.md", 2, str(error))]) from error
    digest = hashlib.sha256((parts[2] + "\x1f" + parts[3]).encode()).hexdigest()
    return Prompt(name, head, parts[2], parts[3], digest)


def lock_faults(folder: Path = PROMPTS) -> list[Fault]:
    """Return a fault per prompt whose body changed without a new version, or that the lock does not know."""
    try:
        locked = json.loads((folder / "lock.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        return [Fault("prompts/lock.json", 1, f"cannot be read: {error}; run make lock-prompts")]
    names = {path.stem for path in folder.glob("*.md")}
    faults = [Fault("prompts/lock.json", 1, f"{name}: there is no such prompt") for name in sorted(set(locked) - names)]
    for path in sorted(folder.glob("*.md")):
        prompt = open_prompt(path.stem, folder)
        known = locked.get(prompt.name)
        if known != {"version": prompt.head.version, "sha256": prompt.digest}:
            detail = (
                "changed without a new version"
                if known and known["version"] == prompt.head.version
                else "is not locked"
            )
            faults.append(Fault(f"prompts/{path.name}", 2, f"{detail}; raise the version, then run make lock-prompts"))
    return faults


def write_lock(folder: Path = PROMPTS) -> None:
    """Write the lock file anew."""
    prompts = [open_prompt(path.stem, folder) for path in sorted(folder.glob("*.md"))]
    content = {p.name: {"version": p.head.version, "sha256": p.digest} for p in prompts}
    (folder / "lock.json").write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
