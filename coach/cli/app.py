"""The command line: one file per command, and what they share."""

import os
import sys
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from coach.errors import CoachError, InputError
from coach.settings import Settings, read_settings

WRONG_USAGE = 2
DEGRADED = 3

app = typer.Typer(
    name="okr-coach",
    help="Helps teams write better OKRs: critiques drafts, asks, offers rewrites. German and English.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


@app.callback()
def options(
    context: typer.Context,
    config: Annotated[
        Path | None, typer.Option(help="A TOML file with settings; the environment overrides it.")
    ] = None,
) -> None:
    """Read the settings before any command."""
    context.obj = config


def settings_of(context: typer.Context) -> Settings:
    """Return the settings of this call."""
    return read_settings(context.obj)


def fail(error: CoachError) -> NoReturn:
    """Say on standard error what is wrong, one line a problem, and leave with exit code 2."""
    if isinstance(error, InputError):
        for problem in error.problems:
            typer.echo(f"error: {problem.pointer or 'input'}: {problem.detail}", err=True)
    else:
        typer.echo(f"error: {error}", err=True)
    raise typer.Exit(WRONG_USAGE)


def main() -> None:
    """Run the command line."""
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
    from coach.cli import (  # noqa: F401 - they register commands
        chat,
        cycle,
        doctor,
        evals,
        explain,
        index,
        keys,
        patterns,
        readiness,
        review,
        search,
        serve,
        strategy,
        workshop,
    )

    try:
        app()
    except CoachError as error:
        try:
            fail(error)
        except typer.Exit as exit_:
            sys.exit(exit_.exit_code)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
