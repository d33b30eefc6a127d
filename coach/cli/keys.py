"""`okr-coach keys`: API keys, needed as soon as the server listens on more than loopback."""

from typing import Annotated

import typer

from coach.cli.app import app, settings_of
from coach.wiring import open_coach

keys = typer.Typer(help="Create, list and revoke API keys.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(keys, name="keys")

Tenant = Annotated[str, typer.Option(help="The organisation that the key belongs to.")]
Name = Annotated[str, typer.Argument(help="What the key is for.")]


@keys.command()
def create(context: typer.Context, name: Name, tenant: Tenant = "local") -> None:
    """Create a key and print its secret, once."""
    typer.echo(open_coach(settings_of(context)).keys.create(tenant, name))


@keys.command("list")
def list_keys(context: typer.Context) -> None:
    """List the keys, without their secrets."""
    for key in open_coach(settings_of(context)).keys.list():
        typer.echo(f"{key.tenant}  {key.name}  {key.created_at:%Y-%m-%d}")


@keys.command()
def revoke(context: typer.Context, name: Name, tenant: Tenant = "local") -> None:
    """Make a key worthless at once."""
    open_coach(settings_of(context)).keys.revoke(tenant, name)
