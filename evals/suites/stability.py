"""Suite `stability`: whether a change that alters nothing of the meaning alters the answer."""

from collections.abc import Callable, Mapping
from typing import Any

from evals.drafts import LabelledDraft
from evals.request import Request
from evals.subject import reviewed

CHANGES: Mapping[str, Callable[[str], str]] = {
    "full stop at the end": lambda text: text.rstrip(" .") + ".",
    "lower-case start": lambda text: text[:1].lower() + text[1:],
    "blanks around": lambda text: f"  {text} ",
    "bullet before": lambda text: f"- {text}",
    "typographic dash and quotes": lambda text: text.replace(" - ", " – ").replace('"', "”"),
    "ss for ß": lambda text: text.replace("ß", "ss"),
    "percent written out": lambda text: text.replace(" %", "%"),
}

MOST = 200


def run(request: Request) -> dict[str, Any]:
    """Print and return, per language and change, the share of key results whose kind and whose patterns stay."""
    figures: dict[str, Any] = {}
    step = max(1, len(request.drafts) // MOST)
    sample = request.drafts[::step]
    before = reviewed(sample, request.mode)
    print(f"\nstability ({request.mode}){'':22} lang     n  kind stays  patterns stay")
    for name, change in CHANGES.items():
        drafts = [_changed(draft, change) for draft in sample]
        tallies: dict[str, list[tuple[bool, bool]]] = {}
        for old, new in zip(before, reviewed(drafts, request.mode), strict=True):
            pairs = zip(old.review.objectives[0].key_results, new.review.objectives[0].key_results, strict=True)
            for mine, other in pairs:
                if mine.text != other.text:
                    same = {f.pattern for f in mine.findings} == {f.pattern for f in other.findings}
                    tallies.setdefault(old.draft.lang, []).append((mine.likeliest == other.likeliest, same))
        for language, rows in sorted(tallies.items()):
            row = {
                "n": len(rows),
                "kind": sum(kind for kind, _ in rows) / len(rows),
                "patterns": sum(same for _, same in rows) / len(rows),
            }
            figures[f"{name}/{language}"] = row
            print(f"{name:38} {language:4} {row['n']:5} {row['kind']:11.3f} {row['patterns']:14.3f}")
    return figures


def _changed(draft: LabelledDraft, change: Callable[[str], str]) -> LabelledDraft:
    return draft.model_copy(update={"key_results": tuple(change(text) for text in draft.key_results)})
