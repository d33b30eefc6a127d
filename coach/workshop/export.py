"""A workshop's result as a file: Markdown, Word, CSV, JSON, and a picture of its heatmap.

Whatever somebody wrote on a card is inert in each of them.
"""

import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from coach.catalog import Catalog
from coach.errors import InputError, Problem
from coach.formats.writing import inert, xml_text
from coach.language import Language
from coach.workshop.commands import NONE
from coach.workshop.result import Result, ResultCard, ResultFinding
from coach.workshop.views import NoteView
from coach.workshop.words import date_in, share, word

_FORMULA = re.compile(r"^(\s*)([=+\-@＝＋－＠\t\r])")
_BLANK_LINES = re.compile(r"\n{3,}")
_CELL_WITHIN = re.compile(r"([;\t\r\n]\s*)([=+\-@＝＋－＠])")
_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


class Exported(NamedTuple):
    """A file to take home."""

    content: bytes
    media_type: str
    name: str


class Export(NamedTuple):
    """What an export is made from. `cache`: where the drawing library may keep its list of fonts."""

    result: Result
    catalog: Catalog
    language: Language
    cache: Path

    def name_of(self, pattern: str) -> str:
        """Return the name of a pattern in the reader's language; of one that is gone, its slug."""
        if pattern == NONE:
            return word(self.language, "none")
        known = self.catalog.patterns.get(pattern)
        return known.text[self.language].name if known else pattern

    def word(self, key: str, **values: object) -> str:
        """Return a text in the reader's language."""
        return word(self.language, key, **values)


def export(source: Export, kind: str) -> Exported:
    """Return the result as `md`, `docx`, `csv`, `json`, `svg` or `png`; InputError for anything else."""
    if kind not in _KINDS:
        raise InputError([Problem("/format", f"must be one of {', '.join(_KINDS)}", "unknown-format")])
    media_type, write = _KINDS[kind]
    return Exported(write(source), media_type, f"workshop.{kind}")


def _markdown(source: Export) -> bytes:
    lines = [f"# {_inert(source.result.title)}", ""]
    for part in _parts(source):
        match part:
            case _Heading(level, text):
                lines += ["", f"{'#' * level} {_inert(text)}", ""]
            case _Line(text, indent):
                lines.append(f"{'  ' * indent}- {_inert(text)}")
            case _Paragraph(text):
                lines += ["", _inert(text), ""]
    return (_BLANK_LINES.sub("\n\n", "\n".join(lines)).rstrip() + "\n").encode()


def _inert(text: str) -> str:
    return inert(xml_text(text))


