"""`okr-coach index`: bring the search index up to date."""

from typing import Annotated

import typer

from coach.cli.app import app, settings_of
from coach.wiring import open_coach


@app.command()
def index(
    context: typer.Context,
    verify: Annotated[bool, typer.Option(help="Read every vector; repair what is stale, missing or damaged.")] = False,
) -> None:
    """Build or update the vector index; only what changed is embedded. Names own pages that were skipped."""
    installation = open_coach(settings_of(context))
    skipped = False
    for coach in (installation, *installation.tenants()):
        done = coach.search.build(verify=verify)
        name = f"{coach.tenant}: " if coach.tenant else ""
        repaired = f", {done.damaged} damaged and repaired" if verify else ""
        typer.echo(f"{name}{done.added} embedded, {done.removed} removed, {done.kept} unchanged{repaired}")
        for fault in coach.knowledge_faults:
            skipped = True
            typer.echo(f"skipped: {fault}", err=True)
    if skipped:
        raise typer.Exit(1)
