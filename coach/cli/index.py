"""`okr-coach index`: bring the search index up to date."""

import typer

from coach.cli.app import app, settings_of
from coach.wiring import open_coach


@app.command()
def index(context: typer.Context) -> None:
    """Build or update the vector index; only what changed is embedded."""
    done = open_coach(settings_of(context)).search.build()
    typer.echo(f"{done.added} embedded, {done.removed} removed, {done.kept} unchanged")
