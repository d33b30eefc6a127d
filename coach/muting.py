"""Muted patterns, read from the database's file as it lies there: a review by rules loads no store."""

from contextlib import closing
from pathlib import Path

from coach.errors import SettingsError


def muted_in(file: Path, tenant: str) -> frozenset[str]:
    """Return what a tenant has muted in a SQLite file; nothing where the file or its table is not there yet."""
    if not file.exists():
        return frozenset()
    import sqlite3  # noqa: PLC0415 - only where there is a file

    try:
        with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True, timeout=30)) as connection:
            if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'muted_patterns'").fetchone():
                return frozenset()
            rows = connection.execute("SELECT pattern FROM muted_patterns WHERE tenant = ?", (tenant,))
            return frozenset(pattern for (pattern,) in rows)
    except sqlite3.Error as error:
        raise SettingsError(f"the database {file} cannot be read: {error}") from error
