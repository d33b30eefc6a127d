"""`okr-coach strategy`: frames from purpose to scorecard, and drafts held against them."""

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from coach.cli.app import app, settings_of
from coach.cli.review import Lang, opened
from coach.formats.reading import MAX_BYTES, format_of, read_draft
from coach.okr import Draft, Strategy
from coach.wiring import LOCAL_TENANT, Coach, open_coach

strategy = typer.Typer(help="From purpose to key result, and back.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(strategy, name="strategy")

FrameFile = Annotated[
    Path, typer.Argument(help="The frame (md, yaml, json, docx); - is standard input.", allow_dash=True)
]
DraftFile = Annotated[Path, typer.Argument(help="The draft of OKRs; - is standard input.", allow_dash=True)]
Json = Annotated[bool, typer.Option("--json", help="Print JSON as the API answers it.")]


@strategy.command()
def check(context: typer.Context, frame: FrameFile, json: Json = False) -> None:
    """Say what a frame lacks, and what it has in name only."""
    review = _coach(context).desk.review_frame(read_frame(frame))
    if json:
        typer.echo(review.model_dump_json(indent=2))
        return
    if review.message:
        typer.echo(review.message)
    for note in review.notes:
        typer.echo(f"{note.at}\n  {note.message}\n  {typer.style(note.question, bold=True)}\n")


@strategy.command()
def align(context: typer.Context, frame: FrameFile, draft: DraftFile, json: Json = False) -> None:
    """Say what in a draft serves which element of the frame, what hangs in the air, what nothing serves."""
    found = _coach(context).desk.align(framed(draft, read_frame(frame)))
    if json:
        typer.echo(found.model_dump_json(indent=2))
        return
    for text in found.texts:
        typer.echo(
            typer.style(("O  " if text.level == "objective" else "   ") + text.text, bold=text.level == "objective")
        )
        for link in text.links:
            typer.echo(f"     {link.strength:.0%}  {link.why}")
        for finding in text.findings:
            typer.echo(f"     ● {finding.message} {finding.question}")
    for conflict in found.conflicts:
        typer.echo(f"● {conflict.message} {conflict.question}")
    for gap in found.unserved:
        typer.echo(f"○ {gap.message} {gap.question}")
    typer.echo(found.message)


@strategy.command("map")
def draw(
    context: typer.Context,
    frame: FrameFile,
    draft: DraftFile,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Where to write the SVG; default: print it.")
    ] = None,
) -> None:
    """Draw the way from the purpose to every key result as SVG."""
    from coach.strategy.drawing import draw_map
    from coach.strategy.map import map_of

    whole = framed(draft, read_frame(frame))
    picture = map_of(whole.context.strategy or Strategy(), _coach(context).desk.align(whole), whole)
    svg = draw_map(picture, title=picture.frame.text or picture.frame.label)
    if output is None:
        sys.stdout.write(svg)
    else:
        output.write_text(svg, encoding="utf-8")


@strategy.command()
def bridge(
    context: typer.Context,
    goal: Annotated[str, typer.Argument(help="The goal of the scorecard.")],
    kpi: Annotated[list[str] | None, typer.Option(help="A KPI of the goal; may be given several times.")] = None,
    perspective: Annotated[str, typer.Option(help="finance, customer, process or learning.")] = "customer",
    people: Annotated[str | None, typer.Option(help="Whom it is for, in the plural.")] = None,
    lang: Annotated[Lang, typer.Option(help="Language of the answer.")] = Lang.AUTO,
    json: Json = False,
) -> None:
    """Turn a scorecard goal with its KPIs into hypotheses and a draft in outcome form."""
    from coach.cycle import parse_as
    from coach.strategy.bridge import BridgeRequest

    body: dict[str, Any] = {
        "goal": {"perspective": perspective, "goal": goal, "kpis": kpi or []},
        "people": people,
        "language": lang.value,
    }
    found = _coach(context).desk.bridge(parse_as(BridgeRequest, body))
    if json:
        typer.echo(found.model_dump_json(indent=2))
        return
    typer.echo(typer.style(found.guiding_question, bold=True))
    for hypothesis in found.hypotheses:
        typer.echo(f"  {hypothesis.text}")
    typer.echo(f"\nO  {found.objective}")
    for key_result in found.key_results:
        typer.echo(f"   {key_result.text}  [{key_result.status}]")
    for line in found.mirror:
        typer.echo(f"\n{line}")


@strategy.command()
def add(
    context: typer.Context, name: Annotated[str, typer.Argument(help="A name for the frame.")], frame: FrameFile
) -> None:
    """Store a frame and print its id; a name that is there already gets the next version."""
    coach = open_coach(settings_of(context))
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
    for stored in open_coach(settings_of(context)).strategies.list(LOCAL_TENANT):
        typer.echo(f"{stored.id}  {stored.version}  {stored.name}")


def read_frame(file: Path) -> Strategy:
    """Return the frame in a file; raise InputError where it is none."""
    from coach.strategy.importing import read_strategy

    with opened(file) as stream:
        content = stream.read(MAX_BYTES + 1)
    return read_strategy(content, format_of(str(file), content))


def framed(file: Path, strategy: Strategy) -> Draft:
    """Return the draft in a file, in its frame."""
    with opened(file) as stream:
        content = stream.read(MAX_BYTES + 1)
    draft = read_draft(content, format_of(str(file), content))
    return draft.model_copy(update={"context": draft.context.model_copy(update={"strategy": strategy})})


def _coach(context: typer.Context) -> Coach:
    return open_coach(settings_of(context)).of(LOCAL_TENANT)
