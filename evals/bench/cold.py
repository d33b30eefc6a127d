"""A cold `review` of one file against the import that a model would cost."""

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from evals.bench.process import BIN, least, measure
from evals.bench.row import Row

_TOUR = Path(__file__).parent.parent / "datasets" / "tour"
_RUNS = 5


def run() -> Iterator[Row]:
    """Yield the CPU of both and their ratio, for every draft of the tour; the catalogue's cache is warm."""
    bare = least([sys.executable, "-c", "from langchain_openai import ChatOpenAI"], runs=_RUNS)
    yield Row("CPU seconds of `from langchain_openai import ChatOpenAI`", bare.cpu)
    with tempfile.TemporaryDirectory() as home:
        environment = {"OKR_COACH_HOME": home}
        worst = 0.0
        for draft in sorted(_TOUR.glob("*.md")):
            command = [str(BIN / "okr-coach"), "review", str(draft)]
            measure(command, environment=environment)
            cost = least(command, runs=_RUNS, environment=environment)
            worst = max(worst, cost.cpu)
            yield Row(f"CPU seconds of `review {draft.name}`", cost.cpu)
        yield Row("dearest cold review / import", worst / bare.cpu, 0.30)
