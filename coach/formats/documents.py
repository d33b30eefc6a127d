"""Drafts in Word documents: headings, lists and tables."""

import io
import zipfile
from typing import Any

from coach.errors import InputError, Problem
from coach.formats.markdown import parse_markdown
from coach.formats.tables import from_rows


def parse_docx(content: bytes) -> dict[str, Any]:
    """Return the draft in a Word document: its first table with fitting columns, else its headings and lists."""
    from docx import Document  # noqa: PLC0415 - heavy
    from docx.opc.exceptions import PackageNotFoundError  # noqa: PLC0415

    try:
        document = Document(io.BytesIO(content))
    except (PackageNotFoundError, zipfile.BadZipFile, KeyError, ValueError) as error:
        raise InputError([Problem("", "is not a Word document (.docx)", "invalid-docx")]) from error
    for table in document.tables:
        rows = [[cell.text for cell in row.cells] for row in table.rows]
        try:
            return from_rows(rows)
        except InputError:
            continue
    lines = []
    for paragraph in document.paragraphs:
        style = (paragraph.style.name or "") if paragraph.style else ""
        mark = "# " if style.startswith(("Heading", "Überschrift", "Title")) else "- " if "List" in style else ""
        lines.append(mark + paragraph.text)
    return parse_markdown("\n".join(lines))
