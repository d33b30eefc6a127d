"""`okr-coach review`: the walk on a file, on standard input, or on a stream of drafts."""

import json
import sys
from collections.abc import Callable, Iterator
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Annotated, Any, BinaryIO

import typer

from coach.cli.app import DEGRADED, WRONG_USAGE, app, settings_of
from coach.errors import InputError, Problem
from coach.formats.reading import FORMATS, MAX_BYTES, format_of, parse_json, read_draft
from coach.okr import Draft, parse_draft
from coach.review import Review, Severity
from coach.wiring import LOCAL_TENANT, open_coach


class Source(StrEnum):
    """What a draft is read from."""

    MD = "md"
    YAML = "yaml"
    JSON = "json"
    JSONL = "jsonl"
    CSV = "csv"
    XLSX = "xlsx"
    DOCX = "docx"


class Report(StrEnum):
    """What a review is written as."""

    TEXT = "text"
    JSON = "json"
    JSONL = "jsonl"
    SARIF = "sarif"
    GITHUB = "github"
    JUNIT = "junit"
    MARKDOWN = "markdown"


class Mode(StrEnum):
    """Whether a model takes part."""

    RULES = "rules"
    AUTO = "auto"
    LLM = "llm"


class Lang(StrEnum):
    """The language of the draft."""

    AUTO = "auto"
    DE = "de"
    EN = "en"


class FailOn(StrEnum):
    """From which severity on the exit code is 1."""

    ERROR = "error"
    WARNING = "warning"
    NEVER = "never"


@app.command()
def review(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="The draft; - is standard input.", allow_dash=True)] = Path("-"),
    source: Annotated[
        Source | None, typer.Option("--from", help="Format of the draft; default: by name or content.")
    ] = None,
    report: Annotated[Report, typer.Option("--format", help="Format of the report.")] = Report.TEXT,
    mode: Annotated[Mode | None, typer.Option(help="Whether a model takes part.")] = None,
    lang: Annotated[Lang | None, typer.Option(help="Language of the draft.")] = None,
    profile: Annotated[str | None, typer.Option(help="default, google or lenient.")] = None,
    fail_on: Annotated[FailOn, typer.Option(help="Exit 1 from this severity on.")] = FailOn.WARNING,
    rewrite: Annotated[bool | None, typer.Option("--rewrite/--no-rewrite", help="Offer rewrites.")] = None,
) -> None:
    """Review a draft of OKRs: findings, one question each, and rewrites beside them."""
    settings = settings_of(context)
    coach = open_coach(settings).of(LOCAL_TENANT)
    reviewed = partial(coach.review, LOCAL_TENANT, muted=coach.muted(LOCAL_TENANT))
    language = lang.value if lang else settings.language
    changes: dict[str, Any] = {
        name: value
        for name, value in (
            ("mode", mode),
            ("language", language),
            ("profile", profile),
            ("rewrite", rewrite),
        )
        if value is not None and not (name == "language" and value == "auto")
    }
    name = str(file) if str(file) != "-" else "stdin"
    with opened(file) as stream:
        if source == Source.JSONL or (source is None and file.suffix == ".jsonl"):
            raise typer.Exit(_review_lines(reviewed, stream, changes, report, fail_on, name))
        content = stream.read(MAX_BYTES + 1)
    kind = source.value if source else format_of(str(file), content)
    done = reviewed(_changed(read_draft(content, kind), changes))
    _write(done, report, name)
    raise typer.Exit(_exit_code([done], fail_on))


def opened(file: Path) -> BinaryIO:
    """Return a file to read from, or standard input for -; raise InputError where it cannot be read."""
    if str(file) == "-":
        return sys.stdin.buffer
    try:
        return file.open("rb")
    except OSError as error:
        raise InputError([Problem("", f"{file}: {error.strerror}", "unreadable")]) from error


def _changed(draft: Draft, changes: dict[str, Any]) -> Draft:
    return draft.model_copy(update=changes) if changes else draft


def _review_lines(
    reviewed: Callable[[Draft], Review],
    stream: BinaryIO,
    changes: dict[str, Any],
    report: Report,
    fail_on: FailOn,
    name: str,
) -> int:
    """Review one draft a line, in order and in constant memory; a bad line never stops the run."""
    bad, code = False, 0
    for number, line in enumerate(_lines(stream), start=1):
        if not line.strip():
            continue
        identifier = None
        try:
            if len(line) > MAX_BYTES:
                raise InputError([Problem("", f"the line is over {MAX_BYTES} bytes", "too-large")])
            value = parse_json(line)
            identifier = value.get("id") if isinstance(value, dict) else None
            done = reviewed(_changed(parse_draft(value), changes))
        except InputError as error:
            bad = True
            _write_bad_line(identifier, number, error)
            continue
        _write(done, Report.JSONL if report == Report.TEXT else report, name)
        code = max(code, _exit_code([done], fail_on))
    return WRONG_USAGE if bad else code


def _lines(stream: BinaryIO) -> Iterator[bytes]:
    """Yield lines; of a line over the limit only its beginning is kept in memory."""
    while line := stream.readline(MAX_BYTES + 1):
        if len(line) > MAX_BYTES and not line.endswith(b"\n"):
            while (rest := stream.readline(MAX_BYTES)) and not rest.endswith(b"\n"):
                pass
        yield line


def _write_bad_line(identifier: object, number: int, error: InputError) -> None:
    first = error.problems[0]
    problems = [{"pointer": p.pointer, "detail": p.detail, "code": p.code} for p in error.problems]
    fault = {
        "id": identifier,
        "line": number,
        "error": {"code": first.code, "detail": first.detail, "problems": problems},
    }
    sys.stdout.write(json.dumps(fault) + "\n")


def _write(done: Review, report: Report, name: str) -> None:
    if report == Report.TEXT:
        from coach.cli.text import render

        sys.stdout.write(render(done, colour=_colour()))
    else:
        from coach.formats.writing import write_review

        sys.stdout.write(write_review(done, report.value, file=name))


def _colour() -> bool:
    import os

    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")


def _exit_code(reviews: list[Review], fail_on: FailOn) -> int:
    if any(done.mode == "llm" and done.degraded for done in reviews):
        return DEGRADED
    if fail_on == FailOn.NEVER:
        return 0
    least = Severity(fail_on.value)
    return int(any(finding.severity.at_least(least) for done in reviews for finding in done.findings()))


assert set(FORMATS) == {source.value for source in Source} - {"jsonl"}
