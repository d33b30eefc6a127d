"""What a whole process costs: CPU seconds and peak memory, as the kernel counts them."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

BIN = Path(sys.executable).parent


class Cost(NamedTuple):
    """CPU seconds (user and system) and peak resident memory in MB."""

    cpu: float
    memory: float


def measure(command: Sequence[str], *, stdin: Path | None = None, environment: Mapping[str, str] | None = None) -> Cost:
    """Run a command to its end and return its cost; exit codes 0 and 1 (findings) are fine."""
    with tempfile.TemporaryFile() as output, stdin.open("rb") if stdin else open(os.devnull, "rb") as source:
        process = subprocess.Popen(
            command, stdin=source, stdout=output, stderr=output, env={**os.environ, **(environment or {})}
        )
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode not in {0, 1}:
            output.seek(0)
            raise RuntimeError(f"{command}: exit {process.returncode}\n{output.read().decode()[-2000:]}")
    return Cost(usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def least(command: Sequence[str], *, runs: int, environment: Mapping[str, str] | None = None) -> Cost:
    """Return the cheapest of several runs, by CPU: what is left when the machine does not disturb."""
    return min((measure(command, environment=environment) for _ in range(runs)), key=lambda cost: cost.cpu)
