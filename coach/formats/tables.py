"""Drafts in tables: a column for the objective, one for the key result, perhaps baseline and target."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

from coach.errors import InputError, Problem, TooLarge
from coach.formats.office import unpacked
from coach.okr import MAX_KEY_RESULTS, MAX_OBJECTIVES

MAX_ROWS = MAX_OBJECTIVES * MAX_KEY_RESULTS
MAX_COLUMNS = 100

_COLUMNS = {
    "objective": ("objective", "objectives", "ziel", "o"),
    "text": ("key_result", "key result", "key results", "key_results", "kr", "schlüsselergebnis", "text"),
    "baseline": ("baseline", "start", "ausgangswert", "ist"),
    "target": ("target", "goal", "zielwert", "soll"),
}


def parse_csv(text: str) -> dict[str, Any]:
    """Return the draft in comma-, semicolon- or tab-separated text with a header line."""
    header = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=header.count)
    try:
        return from_rows(list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)))
    except csv.Error as error:
        raise InputError([Problem("", f"is not CSV: {error}", "invalid-csv")]) from error


def parse_xlsx(content: bytes) -> dict[str, Any]:
    """Return the draft in the first sheet of a workbook."""
    from openpyxl import load_workbook  # noqa: PLC0415 - heavy

    rows: list[list[str]] = []
    with unpacked(content, what="an Excel workbook (.xlsx)", code="invalid-xlsx") as file:
        sheet = load_workbook(file, read_only=True, data_only=True).worksheets[0]
        for row in sheet.iter_rows(max_col=MAX_COLUMNS, values_only=True):
            if any(cell is not None for cell in row):
                rows.append(["" if cell is None else str(cell) for cell in row])
            if len(rows) > MAX_ROWS + 1:
                raise TooLarge([Problem("/objectives", f"the sheet has over {MAX_ROWS} rows", "too-large")])
    return from_rows(rows)


def from_rows(rows: Sequence[Sequence[str]]) -> dict[str, Any]:
    """Return the draft in rows of cells, the first of which names the columns."""
    filled = [row for row in rows if any(cell.strip() for cell in row)]
    if not filled:
        raise InputError([Problem("/objectives", "the table is empty", "empty-draft")])
    places = _places(filled[0])
    objectives: list[dict[str, Any]] = []
    for row in filled[1:]:
        cells = {name: row[at].strip() for name, at in places.items() if at < len(row) and row[at].strip()}
        objective = cells.pop("objective", None)
        if objective and (not objectives or objectives[-1]["objective"] != objective):
            objectives.append({"objective": objective, "key_results": []})
        if cells.get("text"):
            if not objectives:
                raise InputError(
                    [Problem("/objectives", "the first key result has no objective beside it", "no-objective")]
                )
            objectives[-1]["key_results"].append(cells)
    return {"objectives": objectives}


def _places(header: Iterable[str]) -> dict[str, int]:
    names = [cell.strip().lower() for cell in header]
    places = {
        field: next(index for index, name in enumerate(names) if name in spellings)
        for field, spellings in _COLUMNS.items()
        if any(name in spellings for name in names)
    }
    missing = [name for field, name in (("objective", "objective"), ("text", "key_result")) if field not in places]
    if missing:
        detail = f"the header line names no column {' and no column '.join(missing)}; found: {', '.join(names)[:200]}"
        raise InputError([Problem("", detail, "missing-column")])
    return places
