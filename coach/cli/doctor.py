"""`okr-coach doctor`: what is set, where from, and whether it works. Never a secret."""

import json
import sys
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from coach.cli.app import app, settings_of
from coach.settings import origins

if TYPE_CHECKING:
    from coach.doctor import Check, Setting


class Form(StrEnum):
    """How the report is written."""

    TEXT = "text"
    JSON = "json"


@app.command()
def doctor(
    context: typer.Context,
    form: Annotated[Form, typer.Option("--format", help="Format of the report.")] = Form.TEXT,
) -> None:
    """Print every setting with where it comes from, and try what is set up. Exit 1 where something fails."""
    from coach.doctor import examined, settings_in_force

    settings = settings_of(context)
    shown = settings_in_force(settings, origins(context.obj))
    checks = examined(settings)
    sys.stdout.write(_as_json(shown, checks) if form == Form.JSON else _as_text(shown, checks))
    raise typer.Exit(int(any(check.state == "failed" for check in checks)))


def _as_json(shown: "list[Setting]", checks: "list[Check]") -> str:
    report = {
        "ok": all(check.state != "failed" for check in checks),
        "settings": [setting._asdict() for setting in shown],
        "checks": [check._asdict() for check in checks],
    }
    return json.dumps(report, indent=2, ensure_ascii=False) + "\n"


def _as_text(shown: "list[Setting]", checks: "list[Check]") -> str:
    width = max(len(setting.name) for setting in shown)
    lines = [f"{setting.name:{width}}  {setting.value}  ({setting.origin})" for setting in shown]
    marks = {"ok": "ok", "failed": "FAILED", "off": "off"}
    width = max(len(check.name) for check in checks)
    lines += ["", *(f"{check.name:{width}}  {marks[check.state]}  {check.found}".rstrip() for check in checks)]
    return "\n".join(lines) + "\n"