def _docx(source: Export) -> bytes:
    from docx import Document  # noqa: PLC0415 - heavy, only for this format

    document = Document()
    document.core_properties.author = ""
    document.core_properties.title = xml_text(source.result.title)
    document.add_heading(xml_text(source.result.title), 0)
    for part in _parts(source):
        match part:
            case _Heading(level, text):
                document.add_heading(xml_text(text), level - 1)
            case _Line(text, indent):
                document.add_paragraph(xml_text(text), style="List Bullet 2" if indent else "List Bullet")
            case _Paragraph(text):
                document.add_paragraph(xml_text(text))
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def _csv(source: Export) -> bytes:
    """Return one row a card, with a byte order mark, for spreadsheets; no cell is a formula."""
    file = io.StringIO()
    table = csv.writer(file, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    columns = ("id", "level", "objective", "before", "now", "kind_before", "kind_now", "accepted", "open", "rejected")
    table.writerow([source.word(f"csv.{column}") for column in columns])
    for objective in source.result.objectives:
        for card in (objective.card, *objective.key_results):
            table.writerow([_cell(text) for text in _row(source, card, objective.card.now)])
    for card in source.result.loose:
        table.writerow([_cell(text) for text in _row(source, card, "")])
    return file.getvalue().encode("utf-8-sig")


def _row(source: Export, card: ResultCard, objective: str) -> tuple[str, ...]:
    kinds = (source.word(f"kinds.{kind}") if kind else "" for kind in (card.kind_before, card.kind_now))
    patterns = (
        ", ".join(source.name_of(pattern) for pattern in card.patterns(verdict))
        for verdict in ("accept", "open", "reject")
    )
    return (card.id, source.word(f"levels.{card.level}"), objective, card.before, card.now, *kinds, *patterns)


def _cell(text: str) -> str:
    """Return a cell that no spreadsheet computes, also where `;` or a line break separates its cells."""
    text = xml_text(text).replace("\x00", " ")
    return _CELL_WITHIN.sub(r"\1'\2", _FORMULA.sub(r"'\1\2", text))


def _json(source: Export) -> bytes:
    return source.result.model_dump_json(indent=2).encode() + b"\n"


def _picture(kind: str) -> Callable[[Export], bytes]:
    def draw(source: Export) -> bytes:
        from coach.workshop.picture import drawn  # noqa: PLC0415 - heavy, only for pictures

        return drawn(source.result, name_of=source.name_of, language=source.language, kind=kind, cache=source.cache)

    return draw


_KINDS: Mapping[str, tuple[str, Callable[[Export], bytes]]] = {
    "md": ("text/markdown; charset=utf-8", _markdown),
    "docx": (_DOCX, _docx),
    "csv": ("text/csv; charset=utf-8", _csv),
    "json": ("application/json", _json),
    "svg": ("image/svg+xml", _picture("svg")),
    "png": ("image/png", _picture("png")),
}
KINDS = tuple(_KINDS)


class _Heading(NamedTuple):
    level: int
    text: str


class _Line(NamedTuple):
    text: str
    indent: int = 0


class _Paragraph(NamedTuple):
    text: str


_Part = _Heading | _Line | _Paragraph


def _parts(source: Export) -> Iterator[_Part]:
    """Yield what a report says, from top to bottom."""
    result = source.result
    yield _Heading(2, source.word("objectives"))
    if not result.cards():
        yield _Paragraph(source.word("empty"))
    for objective in result.objectives:
        yield from _card(source, objective.card, 3)
        for key_result in objective.key_results:
            yield from _card(source, key_result, 4)
    if result.loose:
        yield _Heading(3, source.word("loose"))
        for key_result in result.loose:
            yield from _card(source, key_result, 4)
    shares = {"before": result.heatmap.outcomes_before, "now": result.heatmap.outcomes_now}
    if shares["before"] is not None:
        yield _Paragraph(source.word("outcomes", **{k: share(source.language, v) for k, v in shares.items()}))
    yield from _list(source, "decisions", [note.text for note in result.decisions])
    yield from _list(source, "next-steps", [_step(source, note) for note in result.next_steps])
    yield from _list(source, "parked", list(result.parked))
    yield _Paragraph(source.word("expires", date=date_in(source.language, result.expires_at)))


def _card(source: Export, card: ResultCard, level: int) -> Iterator[_Part]:
    yield _Heading(level, card.now)
    if card.now != card.before:
        yield _Paragraph(source.word("before", text=card.before))
    if card.author:
        yield _Paragraph(source.word("by", name=card.author))
    if card.kind_before and card.kind_now:
        kinds = {"before": card.kind_before, "now": card.kind_now}
        yield _Paragraph(source.word("kind", **{key: source.word(f"kinds.{kind}") for key, kind in kinds.items()}))
    for finding in card.findings:
        yield _Line(_finding(source, finding))
    if card.guesses:
        counted = sorted(card.guesses.items(), key=lambda each: -each[1])
        yield _Paragraph(source.word("room", guesses=", ".join(f"{source.name_of(p)} {n}" for p, n in counted)))


def _finding(source: Export, finding: ResultFinding) -> str:
    verdict = source.word(finding.verdict)
    return f"{source.name_of(finding.pattern)} ({verdict}): {finding.message} {finding.question}"


def _step(source: Export, note: NoteView) -> str:
    return source.word("due", text=note.text, due=note.due) if note.due else note.text


def _list(source: Export, key: str, texts: list[str]) -> Iterator[_Part]:
    if texts:
        yield _Heading(2, source.word(key))
        yield from (_Line(text) for text in texts)
