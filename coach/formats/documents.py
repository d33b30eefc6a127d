"""Drafts in Word documents: headings, lists and tables."""

from typing import Any

from coach.errors import InputError
from coach.formats.markdown import parse_markdown
from coach.formats.office import unpacked
from coach.formats.tables import from_rows


def parse_docx(content: bytes) -> dict[str, Any]:
    """Return the draft in a Word document: its first table with fitting columns, else its headings and lists."""
    tables, lines = _read(content)
    for rows in tables:
        try:
            return from_rows(rows)
        except InputError:
            continue
    return parse_markdown("\n".join(lines))


def lines_of_docx(content: bytes) -> list[str]:
    """Return the paragraphs of a Word document as lines of Markdown: headings and list items are marked."""
    return _read(content)[1]


def _read(content: bytes) -> tuple[list[list[list[str]]], list[str]]:
    from docx import Document  # noqa: PLC0415 - heavy

    with unpacked(content, what="a Word document (.docx)", code="invalid-docx") as file:
        document = Document(file)
        tables = [[[cell.text for cell in row.cells] for row in table.rows] for table in document.tables]
        lines = []
        for paragraph in document.paragraphs:
            style = (paragraph.style.name or "") if paragraph.style else ""
            mark = "# " if style.startswith(("Heading", "Überschrift", "Title")) else "- " if "List" in style else ""
            lines.append(mark + paragraph.text)
    return tables, lines
