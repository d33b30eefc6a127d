"""`okr-coach readiness`: the self-check of an organisation."""

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from coach.cli.app import app
from coach.cli.lines import body_as, local_coach


class ReadinessFormat(StrEnum):
    """What a self-check is written as."""

    MARKDOWN = "markdown"
    JSON = "json"
    DOCX = "docx"
    SVG = "svg"
    PNG = "png"
    ITEMS = "items"


@app.command()
def readiness(
    context: typer.Context,
    answers: Annotated[
        Path | None,
        typer.Argument(help="YAML or JSON: language, answers by item; - is standard input.", allow_dash=True),
    ] = None,
    form: Annotated[
        ReadinessFormat, typer.Option("--format", help="How to write it; items: an empty form.")
    ] = ReadinessFormat.MARKDOWN,
    german: Annotated[bool, typer.Option("--german/--english", help="Language of the empty form.")] = True,
) -> None:
    """Say where stumbling blocks lie before OKR starts, and which first steps help."""
    from coach.strategy.drawing import draw_radar
    from coach.strategy.readiness import ReadinessRequest, items
    from coach.strategy.report import as_docx, as_markdown, spokes
    from coach.strategy.words import say

    if answers is None or form == ReadinessFormat.ITEMS:
        language = "de" if german else "en"
        typer.echo(f"language: {language}\nanswers:")
        for item in items():
            typer.echo(
                f"  # {item.in_language('de' if german else 'en').ask}\n  {item.id}: {{scale: null, text: null}}"
            )
        return
    desk = local_coach(context).desk
    found = desk.readiness(body_as(ReadinessRequest, answers))
    if form == ReadinessFormat.JSON:
        typer.echo(found.model_dump_json(indent=2))
    elif form == ReadinessFormat.DOCX:
        sys.stdout.buffer.write(as_docx(found))
    elif form == ReadinessFormat.MARKDOWN:
        sys.stdout.write(as_markdown(found))
    else:
        picture = draw_radar(spokes(found), title=say(found.language, "readiness.title"))
        sys.stdout.buffer.write(desk.picture_as(picture, "png" if form == ReadinessFormat.PNG else "svg"))
