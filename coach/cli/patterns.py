"""`okr-coach patterns`: the failure patterns that the coach knows."""

from typing import Annotated

import typer

from coach.cli.app import app, settings_of
from coach.cli.review import Lang
from coach.wiring import LOCAL_TENANT, open_coach


@app.command()
def patterns(
    context: typer.Context,
    lang: Annotated[Lang, typer.Option(help="Language of the names.")] = Lang.EN,
    check: Annotated[bool, typer.Option("--check", help="Read every knowledge file and list all faults.")] = False,
) -> None:
    """List the failure patterns, with what finds them."""
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
