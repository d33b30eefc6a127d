"""`okr-coach evals`: what use says of the coach, as labelled drafts to measure it with."""

import sys
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Annotated, TextIO

import typer

from coach.cli.app import app, settings_of
from coach.errors import InputError, Problem
from coach.wiring import LOCAL_TENANT, open_coach

evals = typer.Typer(help="Turn feedback into labelled drafts.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(evals, name="evals")


@evals.command("export-feedback")
def export_feedback(
    context: typer.Context,
    tenant: Annotated[str, typer.Option(help="The organisation whose feedback it is.")] = LOCAL_TENANT,
    out: Annotated[Path, typer.Option(help="The file to write; - is standard output.", allow_dash=True)] = Path("-"),
) -> None:
    """Write feedback as labelled drafts: JSON Lines, one objective a line."""
    from coach.formats.labels import labelled

    feedback = open_coach(settings_of(context)).feedback
    with _opened(out) as lines:
        for found in feedback.export(tenant):
            for line in labelled(found.id, tenant, found.draft, found.review, found.remarks):
                lines.write(line.model_dump_json() + "\n")


def _opened(out: Path) -> AbstractContextManager[TextIO]:
    if str(out) == "-":
        return nullcontext(sys.stdout)
    try:
        return out.open("w", encoding="utf-8")
    except OSError as error:
        raise InputError([Problem("", f"{out}: {error.strerror}", "unwritable")]) from error
