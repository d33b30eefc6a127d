"""`python -m evals run SUITE [--data FILE …] [--mode MODE] [--json OUT] [--report DIR]`: measure the coach."""

import argparse
import contextlib
import io
import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from evals.baselines import compare, write_baselines
from evals.drafts import LabelledDraft, LabelledNote, own_drafts, own_notes, read_drafts, read_notes
from evals.request import Request
from evals.suites import alignment, chat, compared, kinds, patterns, process, retrieval, rewrites, stability

SUITES: Mapping[str, Callable[[Request], dict[str, Any]]] = {
    "alignment": alignment.run,
    "chat": chat.run,
    "compared": compared.run,
    "kinds": kinds.run,
    "patterns": patterns.run,
    "process": process.run,
    "retrieval": retrieval.run,
    "rewrites": rewrites.run,
    "stability": stability.run,
}
_OWN = "The repository's own drafts and notes, which the encoder learned from: they only guard against drops.\n"


class _Both(io.StringIO):
    """Prints, and keeps what was printed."""

    def write(self, text: str) -> int:
        sys.__stdout__.write(text)  # type: ignore[union-attr]
        return super().write(text)


def main() -> None:
    """Run one suite or all, print tables, write figures and a report where asked, compare with the baselines."""
    parser = argparse.ArgumentParser(prog="python -m evals", description=__doc__)
    parser.add_argument("action", choices=["run"])
    parser.add_argument("suite", choices=[*SUITES, "all"])
    parser.add_argument(
        "--data", type=Path, nargs="+", help="labelled files (JSON Lines): drafts, or notes with a text"
    )
    parser.add_argument("--mode", choices=["rules", "auto", "llm"], default="rules")
    parser.add_argument("--json", type=Path, help="where to write the figures")
    parser.add_argument("--report", type=Path, help="folder for report.md and its plots")
    parser.add_argument("--baselines", choices=["check", "write"], help="hold the figures against evals/baselines/")
    parser.add_argument("--drafts", type=int, metavar="N", help="ask a model about N drafts, half of them German")
    parser.add_argument("--no-rubric", action="store_true", help="let no model mark the rewrites of `compared`")
    arguments = parser.parse_args()
    drafts, notes = _material(arguments.data)
    request = Request(
        drafts,
        notes,
        arguments.mode,
        arguments.report,
        own_data=bool(arguments.data),
        most=arguments.drafts,
        rubric=not arguments.no_rubric,
    )
    if arguments.suite == "compared" and arguments.mode == "rules":
        parser.error("compared asks a model: --mode llm")
    every = {name: run for name, run in SUITES.items() if name != "compared"}  # which is part of rewrites
    chosen = every if arguments.suite == "all" else {arguments.suite: SUITES[arguments.suite]}
    printed = _Both()
    with contextlib.redirect_stdout(printed):
        if not arguments.data:
            print(_OWN)
        figures = {name: run(request) for name, run in chosen.items() if _has_material(name, request)}
    if arguments.json:
        arguments.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    plots = "".join(f"![{name}]({name})\n\n" for name in _plots(arguments.report))
    request.write("report.md", f"# What the coach gets right\n\n```\n{printed.getvalue().strip()}\n```\n\n{plots}")
    if arguments.baselines == "write":
        write_baselines(figures)
    elif arguments.baselines == "check" and (drops := compare(figures)):
        sys.exit("\n".join(["", *drops]))


def _material(files: list[Path] | None) -> tuple[list[LabelledDraft], list[LabelledNote]]:
    if files is None:
        return own_drafts(), own_notes()
    drafts: list[LabelledDraft] = []
    notes: list[LabelledNote] = []
    for file in files:
        first = json.loads(file.read_text(encoding="utf-8").split("\n", 1)[0])
        if "text" in first:
            notes += read_notes(file)
        else:
            drafts += read_drafts(file)
    return drafts, notes


def _has_material(name: str, request: Request) -> bool:
    """Whether there is anything to run a suite on; `alignment`, `chat` and `retrieval` bring their own."""
    own = name in {"alignment", "chat", "retrieval"}
    return own or bool(request.notes if name == "process" else request.drafts)


def _plots(folder: Path | None) -> list[str]:
    return sorted(path.name for path in folder.glob("*.svg")) if folder and folder.is_dir() else []


if __name__ == "__main__":
    main()
