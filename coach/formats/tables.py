"""Drafts in tables: a column for the objective, one for the key result, perhaps baseline and target."""

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from coach.errors import InputError, Problem, TooLarge
from coach.formats.office import unpacked
from coach.okr import MAX_KEY_RESULTS, MAX_OBJECTIVES

MAX_ROWS = MAX_OBJECTIVES * MAX_KEY_RESULTS
MAX_COLUMNS = 100

_COLUMNS = {
    "objective": ("objective", "objectives", "ziel", "o"),
    "text": ("key_result", "key result", "key results", "key_results", "kr", "krs", "schlüsselergebnis", "text"),
    "baseline": ("baseline", "start", "ausgangswert", "ist", "heute", "startwert", "today", "current", "from", "von"),
    "target": ("target", "goal", "zielwert", "soll", "ziel", "to", "auf", "bis"),
}


PastedRows = tuple[str | None, list[dict[str, str]]]
"""An objective, or None where there is none, with the rows of its key results."""
_EMPTY = frozenset({"-", "–", "—", "n/a", "k.a.", "tbd"})
_BRACKETS = re.compile(r"\s*\([^()]*\)")
_ROW_LABEL = re.compile(r"^(?:(?P<objective>O|OBJ|Objective|Ziel)|KR|Key Result)\s?#?[\d.]{0,4}:?$", re.IGNORECASE)
_FIGURE = re.compile(r"^\D{0,6}\d[\d.,]*\s?\S{0,12}(?:\s\S{1,12})?$")


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


def from_rows(rows: Sequence[Sequence[str]], *, beside: bool = False) -> dict[str, Any]:
    """Return the draft in rows of cells, the first of which names the columns; `beside`: what stands in columns that
    a draft does not know is kept in brackets behind the key result."""
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
            if beside:
                cells["text"] += _others(filled[0], row, places)
            if not objectives:
                raise InputError(
                    [Problem("/objectives", "the first key result has no objective beside it", "no-objective")]
                )
            objectives[-1]["key_results"].append(cells)
    return {"objectives": objectives}


def _others(header: Sequence[str], row: Sequence[str], places: Mapping[str, int]) -> str:
    """Return what a row says in columns without a place, as " (Owner: Ben)"."""
    said = [
        f"{name.strip()}: {cell.strip()}" if name.strip() else cell.strip()
        for at, (name, cell) in enumerate(zip(header, row, strict=False))
        if at not in places.values() and any(map(str.isalnum, cell)) and cell.strip().lower() not in _EMPTY
    ]
    return f" ({', '.join(said)})" if said else ""


def from_bare_rows(rows: Sequence[Sequence[str]]) -> list[PastedRows]:
    """Return the objectives and key results in rows without a header, as a spreadsheet copies them.

    A first cell that is empty or stands in several rows is the objective of what follows; "O1" and "KR 1" say it
    themselves; any other first cell is the key result. The first two cells with a figure behind it are baseline and
    target.
    """
    firsts = [row[0].strip() for row in rows]
    column = len(set(firsts)) < len(firsts) or "" in firsts
    found: list[PastedRows] = []
    for row in rows:
        cells = [cell.strip() for cell in row]
        label = _ROW_LABEL.match(cells[0])
        if column and not label:
            first, *cells = cells
            if first and (not found or found[-1][0] != first):
                found.append((first, []))
        elif label:
            cells = cells[1:]
            if label["objective"]:
                found.append((next((cell for cell in cells if cell), ""), []))
                continue
        told = [cell for cell in cells if any(map(str.isalnum, cell)) and cell.lower() not in _EMPTY]
        if told:
            if not found:
                found.append((None, []))
            found[-1][1].append(_row_of(told))
    return [each for each in found if each[0] or each[1]]


def _row_of(cells: Sequence[str]) -> dict[str, str]:
    text, *rest = cells
    values = [cell for cell in rest if _FIGURE.match(cell)]
    others = [cell for cell in rest if cell not in values[:2]]
    row = {"text": text + (f" ({', '.join(others)})" if others else "")}
    if len(values) == 1:
        return row | {"target": values[0]}
    return row | ({"baseline": values[0], "target": values[1]} if values else {})


def _places(header: Iterable[str]) -> dict[str, int]:
    names = [_BRACKETS.sub("", cell).strip(" *").lower() for cell in header]
    places: dict[str, int] = {}
    for field, spellings in _COLUMNS.items():
        free = (at for at, name in enumerate(names) if name in spellings and at not in places.values())
        if (at := next(free, None)) is not None:
            places[field] = at
    missing = [name for field, name in (("objective", "objective"), ("text", "key_result")) if field not in places]
    if missing:
        detail = f"the header line names no column {' and no column '.join(missing)}; found: {', '.join(names)[:200]}"
        raise InputError([Problem("", detail, "missing-column")])
    return places
