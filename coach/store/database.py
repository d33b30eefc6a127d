"""The database behind the stores: one engine, migrated to the newest tables."""

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, OperationalError

from coach.errors import SettingsError

_MIGRATIONS = Path(__file__).parent / "migrations"
_BUSY_SECONDS = 30
_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "secure_delete=ON",
    f"busy_timeout={_BUSY_SECONDS * 1000}",
)


class Database:
    """One database; `transaction` commits at its end or not at all, `reading` changes nothing."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        one_writer = engine.dialect.name == "sqlite"
        self._turn: AbstractContextManager[object] = threading.Lock() if one_writer else nullcontext()

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """Open a transaction: what was acknowledged after it is on disk.

        SQLite has one writer at a time; threads of this process queue here instead of polling there.
        """
        with self._turn, self.engine.begin() as connection:
            yield connection

    @contextmanager
    def swift_transaction(self) -> Iterator[Connection]:
        """Open a transaction that outlives a killed process, on SQLite not a power cut: no wait for the disk.

        For what somebody is still typing; PostgreSQL keeps to its own setting.
        """
        if self.engine.dialect.name != "sqlite":
            with self.transaction() as connection:
                yield connection
            return
        with self._turn, self.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA synchronous=NORMAL")
            connection.commit()
            try:
                with connection.begin():
                    yield connection
            finally:
                connection.exec_driver_sql("PRAGMA synchronous=FULL")

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Open a connection to read with."""
        with self.engine.connect() as connection:
            yield connection

    def scrub(self) -> None:
        """Let nothing that was deleted linger in SQLite's log; pages are overwritten, PostgreSQL vacuums."""
        if self.engine.dialect.name == "sqlite":
            with self._turn, self.engine.connect() as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")

    def answers(self) -> bool:
        """Whether the database can be reached."""
        try:
            with self.engine.connect() as connection:
                connection.execute(text("SELECT 1"))
        except OperationalError:
            return False
        return True

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()


def open_database(url: str) -> Database:
    """Return the database at a SQLAlchemy URL, its tables migrated; a SQLite file is created where there is none."""
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise SettingsError("OKR_COACH_DATABASE_URL is no SQLAlchemy URL") from error
    if parsed.drivername == "postgresql":
        parsed = parsed.set(drivername="postgresql+psycopg")
    if parsed.get_backend_name() not in {"sqlite", "postgresql"}:
        raise SettingsError(f"OKR_COACH_DATABASE_URL: {parsed.get_backend_name()} is neither sqlite nor postgresql")
    if parsed.get_backend_name() == "sqlite" and parsed.database:
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(parsed, pool_pre_ping=parsed.get_backend_name() == "postgresql")
    if parsed.get_backend_name() == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
    try:
        _migrate(engine)
    except OperationalError as error:
        engine.dispose()
        reason = " ".join(str(error.orig).split())
        raise SettingsError(f"the {parsed.get_backend_name()} database cannot be opened: {reason}") from error
    return Database(engine)


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _migrate(engine: Engine) -> None:
    """Bring the tables up to date; replicas that start together wait for one another."""
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(8321)"))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
