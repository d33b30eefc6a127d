"""The self-check as a document: Markdown and Word."""

import io
import re

from coach.strategy.drawing import Spoke
from coach.strategy.readiness import Readiness
from coach.strategy.words import say

MARKDOWN = "text/markdown; charset=utf-8"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_MARKS = re.compile(r"([\\`*_\[\]<>#|])")


def spokes(found: Readiness) -> list[Spoke]:
    """Return the standings as spokes of a radar."""
    return [Spoke(standing.name, standing.level) for standing in found.standings]


def as_markdown(found: Readiness) -> str:
    """Return the self-check as Markdown; what people wrote is shown as text, never as markup."""
    language = found.language
    lines = [f"# {say(language, 'readiness.title')}", "", _plain(found.message)]
    for group in ("question", "factor", "do", "dont"):
        lines += ["", f"## {say(language, f'readiness.groups.{group}')}", ""]
        for standing in found.standings:
            if standing.group == group:
                level = "–" if standing.level is None else f"{standing.level} / 5"
                lines.append(f"- **{_plain(standing.name)}** ({level}): {_plain(standing.heard or standing.ask)}")
    if found.blocks:
        lines += ["", f"## {say(language, 'readiness.blocks')}", ""]
        lines += [
            f"- **{_plain(standing.name)}**: {_plain(standing.says or standing.ask)}"
            for standing in found.standings
            if standing.id in found.blocks
        ]
        lines += ["", f"## {say(language, 'readiness.plan')}", ""]
        lines += [f"- {say(language, f'readiness.when.{step.when}')}: {_plain(step.text)}" for step in found.plan]
    return "\n".join(lines) + "\n"


def _plain(text: str) -> str:
    return _MARKS.sub(r"\\\1", text)


def as_docx(found: Readiness) -> bytes:
    """Return the self-check as a Word document."""
    from docx import Document  # noqa: PLC0415 - heavy

    language = found.language
    document = Document()
    document.add_heading(say(language, "readiness.title"), 0)
    document.add_paragraph(_writable(found.message))
    for group in ("question", "factor", "do", "dont"):
        document.add_heading(say(language, f"readiness.groups.{group}"), 1)
        table = document.add_table(rows=0, cols=3, style="Light List Accent 1")
        for standing in found.standings:
            if standing.group == group:
                cells = table.add_row().cells
                cells[0].text = standing.name
                cells[1].text = "–" if standing.level is None else f"{standing.level} / 5"
                cells[2].text = _writable(standing.heard or standing.ask)
    if found.plan:
        document.add_heading(say(language, "readiness.plan"), 1)
        for step in found.plan:
            document.add_paragraph(f"{say(language, f'readiness.when.{step.when}')}: {step.text}", style="List Bullet")
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def _writable(text: str) -> str:
    """Return a text without what a Word file cannot hold."""
    return "".join(letter for letter in text if letter.isprintable())
