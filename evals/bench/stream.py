"""Rules review streamed as jsonl: growth of CPU and memory, and CPU per key result against its embedding."""

import itertools
import json
import math
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from evals.bench.process import BIN, Cost, measure
from evals.bench.row import Row
from evals.drafts import own_drafts

SIZES = (1_000, 3_000, 10_000)

_EMBED = """
import json, sys
from coach.embedding import tuned_embedder
embedder = tuned_embedder()
for line in sys.stdin:
    embedder.embed_queries(json.loads(line)["key_results"])
"""


def run() -> Iterator[Row]:
    """Yield slopes and ratios; the texts are our own labelled drafts, repeated."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        environment = {"OKR_COACH_HOME": str(folder / "home")}
        command = [str(BIN / "okr-coach"), "review", "-", "--from", "jsonl", "--format", "jsonl", "--mode", "rules"]
        command += ["--fail-on", "never"]
        warm = _write(folder / "warm.jsonl", 10)
        measure(command, stdin=warm, environment=environment)
        costs: list[Cost] = []
        for size in SIZES:
            costs.append(measure(command, stdin=_write(folder / f"{size}.jsonl", size), environment=environment))
            yield Row(f"CPU seconds for {size} key results", costs[-1].cpu)
            yield Row(f"peak memory (MB) for {size} key results", costs[-1].memory)
        yield Row("log-log slope of CPU", slope(SIZES, [cost.cpu for cost in costs]), 1.05)
        yield Row("log-log slope of peak memory", slope(SIZES, [cost.memory for cost in costs]), 0.2)
        bare_small = measure([sys.executable, "-c", _EMBED], stdin=folder / "1000.jsonl")
        bare = measure([sys.executable, "-c", _EMBED], stdin=folder / "3000.jsonl")
        ours = (costs[1].cpu - costs[0].cpu) / (SIZES[1] - SIZES[0])
        embedding = (bare.cpu - bare_small.cpu) / (SIZES[1] - SIZES[0])
        yield Row("ms of CPU per key result, review with rewrites", ours * 1000)
        yield Row("ms of CPU per key result, its bare embedding", embedding * 1000)
        yield Row("review / bare embedding", ours / embedding, 2.0)


def slope(sizes: Sequence[int], values: Sequence[float]) -> float:
    """Return the least-squares slope of log(value) over log(size)."""
    xs, ys = [math.log(size) for size in sizes], [math.log(value) for value in values]
    mean_x, mean_y = sum(xs) / len(xs), sum(ys) / len(ys)
    over = sum((x - mean_x) * (y - mean_y) for x, y in zip(xs, ys, strict=True))
    return over / sum((x - mean_x) ** 2 for x in xs)


def _write(path: Path, key_results: int) -> Path:
    """Write drafts until so many key results are in the file; every text differs a little."""
    left = key_results
    with path.open("w", encoding="utf-8") as lines:
        for number, draft in enumerate(itertools.cycle(own_drafts())):
            texts = [f"{text} ({number})" for text in draft.key_results][:left]
            left -= len(texts)
            line = {"id": str(number), "language": draft.lang, "objective": draft.objective, "key_results": texts}
            lines.write(json.dumps(line, ensure_ascii=False) + "\n")
            if left <= 0:
                return path
    return path
