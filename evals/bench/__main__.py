"""`make bench`: run every bench and print its table."""

import sys

from evals.bench import alignment, api, chat, cold, deltas, model, search, stream, workshop

BENCHES = {
    "stream": stream.run,
    "cold": cold.run,
    "search": search.run,
    "api": api.run,
    "alignment": alignment.run,
    "deltas": deltas.run,
    "model": model.run,
    "chat": chat.run,
    "workshop": workshop.run,
}


def main() -> None:
    """Run the benches named on the command line, or all."""
    for name in sys.argv[1:] or BENCHES:
        print(f"\n## {name}")
        for row in BENCHES[name]():
            mark = "" if row.bar is None else ("  ok" if row.value <= row.bar else "  OVER")
            bar = "" if row.bar is None else f"  (bar {row.bar:g})"
            print(f"{row.name:62} {row.value:10.3f}{bar}{mark}", flush=True)


if __name__ == "__main__":
    main()
