"""Suite `kinds`: what kind of key result a text is, per language and per organisation."""

from collections import defaultdict
from typing import Any

from coach.embedding import bundled_embedder
from coach.kinds import open_classifier
from coach.reading import read
from coach.review import KINDS, Kind
from evals.drafts import LabelledDraft, key_results_of
from evals.scorers.classes import accuracy, macro_f1, score_class


def run(drafts: list[LabelledDraft]) -> dict[str, Any]:
    """Print and return accuracy, macro-F1, per-class scores and abstention per group."""
    rows = key_results_of(drafts)
    verdicts = open_classifier(bundled_embedder()).classify([read(text, draft.lang) for draft, text, _ in rows])
    groups: dict[str, list[tuple[str, str, bool]]] = defaultdict(list)
    for (draft, _, label), verdict in zip(rows, verdicts, strict=True):
        answer = (label.kind.value, verdict.likeliest.value, verdict.kind == Kind.UNSURE)
        groups[draft.lang].append(answer)
        if draft.org != "authored":
            groups[f"{draft.lang} · {draft.org}"].append(answer)
    figures: dict[str, Any] = {}
    print(f"\nkinds{'':28} {'n':>5} {'acc.':>6} {'macro':>6} {'unsure':>6}  F1 of {', '.join(KINDS)}")
    for name, answers in sorted(groups.items()):
        expected, answered = [a for a, _, _ in answers], [b for _, b, _ in answers]
        figures[name] = {
            "n": len(answers),
            "accuracy": accuracy(expected, answered),
            "macro_f1": macro_f1(expected, answered),
            "unsure": sum(unsure for _, _, unsure in answers) / len(answers),
            "f1": {kind.value: score_class(expected, answered, kind.value).f1 for kind in KINDS},
        }
        row = figures[name]
        f1s = "  ".join(f"{value:.2f}" for value in row["f1"].values())
        print(f"{name:33} {row['n']:5} {row['accuracy']:6.3f} {row['macro_f1']:6.3f} {row['unsure']:6.3f}  {f1s}")
    return figures
