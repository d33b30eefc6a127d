"""`python -m evals run SUITE [--data FILE] [--json OUT]`: measure the coach on labelled drafts."""

import argparse
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from evals.drafts import LabelledDraft, own_drafts, read_drafts
from evals.suites import kinds, patterns, retrieval

SUITES: Mapping[str, Callable[[list[LabelledDraft]], dict[str, Any]]] = {
    "kinds": kinds.run,
    "patterns": patterns.run,
    "retrieval": retrieval.run,
}


def main() -> None:
    """Run one suite or all, print tables, and write figures where asked."""
    parser = argparse.ArgumentParser(prog="python -m evals", description=__doc__)
    parser.add_argument("action", choices=["run"])
    parser.add_argument("suite", choices=[*SUITES, "all"])
    parser.add_argument("--data", type=Path, help="a labelled file (JSON Lines); default: the repository's own drafts")
    parser.add_argument("--json", type=Path, help="where to write the figures")
    arguments = parser.parse_args()
    drafts = read_drafts(arguments.data) if arguments.data else own_drafts()
    if not arguments.data:
        print(
            "These are the repository's own drafts, which the classifier learned from: they only guard against drops."
        )
    chosen = SUITES if arguments.suite == "all" else {arguments.suite: SUITES[arguments.suite]}
    figures = {name: run(drafts) for name, run in chosen.items()}
    if arguments.json:
        arguments.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
