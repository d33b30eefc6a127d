"""`okr-coach cycle`: a cycle from draft to adaptation; bodies as the API takes them, in YAML or JSON."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from coach.cli.app import app
from coach.cli.lines import body_as, local_coach, print_objectives, print_points
from coach.cycle import CheckIn, Cycle, CycleReview, DraftedObjectives, NewCycle, NextCycle, Retrospective
from coach.wiring import LOCAL_TENANT, Coach

cycle = typer.Typer(
    help="Accompany a cycle: draft, check-ins, review, retrospective.", no_args_is_help=True, rich_markup_mode=None
)
app.add_typer(cycle, name="cycle")

Id = Annotated[str, typer.Argument(help="The id of the cycle.")]
Body = Annotated[
    Path, typer.Argument(help="YAML or JSON with the fields of the API; - is standard input.", allow_dash=True)
]


@cycle.command()
def start(context: typer.Context, body: Body) -> None:
    """Start a cycle: name, language, starts, ends, objectives."""
    from coach.strategy import cycle as steps

    coach = local_coach(context)
    stored = coach.cycles.add(LOCAL_TENANT, steps.started(body_as(NewCycle, body)))
    _show(coach, stored.id, stored.cycle)


@cycle.command("list")
def list_cycles(context: typer.Context) -> None:
    """List the cycles, latest first."""
    for stored in local_coach(context).cycles.list(LOCAL_TENANT):
        typer.echo(
            f"{stored.id}  {stored.cycle.stage:9}  {stored.cycle.starts} – {stored.cycle.ends}  {stored.cycle.name}"
        )


@cycle.command()
def show(context: typer.Context, identifier: Id) -> None:
    """Show where a cycle stands, and what to ask next."""
    coach = local_coach(context)
    _show(coach, identifier, coach.cycles.get(LOCAL_TENANT, identifier).cycle)


@cycle.command()
def draft(context: typer.Context, identifier: Id, body: Body) -> None:
    """Write the draft anew: objectives."""
    from coach.strategy import cycle as steps

    sent = body_as(DraftedObjectives, body)
    _step(context, identifier, lambda each: steps.drafted(each, sent.objectives))


@cycle.command()
def agree(context: typer.Context, identifier: Id) -> None:
    """Agree on the draft."""
    from coach.strategy import cycle as steps

    _step(context, identifier, steps.agreed)


@cycle.command("check-in")
def check_in(context: typer.Context, identifier: Id, body: Body) -> None:
    """Write down a check-in: day, progress, learned, story."""
    from coach.strategy import cycle as steps

    sent = body_as(CheckIn, body)
    _step(context, identifier, lambda each: steps.checked_in(each, sent))


@cycle.command("review")
def review_cycle(context: typer.Context, identifier: Id, body: Body) -> None:
    """Write down the review: day, figures, learned."""
    from coach.strategy import cycle as steps

    sent = body_as(CycleReview, body)
    _step(context, identifier, lambda each: steps.reviewed(each, sent))


@cycle.command()
def reflect(context: typer.Context, identifier: Id, body: Body) -> None:
    """Write down the retrospective: day, experience, stories, tried, adaptations."""
    from coach.strategy import cycle as steps

    sent = body_as(Retrospective, body)
    _step(context, identifier, lambda each: steps.reflected(each, sent))


@cycle.command("next")
def follow(context: typer.Context, identifier: Id, body: Body) -> None:
    """Start the next cycle: name, starts, ends."""
    from coach.strategy import cycle as steps

    coach = local_coach(context)
    before = coach.cycles.get(LOCAL_TENANT, identifier).cycle
    stored = coach.cycles.add(LOCAL_TENANT, steps.followed(before, body_as(NextCycle, body)))
    _show(coach, stored.id, stored.cycle)


@cycle.command()
def delete(context: typer.Context, identifier: Id) -> None:
    """Delete a cycle with everything that was written in it."""
    local_coach(context).cycles.delete(LOCAL_TENANT, identifier)


def _step(context: typer.Context, identifier: str, step: Callable[[Cycle], Cycle]) -> None:
    coach = local_coach(context)
    _show(coach, identifier, coach.cycles.change(LOCAL_TENANT, identifier, step).cycle)


def _show(coach: Coach, identifier: str, shown: Cycle) -> None:
    from coach.strategy.words import say

    state = coach.desk.accompany(shown, datetime.now(UTC).date())
    stage = say(shown.language, f"cycle.stages.{shown.stage}")
    typer.echo(f"{identifier}\n{shown.name} · {stage} · {shown.starts} – {shown.ends}")
    for line in state.carried:
        typer.echo(f"  {line}")
    print_objectives(shown.objectives)
    print_points("→", state.mirrored)
    print_points("●", state.findings)
    for ask in state.asks:
        typer.echo(f"? {ask}")
