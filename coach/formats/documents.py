"""Drafts in Word documents: headings, lists and tables."""

from typing import Any

from coach.errors import InputError
from coach.formats.markdown import parse_markdown
from coach.formats.office import unpacked
from coach.formats.tables import from_rows


def parse_docx(content: bytes) -> dict[str, Any]:
    """Return the draft in a Word document: its first table with fitting columns, else its headings and lists."""
    from docx import Document  # noqa: PLC0415 - heavy

    with unpacked(content, what="a Word document (.docx)", code="invalid-docx") as file:
        document = Document(file)
        tables = [[[cell.text for cell in row.cells] for row in table.rows] for table in document.tables]
        lines = []
        for paragraph in document.paragraphs:
            style = (paragraph.style.name or "") if paragraph.style else ""
            mark = "# " if style.startswith(("Heading", "Überschrift", "Title")) else "- " if "List" in style else ""
            lines.append(mark + paragraph.text)
    for rows in tables:
        try:
            return from_rows(rows)
        except InputError:
            continue
    return parse_markdown("\n".join(lines))
