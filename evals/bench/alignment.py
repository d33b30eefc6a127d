"""Alignment of 300 key results with 60 elements of a frame, against the bare cost of embedding the 360 texts.

Texts are drawn from the drafts of this repository; the frame is 60 goals. Both sides take turns in one process on one
CPU, with one BLAS thread, after a warm-up; the medians of three turns are compared.
"""

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from itertools import islice

from coach.embedding import BundledEmbedder
from coach.okr import Draft, parse_draft
from evals.bench.row import Row
from evals.drafts import own_drafts
from evals.subject import coach_for

_KEY_RESULTS, _ELEMENTS, _OBJECTIVES, _TURNS = 300, 60, 60, 3


def run() -> Iterator[Row]:
    """Yield seconds of both and their ratio, measured in a process of its own."""
    command = [sys.executable, "-m", "evals.bench.alignment"]
    done = subprocess.run(
        command, env={**os.environ, "OPENBLAS_NUM_THREADS": "1"}, stdout=subprocess.PIPE, text=True, check=True
    )
    for line in done.stdout.splitlines():
        yield Row(*json.loads(line))


def main() -> None:
    """Measure on one CPU and print a JSON list per row."""
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    draft = _draft()
    assert draft.context.strategy is not None
    key_results = [text.text for objective in draft.objectives for text in objective.key_results]
    texts = [*key_results, *(goal.goal for goal in draft.context.strategy.scorecard)]
    assert len(key_results) == _KEY_RESULTS
    assert len(texts) == _KEY_RESULTS + _ELEMENTS
    align, embedder = coach_for("rules").desk.align, BundledEmbedder()
    embedder.embed_queries(texts[:3])
    align(_draft(objectives=1))
    ours: list[float] = []
    bare: list[float] = []
    for turn in range(_TURNS):
        pair = [(ours, lambda: align(draft)), (bare, lambda: embedder.embed_queries(texts))]
        for seconds, work in pair if turn % 2 else reversed(pair):
            seconds.append(_seconds(work))
    middle = statistics.median(ours), statistics.median(bare)
    rows = (
        Row(f"s to align {_KEY_RESULTS} key results with {_ELEMENTS} elements", middle[0]),
        Row(f"s to embed the {len(texts)} texts alone", middle[1]),
        Row("alignment / bare embedding", middle[0] / middle[1], 1.5),
    )
    for row in rows:
        print(json.dumps(row), flush=True)


def _draft(objectives: int = _OBJECTIVES) -> Draft:
    """Return a draft of 300 key results in a frame of 60 goals; 60 objectives come on top, at our own cost."""
    own = [draft for draft in own_drafts() if draft.lang == "de"]
    key_results = iter(dict.fromkeys(text for draft in own for text in draft.key_results))
    aims = list(dict.fromkeys(draft.objective for draft in own))
    each = _KEY_RESULTS // _OBJECTIVES
    return parse_draft(
        {
            "language": "de",
            "objectives": [
                {"objective": aims[at], "key_results": list(islice(key_results, each))} for at in range(objectives)
            ],
            "context": {
                "strategy": {
                    "scorecard": [
                        {"perspective": "customer", "goal": aim} for aim in aims[_OBJECTIVES : _OBJECTIVES + _ELEMENTS]
                    ]
                }
            },
        }
    )


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
