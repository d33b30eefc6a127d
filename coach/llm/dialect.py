"""How a server wants to be spoken to: found out once per address and model, remembered across processes."""

import hashlib
import json
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from coach.llm.address import ModelAddress
from coach.llm.schema import Bounds

SCHEMA_MODES = ("json_schema", "json_object", "plain")
_LENGTHS = ("maxlength", "maxitems")
_SETS = ("enum",)
_REMEMBERED = 7 * 86_400.0
_DOUBTED = 3_600.0


class Dialect(NamedTuple):
    """The schema mode (one of SCHEMA_MODES), and what else may be asked for.

    `lengths` and `sets`: whether a schema may bound texts and lists, and name the values that there are.
    """

    schema: str = SCHEMA_MODES[0]
    temperature: bool = True
    stream_usage: bool = True
    lengths: bool = True
    sets: bool = True

    def simpler(self, refusal: str) -> "Dialect | None":
        """Return what to try after a refusal: without the parameter that it names, else the next schema mode."""
        if self.temperature and "temperature" in refusal:
            return self._replace(temperature=False)
        if self.schema == SCHEMA_MODES[0]:
            if self.lengths and any(word in refusal for word in _LENGTHS):
                return self._replace(lengths=False)
            if self.sets and any(word in refusal for word in _SETS):
                return self._replace(sets=False)
        rank = SCHEMA_MODES.index(self.schema) + 1
        return self._replace(schema=SCHEMA_MODES[rank]) if rank < len(SCHEMA_MODES) else None

    def spoken(self, bounds: Bounds) -> Bounds:
        """Return what of a schema's bounds may be said."""
        return bounds._replace(
            one_of=bounds.one_of if self.sets else {}, at_most=bounds.at_most if self.lengths else {}
        )

    def simpler_stream(self) -> "Dialect | None":
        """Return what to try after a refused stream."""
        return self._replace(stream_usage=False) if self.stream_usage else None


class Dialects:
    """What is known of each address and model; kept in a file where there is one. Thread-safe.

    What worked in this process is settled. What another process found is where this one starts, and is tried anew
    after a week; after an hour where a server fault, which may have been a passing one, was the reason.
    """

    def __init__(self, file: Path | None = None, *, clock: Callable[[], float] = time.time) -> None:
        self._file = file
        self._clock = clock
        self._lock = threading.Lock()
        self._known: dict[str, Dialect] = {}
        self._settled: set[tuple[str, str]] = set()

    def of(self, address: ModelAddress) -> Dialect:
        """Return the dialect to start with."""
        key = _key(address)
        with self._lock:
            if key not in self._known:
                self._known[key] = self._remembered().get(key, Dialect())
            return self._known[key]

    def settled(self, address: ModelAddress, use: str) -> bool:
        """Whether `use` (answer, bounded, stream) has worked in this process."""
        return (_key(address), use) in self._settled

    def suppose(self, address: ModelAddress, dialect: Dialect) -> None:
        """Start with another dialect from now on."""
        with self._lock:
            self._known[_key(address)] = dialect

    def settle(self, address: ModelAddress, use: str, dialect: Dialect, *, doubted: bool = False) -> None:
        """Keep what worked."""
        key = _key(address)
        with self._lock:
            news = self._known.get(key) != dialect or (key, use) not in self._settled
            self._known[key] = dialect
            self._settled.add((key, use))
            if news and self._file is not None:
                self._write(key, dialect, _DOUBTED if doubted else _REMEMBERED)

    def _remembered(self) -> dict[str, Dialect]:
        now = self._clock()
        return {
            key: Dialect(entry["schema"], *(bool(entry[name]) for name in Dialect._fields[1:]))
            for key, entry in self._entries().items()
            if entry["until"] > now and entry["schema"] in SCHEMA_MODES
        }

    def _entries(self) -> dict[str, dict[str, Any]]:
        try:
            content = json.loads(self._file.read_text(encoding="utf-8")) if self._file else {}
            return {key: entry for key, entry in content.items() if {*Dialect._fields, "until"} <= entry.keys()}
        except (OSError, ValueError, AttributeError):
            return {}

    def _write(self, key: str, dialect: Dialect, seconds: float) -> None:
        """Write the file as a whole; where it cannot be written, the next process finds out for itself."""
        assert self._file is not None
        entries = {**self._entries(), key: {**dialect._asdict(), "until": self._clock() + seconds}}
        own = self._file.with_suffix(f".{threading.get_native_id()}")
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            own.write_text(json.dumps(entries, indent=1) + "\n", encoding="utf-8")
            own.replace(self._file)
        except OSError:
            own.unlink(missing_ok=True)


def _key(address: ModelAddress) -> str:
    return hashlib.sha256(f"{address.root}\n{address.model}".encode()).hexdigest()[:20]
