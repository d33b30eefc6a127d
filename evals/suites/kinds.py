"""Suite `kinds`: what kind of key result a text is, per language and per organisation."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any, NamedTuple

from coach.review import KINDS, Kind
from evals.request import Request
from evals.scorers.agreement import cohens_kappa
from evals.scorers.calibration import bins, expected_calibration_error, reliability_plot
from evals.scorers.classes import accuracy, macro_f1, score_class
from evals.scorers.intervals import bootstrap
from evals.subject import reviewed
from evals.suites import judged


class Answer(NamedTuple):
    """A key result: what is right, what is likeliest to the coach, how sure it is, and whether it says so."""

    expected: str
    likeliest: str
    confidence: float
    unsure: bool


def run(request: Request) -> dict[str, Any]:
    """Print and return accuracy, macro-F1, per-class scores, kappa, abstention and calibration per group."""
    groups: dict[str, list[Answer]] = defaultdict(list)
    for each in reviewed(request.asked_about(), request.mode):
        for label, found in each.key_results():
            likeliest = (found.likeliest or found.kind).value
            answer = Answer(label.kind.value, likeliest, found.confidence, found.kind == Kind.UNSURE)
            groups[each.draft.lang].append(answer)
            if each.draft.org != "authored":
                groups[f"{each.draft.lang} · {each.draft.org}"].append(answer)
    print(
        f"\nkinds{'':28} {'n':>5} {'acc.':>6} {'macro':>6} {'kappa':>6} {'unsure':>6} {'rest':>6} {'ECE':>5}  F1 of {', '.join(KINDS)}"
    )
    figures = {name: _figures(name, answers) for name, answers in sorted(groups.items())}
    for name in [name for name in groups if len(name) == 2]:
        _print_confusion(name, groups[name])
    if groups:
        request.write(
            "reliability-kinds.svg",
            reliability_plot({name: bins(*_sureness(rows)) for name, rows in sorted(groups.items()) if len(name) == 2}),
        )
    if request.mode != "rules":
        figures["with a model"] = judged.print_kinds(request.asked_about(), request.mode)
    return figures


def _figures(name: str, answers: Sequence[Answer]) -> dict[str, Any]:
    expected, answered = [a.expected for a in answers], [a.likeliest for a in answers]
    sure = [a for a in answers if not a.unsure]
    row: dict[str, Any] = {
        "n": len(answers),
        "accuracy": accuracy(expected, answered),
        "macro_f1": macro_f1(expected, answered),
        "kappa": cohens_kappa(expected, answered),
        "unsure": 1 - len(sure) / len(answers),
        "accuracy_of_the_rest": accuracy([a.expected for a in sure], [a.likeliest for a in sure]),
        "ece": expected_calibration_error(*_sureness(answers)),
        "classes": {kind.value: score_class(expected, answered, kind.value)._asdict() for kind in KINDS},
        "interval": {
            "accuracy": bootstrap(answers, lambda rows: accuracy(*_both(rows))),
            "macro_f1": bootstrap(answers, lambda rows: macro_f1(*_both(rows))),
        },
    }
    f1s = "  ".join(f"{row['classes'][kind.value]['f1']:.2f}" for kind in KINDS)
    print(
        f"{name:33} {row['n']:5} {row['accuracy']:6.3f} {row['macro_f1']:6.3f} {row['kappa']:6.3f} {row['unsure']:6.3f} "
        f"{row['accuracy_of_the_rest']:6.3f} {row['ece']:5.3f}  {f1s}"
    )
    return row


def _both(rows: Sequence[Answer]) -> tuple[list[str], list[str]]:
    return [row.expected for row in rows], [row.likeliest for row in rows]


def _sureness(rows: Sequence[Answer]) -> tuple[list[float], list[bool]]:
    return [row.confidence for row in rows], [row.expected == row.likeliest for row in rows]


def _print_confusion(name: str, answers: Sequence[Answer]) -> None:
    counts = Counter((a.expected, a.likeliest) for a in answers)
    print(f"\n{name}: labelled (down), answered (across) {' '.join(f'{kind:>9}' for kind in KINDS)}")
    for kind in KINDS:
        print(f"{kind.value:>35} {' '.join(f'{counts[kind.value, other.value]:9}' for other in KINDS)}")
