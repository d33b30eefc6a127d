"""`okr-coach strategy`: frames from purpose to scorecard, and drafts held against them."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from coach.cli.app import DEGRADED, app
from coach.cli.lines import body_as, contents, draft_in, local_coach, print_points
from coach.cli.review import Lang, Mode
from coach.errors import InputError, Problem
from coach.formats.reading import format_of
from coach.okr import Draft, Strategy
from coach.wiring import LOCAL_TENANT

if TYPE_CHECKING:
    from coach.strategy.aligned import Alignment
    from coach.strategy.bridge import Bridge

strategy = typer.Typer(help="From purpose to key result, and back.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(strategy, name="strategy")

FrameFile = Annotated[
    Path, typer.Argument(help="The frame (md, yaml, json, docx); - is standard input.", allow_dash=True)
]
DraftFile = Annotated[Path, typer.Argument(help="The draft of OKRs; - is standard input.", allow_dash=True)]
WithModel = Annotated[Mode | None, typer.Option(help="Whether a model takes part.")]
Id = Annotated[str, typer.Argument(help="The id of the frame.")]
Version = Annotated[int | None, typer.Option(min=1, help="Which version; default: the newest.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON as the API answers it.")]


@strategy.command()
def check(context: typer.Context, frame: FrameFile, json: Json = False) -> None:
    """Say what a frame lacks, and what it has in name only."""
    review = local_coach(context).desk.review_frame(read_frame(frame))
    if json:
        typer.echo(review.model_dump_json(indent=2))
        return
    if review.message:
        typer.echo(review.message)
    for note in review.notes:
        typer.echo(f"{note.at}\n  {note.message}\n  {typer.style(note.question, bold=True)}\n")


@strategy.command()
def align(
    context: typer.Context, frame: FrameFile, draft: DraftFile, mode: WithModel = None, json: Json = False
) -> None:
    """Say what in a draft serves which element of the frame, what hangs in the air, what nothing serves."""
    framed = _framed(draft, frame, mode)
    found = local_coach(context).align(LOCAL_TENANT, framed)
    if json:
        typer.echo(found.model_dump_json(indent=2))
    else:
        _print_alignment(found)
    _leave(found.degraded, framed.mode)


def _print_alignment(found: "Alignment") -> None:
    for text in found.texts:
        typer.echo(
            typer.style(("O  " if text.level == "objective" else "   ") + text.text, bold=text.level == "objective")
        )
        for link in text.links:
            typer.echo(f"     {link.strength:.0%}  {link.why}" + (f" {link.reason}" if link.reason else ""))
        print_points("     ●", text.findings)
    print_points("●", found.conflicts)
    print_points("○", found.unserved)
    typer.echo(found.message)


@strategy.command("map")
def draw(
    context: typer.Context,
    frame: FrameFile,
    draft: DraftFile,
    mode: WithModel = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Where to write it: .svg or .png; default: print the SVG.")
    ] = None,
) -> None:
    """Draw the way from the purpose to every key result as SVG or PNG."""
    from coach.strategy.map import map_of

    form = _form_of(output)
    coach = local_coach(context)
    framed = _framed(draft, frame, mode)
    found = coach.align(LOCAL_TENANT, framed)
    picture = coach.desk.map_as(map_of(framed, found), form)
    if output is None:
        sys.stdout.buffer.write(picture)
    else:
        _write(output, picture)
    _leave(found.degraded, framed.mode)


def _write(output: Path, content: bytes) -> None:
    try:
        output.write_bytes(content)
    except OSError as error:
        raise InputError([Problem("", f"{output}: {error.strerror}", "unwritable")]) from error


@strategy.command()
def bridge(
    context: typer.Context,
    goal: Annotated[str, typer.Argument(help="The goal of the scorecard.")],
    kpi: Annotated[list[str] | None, typer.Option(help="A KPI of the goal; may be given several times.")] = None,
    perspective: Annotated[str, typer.Option(help="finance, customer, process or learning.")] = "customer",
    people: Annotated[str | None, typer.Option(help="Whom it is for, in the plural.")] = None,
    lang: Annotated[Lang, typer.Option(help="Language of the answer.")] = Lang.AUTO,
    mode: WithModel = None,
    json: Json = False,
) -> None:
    """Turn a scorecard goal with its KPIs into hypotheses and a draft in outcome form."""
    from coach.cycle import parse_as
    from coach.strategy.bridge import BridgeRequest

    body: dict[str, Any] = {
        "goal": {"perspective": perspective, "goal": goal, "kpis": kpi or []},
        "people": people,
        "language": lang.value,
        "mode": mode.value if mode else "auto",
    }
    request = parse_as(BridgeRequest, body)
    found = local_coach(context).bridge(LOCAL_TENANT, request)
    if json:
        typer.echo(found.model_dump_json(indent=2))
    else:
        _print_bridge(found)
    _leave(found.degraded, request.mode)


def _print_bridge(found: "Bridge") -> None:
    typer.echo(typer.style(found.guiding_question, bold=True))
    for hypothesis in found.hypotheses:
        typer.echo(f"  {hypothesis.text}")
    typer.echo(f"\nO  {found.objective}  [{found.objective_status}]")
    for key_result in found.key_results:
        typer.echo(f"   {key_result.text}  [{key_result.status}]")
    for line in found.mirror:
        typer.echo(f"\n{line}")


@strategy.command()
def add(
    context: typer.Context, name: Annotated[str, typer.Argument(help="A name for the frame.")], frame: FrameFile
) -> None:
    """Store a frame and print its id; a name that is there already gets the next version."""
    coach = local_coach(context)
    read = read_frame(frame)
    known = {stored.name: stored.id for stored in coach.strategies.list(LOCAL_TENANT)}
    if name in known:
        stored = coach.strategies.replace(LOCAL_TENANT, known[name], name, read)
    else:
        stored = coach.strategies.add(LOCAL_TENANT, name, read)
    typer.echo(f"{stored.id}  {stored.version}")


@strategy.command("list")
def list_frames(context: typer.Context) -> None:
    """List the stored frames."""
    for stored in local_coach(context).strategies.list(LOCAL_TENANT):
        typer.echo(f"{stored.id}  {stored.version}  {stored.name}")


@strategy.command()
def show(context: typer.Context, identifier: Id, version: Version = None) -> None:
    """Print a stored frame as JSON, as the API takes it."""
    stored = local_coach(context).strategies.get(LOCAL_TENANT, identifier, version)
    typer.echo(stored.strategy.model_dump_json(indent=2, exclude_none=True))


@strategy.command()
def delete(context: typer.Context, identifier: Id) -> None:
    """Delete a stored frame with all its versions; its cycles stay."""
    local_coach(context).strategies.delete(LOCAL_TENANT, identifier)


@strategy.command()
def mirror(
    context: typer.Context,
    figures: Annotated[
        Path, typer.Argument(help="YAML or JSON: language, figures; - is standard input.", allow_dash=True)
    ],
) -> None:
    """Mirror what a cycle found out with the KPIs: moved, not moved, wrong hypothesis."""
    from coach.strategy.mirror import MirrorRequest, mirrored

    sent = body_as(MirrorRequest, figures)
    print_points("→", (mirrored(figure, sent.language) for figure in sent.figures))


def read_frame(file: Path) -> Strategy:
    """Return the frame in a file; raise InputError where it is none."""
    from coach.strategy.importing import read_strategy

    content = contents(file)
    return read_strategy(content, format_of(str(file), content))


def _framed(draft: Path, frame: Path, mode: Mode | None) -> Draft:
    """Return the draft in its frame; `mode` counts where one is given."""
    read = draft_in(draft).within(read_frame(frame))
    return read.model_copy(update={"mode": mode.value}) if mode else read


def _leave(degraded: str | None, mode: str) -> None:
    """Say why a model had no part; where one was asked for, that is exit code 3."""
    if degraded:
        typer.echo(degraded, err=True)
        if mode == Mode.LLM:
            raise typer.Exit(DEGRADED)


def _form_of(output: Path | None) -> Literal["svg", "png"]:
    ending = output.suffix.lower() if output else ".svg"
    if ending not in {".svg", ".png"}:
        raise InputError([Problem("", f"{output}: a map ends in .svg or .png", "unknown-format")])
    return "png" if ending == ".png" else "svg"
