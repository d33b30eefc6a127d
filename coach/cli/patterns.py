"""`okr-coach patterns`: the failure patterns that the coach knows, and those that an organisation has muted."""

from typing import Annotated

import typer

from coach.cli.app import app, settings_of
from coach.cli.review import Lang
from coach.wiring import LOCAL_TENANT, open_coach

patterns = typer.Typer(
    help="List the failure patterns; mute those that do not fit.", invoke_without_command=True, rich_markup_mode=None
)
app.add_typer(patterns, name="patterns")

Tenant = Annotated[str, typer.Option(help="The organisation whose reviews it is about.")]
Slug = Annotated[str, typer.Argument(metavar="SLUG", help="The pattern; a former name will do.")]


@patterns.callback()
def listed(
    context: typer.Context,
    lang: Annotated[Lang, typer.Option(help="Language of the names.")] = Lang.EN,
    check: Annotated[bool, typer.Option("--check", help="Read every knowledge file and list all faults.")] = False,
) -> None:
    """List the failure patterns, with what finds them; mute those that do not fit."""
    if context.invoked_subcommand is not None:
        return
    if check:
        from coach.catalog.catalog import check_catalog
        from coach.detectors import build_detectors
        from coach.errors import KnowledgeError
        from coach.prompting import lock_faults

        check_catalog()
        if faults := lock_faults():
            raise KnowledgeError(faults)
    catalog = open_coach(settings_of(context)).of(LOCAL_TENANT).catalog
    if check:
        build_detectors(catalog.patterns)
        counts = len(catalog.patterns), len(catalog.articles), len(catalog.transformations)
        typer.echo("{} patterns, {} articles, {} transformations".format(*counts))
        return
    width = max(map(len, catalog.patterns))
    for level in dict.fromkeys(pattern.level for pattern in catalog.patterns.values()):
        typer.echo(typer.style(level.value, bold=True))
        for slug, pattern in catalog.patterns.items():
            if pattern.level == level:
                name = pattern.text["de" if lang == Lang.DE else "en"].name
                typer.echo(f"  {slug:{width}}  {pattern.severity['default']:8} {pattern.detector.kind:10} {name}")


@patterns.command()
def mute(context: typer.Context, slug: Slug, tenant: Tenant = LOCAL_TENANT) -> None:
    """Keep a pattern out of every review of an organisation."""
    coach = open_coach(settings_of(context)).of(tenant)
    muted = coach.feedback.mute(tenant, coach.catalog.pattern(slug).slug)
    typer.echo(f"{muted.pattern} is muted")


@patterns.command()
def unmute(context: typer.Context, slug: Slug, tenant: Tenant = LOCAL_TENANT) -> None:
    """Let a pattern be heard again, also one that the knowledge base no longer has."""
    coach = open_coach(settings_of(context)).of(tenant)
    coach.feedback.unmute(tenant, coach.names_of(slug))
    typer.echo(f"{slug} is heard again")


@patterns.command()
def muted(context: typer.Context, tenant: Tenant = LOCAL_TENANT) -> None:
    """List what an organisation has muted, with the day since when."""
    for each in open_coach(settings_of(context)).of(tenant).feedback.muted(tenant):
        typer.echo(f"{each.pattern}  since {each.created_at:%Y-%m-%d}")
