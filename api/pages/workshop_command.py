"""What a form of a room asks for, as a command: fields are named as in the JSON of `POST /v1/workshops/…/commands`."""

import json
from collections.abc import Mapping
from typing import Any

from coach.errors import InputError, Problem
from coach.workshop.commands import HostCommand, ParticipantCommand, parse_command

_NULL_IF_EMPTY = frozenset({"card", "candidate", "objective", "kind", "verdict", "due", "name", "draft"})


def command_in(form: Mapping[str, str]) -> ParticipantCommand | HostCommand:
    """Return the command; raise InputError with a pointer per fault.

    An objective stands under none, whatever the form's list shows. `dots.ID` fields are the dots of a vote; `rounds` is
    JSON, with one more round at `place` where `new` names a kind.
    """
    if form.get("type") == "change-agenda":
        return parse_command({"type": "change-agenda", "rounds": _rounds(form)})
    asked: dict[str, Any] = {name: None if not text and name in _NULL_IF_EMPTY else text for name, text in form.items()}
    if asked.get("level") == "objective":
        asked.pop("objective", None)
    if asked.get("type") == "place-dots":
        dots = {name.removeprefix("dots."): asked.pop(name) for name in form if name.startswith("dots.")}
        asked["dots"] = dots
    return parse_command(asked)


def _rounds(form: Mapping[str, str]) -> list[Any]:
    try:
        rounds = json.loads(form.get("rounds", ""))
        place = int(form.get("place") or 0)
    except (ValueError, RecursionError) as error:
        raise InputError([Problem("/rounds", "cannot be read", "invalid-agenda")]) from error
    if not isinstance(rounds, list):
        raise InputError([Problem("/rounds", "is no list", "invalid-agenda")])
    if form.get("new"):
        rounds.insert(place, {"kind": form["new"], "minutes": form.get("minutes", ""), "note": form.get("note", "")})
    return rounds
