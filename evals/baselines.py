"""The figures that `make evals` holds every run against: a drop beyond its interval fails."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

FILE = Path(__file__).parent / "baselines" / "own.json"
_WATCHED = ("accuracy", "macro_f1", "f1", "hit@1", "hit@3", "empty", "verified", "clean_left_alone", "kind", "patterns")
_SLACK = 0.02


def write_baselines(figures: Mapping[str, Any]) -> None:
    """Take these figures as the baselines."""
    known = json.loads(FILE.read_text(encoding="utf-8")) if FILE.exists() else {}
    known.update({name: {"/".join(key): value for key, value in _values(row)} for name, row in figures.items()})
    FILE.parent.mkdir(parents=True, exist_ok=True)
    FILE.write_text(json.dumps(known, indent=1, sort_keys=True, ensure_ascii=False) + "\n", encoding="utf-8")


def compare(figures: Mapping[str, Any]) -> list[str]:
    """Return a line per figure that fell below its baseline by more than its interval allows (0.02 without one)."""
    known = json.loads(FILE.read_text(encoding="utf-8"))
    drops = []
    for suite, rows in figures.items():
        now = {"/".join(key): value for key, value in _values(rows)}
        for name, baseline in known.get(suite, {}).items():
            if name not in now:
                drops.append(f"{suite}: {name} is gone; it was {baseline['value']:.3f}")
            elif now[name]["value"] < baseline["value"] - baseline["slack"]:
                drops.append(f"{suite}: {name} fell from {baseline['value']:.3f} to {now[name]['value']:.3f}")
    return drops


def _values(rows: Mapping[str, Any], path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], dict[str, float]]]:
    """Yield the watched figures; the slack is half the interval where one was measured."""
    for name, value in rows.items():
        if isinstance(value, Mapping):
            if name not in {"interval", "classes", "failed"} and not _rare(value):
                yield from _values(value, (*path, name))
        elif name in _WATCHED and isinstance(value, int | float):
            interval = rows.get("interval", {})
            low, high = (interval.get(name) if isinstance(interval, Mapping) else interval) or (value, value)
            yield (*path, name), {"value": round(value, 4), "slack": round(max(_SLACK, (high - low) / 2), 4)}


def _rare(row: Mapping[str, Any]) -> bool:
    """Whether a row rests on too few texts to be held against anything."""
    return bool(row.get("support", 100) < 30 or row.get("n", 100) < 30)
