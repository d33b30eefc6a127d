"""`okr-coach serve`: the REST API and the pages."""

import sys
from importlib import import_module
from typing import Annotated, Any

import typer

from coach.cli.app import app, settings_of

_LAST_SECONDS = 3  # streams of events never end by themselves
_SWITCH_SECONDS = 0.001  # the loop must not wait 5 ms behind a thread that reviews


@app.command()
def serve(
    context: typer.Context,
    host: Annotated[
        str | None, typer.Option(help="Address to listen on; other than loopback needs an API key.")
    ] = None,
    port: Annotated[int | None, typer.Option(min=1, max=65535, help="Port to listen on.")] = None,
) -> None:
    """Serve the API; its description lies under /openapi.json."""
    import uvicorn

    changes: dict[str, Any] = {name: value for name, value in (("host", host), ("port", port)) if value is not None}
    settings = settings_of(context).model_copy(update=changes)
    sys.setswitchinterval(_SWITCH_SECONDS)
    application = import_module("api").create_app(settings)
    typer.echo(f"okr-coach on http://{settings.host}:{settings.port} · OpenAPI: /openapi.json", err=True)
    uvicorn.run(
        application,
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=_LAST_SECONDS,
    )
