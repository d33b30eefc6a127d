"""`okr-coach explain`: one failure pattern, as a coach would explain it."""

from typing import Annotated

import typer

from coach.cli.app import app, settings_of
from coach.cli.review import Lang
from coach.errors import NotFound
from coach.wiring import LOCAL_TENANT, open_coach


@app.command()
def explain(
    context: typer.Context,
    slug: Annotated[str, typer.Argument(help="The pattern's slug, e.g. no-baseline.")],
    lang: Annotated[Lang, typer.Option(help="Language of the page.")] = Lang.EN,
) -> None:
    """Explain a failure pattern: what it looks like, why it hurts, what to do instead."""
    catalog = open_coach(settings_of(context)).of(LOCAL_TENANT).catalog
    try:
        pattern = catalog.pattern(slug)
    except NotFound as error:
        from difflib import get_close_matches

        near = get_close_matches(slug, list(catalog.patterns), n=3)
        typer.echo(f"error: {error}" + (f"; did you mean {', '.join(near)}?" if near else ""), err=True)
        raise typer.Exit(2) from error
    text = pattern.text["de" if lang == Lang.DE else "en"]
    typer.echo(typer.style(f"{text.name}  ({pattern.slug})", bold=True))
    for section in text.sections:
        typer.echo("\n" + typer.style(section.heading, bold=True))
        typer.echo(section.text)
    sources = catalog.sources
    if pattern.sources:
        typer.echo("\n" + ", ".join(pattern.sources))
        language = "de" if lang == Lang.DE else "en"
        for name, group in sources.groups.items():
            if any(source in group.points for source in pattern.sources):
                typer.echo(f"{name}: {getattr(group, language)}")
        for source in pattern.sources:
            if source in sources.works:
                typer.echo(f"{source}: {sources.works[source]}")
