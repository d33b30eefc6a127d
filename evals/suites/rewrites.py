"""Suite `rewrites`: whether an offered rewrite is what a good coach would offer, by the guide's six marks that code can see."""

from collections import Counter
from typing import Any

from coach.review import Kind
from evals.request import Request
from evals.subject import reviewed
from evals.suites import compared


def run(request: Request) -> dict[str, Any]:
    """Print and return, per language: how many flagged key results get an offer, how many offers pass every check."""
    tallies: dict[str, Counter[str]] = {}
    for each in reviewed(request.asked_about(), request.mode, rewrite=True):
        tally = tallies.setdefault(each.draft.lang, Counter())
        for label, found in each.key_results():
            tally["key results"] += 1
            rewrite = found.rewrite
            if label.kind == Kind.OUTCOME and not label.patterns:
                tally["clean"] += 1
                tally["clean left alone"] += rewrite is None or rewrite.status == "unchanged"
            if rewrite is None or rewrite.status == "unchanged":
                continue
            tally["offers"] += 1
            tally[rewrite.status] += 1
            tally["checks failed"] += not all(rewrite.checks.values())
            for name, passed in rewrite.checks.items():
                tally[f"failed {name}"] += not passed
    figures: dict[str, Any] = {}
    print(
        f"\nrewrites ({request.mode}){'':6} {'krs':>6} {'offers':>7} {'verified':>9} {'clean left alone':>17}  checks failed"
    )
    for language, tally in sorted(tallies.items()):
        row: dict[str, Any] = {
            "n": tally["key results"],
            "offered": tally["offers"] / max(1, tally["key results"]),
            "verified": tally["verified"] / max(1, tally["offers"]),
            "clean_left_alone": tally["clean left alone"] / max(1, tally["clean"]),
            "failed": {
                name.removeprefix("failed "): n for name, n in sorted(tally.items()) if name.startswith("failed ")
            },
        }
        figures[language] = row
        failed = ", ".join(f"{name} {count}" for name, count in row["failed"].items() if count)
        print(
            f"{language:22} {row['n']:6} {row['offered']:7.2f} {row['verified']:9.2f} {row['clean_left_alone']:17.2f}  {failed}"
        )
    if request.mode != "rules":
        figures["compared"] = compared.run(request)
    return figures
