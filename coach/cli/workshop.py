"""`okr-coach workshop`: prepare a room with drafts, change its agenda, take its result home, delete it."""

import asyncio
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from coach.cli.app import app, settings_of
from coach.errors import InputError, Problem
from coach.wiring import LOCAL_TENANT, open_coach

workshop = typer.Typer(
    help="Prepare workshops and take their results home.", no_args_is_help=True, rich_markup_mode=None
)
app.add_typer(workshop, name="workshop")

Code = Annotated[str, typer.Argument(help="The code on the wall.")]
Tenant = Annotated[str, typer.Option(help="The organisation that the workshop belongs to.")]


class Lang(StrEnum):
    """A language."""

    DE = "de"
    EN = "en"


class Kind(StrEnum):
    """What a result is written as."""

    MD = "md"
    DOCX = "docx"
    CSV = "csv"
    JSON = "json"
    SVG = "svg"
    PNG = "png"


@workshop.command()
def create(
    context: typer.Context,
    title: Annotated[str, typer.Argument(help="What the workshop is about.")],
    draft: Annotated[
        list[Path] | None,
        typer.Option(help="A draft (md, yaml, json, csv, xlsx, docx) whose objectives become cards; more than once."),
    ] = None,
    review: Annotated[list[str] | None, typer.Option(help="Id of an earlier review to take cards from.")] = None,
    agenda: Annotated[Path | None, typer.Option(help="YAML or JSON: a list of rounds with kind and minutes.")] = None,
    lang: Annotated[Lang, typer.Option(help="Language of the room.")] = Lang.DE,
    names: Annotated[bool, typer.Option("--names/--anonymous", help="Whether people may give a name.")] = False,
    moderated: Annotated[
        bool, typer.Option("--moderated/--open", help="Whether cards wait for a host before others see them.")
    ] = True,
    labels: Annotated[bool, typer.Option(help="Keep guesses as labels for evals.")] = False,
    dots: Annotated[int, typer.Option(min=1, max=20, help="Dots that everybody has per card.")] = 3,
    days: Annotated[int, typer.Option(min=1, max=365, help="Days until everything is deleted.")] = 30,
    tenant: Tenant = LOCAL_TENANT,
) -> None:
    """Open a workshop and print its code and the host's secret, once."""
    from coach.workshop.plan import parse_plan
    from coach.workshop.prepared import objectives_in

    plan: dict[str, Any] = {
        "title": title,
        "language": lang.value,
        "names_allowed": names,
        "moderated": moderated,
        "labels_kept": labels,
        "dots": dots,
        "retention_days": days,
        "reviews": review or [],
    }
    plan["objectives"] = objectives_in([(file.name, _read(file)) for file in draft or ()])
    if agenda is not None:
        plan["agenda"] = _agenda(agenda)
    created = open_coach(settings_of(context)).workshops.create(tenant, parse_plan(plan))
    typer.echo(created.model_dump_json(indent=2))


@workshop.command("list")
def list_workshops(context: typer.Context, tenant: Tenant = LOCAL_TENANT) -> None:
    """List the workshops that have not expired, newest first."""
    for each in open_coach(settings_of(context)).workshops.of_tenant(tenant):
        typer.echo(f"{each.code}  {each.created_at:%Y-%m-%d}  {each.title}")


@workshop.command("agenda")
def show_or_change_agenda(
    context: typer.Context,
    code: Code,
    file: Annotated[Path | None, typer.Option(help="YAML or JSON with the new rounds; without it, print them.")] = None,
) -> None:
    """Print a workshop's rounds, or replace them."""
    from coach.workshop.anonymity import HostActor
    from coach.workshop.commands import parse_command

    workshops = open_coach(settings_of(context)).workshops
    if file is not None:
        command = parse_command({"type": "change-agenda", "rounds": _agenda(file)})
        asyncio.run(workshops.act(code, HostActor(workshops.room(code).first_host), command))
        workshops.stop()
    for place, planned in enumerate(workshops.room(code).agenda):
        typer.echo(f"{place}  {planned.kind.value}  {planned.minutes:g} min  {planned.note}".rstrip())


@workshop.command()
def export(
    context: typer.Context,
    code: Code,
    report: Annotated[Kind, typer.Option("--format", help="md, docx, csv, json, or a picture.")] = Kind.MD,
    output: Annotated[Path | None, typer.Option(help="Where to write it; default: standard output.")] = None,
    lang: Annotated[Lang | None, typer.Option(help="Language of headings and patterns.")] = None,
) -> None:
    """Write what a workshop leaves behind."""
    workshops = open_coach(settings_of(context)).workshops
    exported = workshops.export(code, report.value, lang.value if lang else None)
    if output is None:
        sys.stdout.buffer.write(exported.content)
    else:
        output.write_bytes(exported.content)


@workshop.command()
def labels(context: typer.Context, code: Code) -> None:
    """Write the room's guesses against the coach's answers, one JSON a line."""
    for label in open_coach(settings_of(context)).workshops.labels(code):
        typer.echo(label.model_dump_json())


@workshop.command()
def delete(context: typer.Context, code: Code) -> None:
    """Delete a workshop with every word in it, at once."""
    open_coach(settings_of(context)).workshops.delete(code)


@workshop.command()
def expire(context: typer.Context) -> None:
    """Delete the workshops whose time is up; the server does so too."""
    typer.echo(open_coach(settings_of(context)).workshops.expire())


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise InputError([Problem("", f"{file}: {error.strerror}", "unreadable")]) from error


def _agenda(file: Path) -> Any:
    import yaml

    try:
        return yaml.safe_load(_read(file))
    except yaml.YAMLError as error:
        raise InputError([Problem("/agenda", f"{file} is no YAML", "invalid-yaml")]) from error
