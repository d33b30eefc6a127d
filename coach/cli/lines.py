"""What the commands about strategy and cycles share: files in, lines out."""

from collections.abc import Iterable
from pathlib import Path
from typing import Protocol, TypeVar

import typer

from coach.cli.app import settings_of
from coach.cli.review import opened
from coach.cycle import parse_as
from coach.formats.reading import MAX_BYTES, format_of, parse_yaml, read_draft
from coach.okr import Draft, Objective, Strict
from coach.wiring import LOCAL_TENANT, Coach, open_coach

Sent = TypeVar("Sent", bound=Strict)


class Point(Protocol):
    """Something that the coach says, with its question."""

    @property
    def message(self) -> str: ...
    @property
    def question(self) -> str: ...


def local_coach(context: typer.Context) -> Coach:
    """Return the coach of this machine, with the local tenant's own knowledge."""
    return open_coach(settings_of(context)).of(LOCAL_TENANT)


def contents(file: Path) -> bytes:
    """Return what is in a file or on standard input; one byte over the limit tells that it is too large."""
    with opened(file) as stream:
        return stream.read(MAX_BYTES + 1)


def body_as(shape: type[Sent], file: Path) -> Sent:
    """Return a YAML or JSON file in the shape that the API takes; raise InputError where it has another."""
    return parse_as(shape, parse_yaml(contents(file)))


def draft_in(file: Path) -> Draft:
    """Return the draft in a file."""
    content = contents(file)
    return read_draft(content, format_of(str(file), content))


def print_objectives(objectives: Iterable[Objective]) -> None:
    """Print objectives with their key results."""
    for objective in objectives:
        typer.echo(f"O  {objective.objective}")
        for key_result in objective.key_results:
            typer.echo(f"   {key_result.text}")


def print_points(mark: str, points: Iterable[Point]) -> None:
    """Print what the coach says and asks, a line each."""
    for point in points:
        typer.echo(f"{mark} {point.message} {point.question}")
