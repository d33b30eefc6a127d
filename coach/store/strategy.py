"""Strategy frames of an organisation, every version kept until the frame is deleted."""

import builtins
from collections.abc import Callable
from datetime import UTC, datetime
from typing import NamedTuple
from uuid import uuid4

from sqlalchemy import delete, func, insert, select, update

from coach.errors import NotFound
from coach.okr import Strategy
from coach.store.database import Database
from coach.store.tables import CYCLES, STRATEGIES


class StoredStrategy(NamedTuple):
    """A frame in one version (from 1)."""

    id: str
    version: int
    name: str
    created_at: datetime
    strategy: Strategy


class StrategyStore:
    """Keeps frames."""

    def __init__(self, database: Database, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._database = database
        self._clock = clock

    def add(self, tenant: str, name: str, strategy: Strategy) -> StoredStrategy:
        """Store a new frame as version 1."""
        return self._write(tenant, StoredStrategy(uuid4().hex, 1, name, self._clock(), strategy))

    def replace(self, tenant: str, identifier: str, name: str, strategy: Strategy) -> StoredStrategy:
        """Store the next version of a frame."""
        before = self.get(tenant, identifier)
        return self._write(tenant, StoredStrategy(identifier, before.version + 1, name, self._clock(), strategy))

    def _write(self, tenant: str, stored: StoredStrategy) -> StoredStrategy:
        row = {
            "tenant": tenant,
            "id": stored.id,
            "version": stored.version,
            "name": stored.name,
            "created_at": stored.created_at,
            "strategy": stored.strategy.model_dump_json(exclude_none=True),
        }
        with self._database.transaction() as connection:
            connection.execute(insert(STRATEGIES), row)
        return stored

    def get(self, tenant: str, identifier: str, version: int | None = None) -> StoredStrategy:
        """Return a tenant's frame, the newest version unless one is named."""
        if "\x00" in identifier:  # PostgreSQL refuses to compare with it
            raise NotFound("strategy", identifier)
        query = select(STRATEGIES).where(STRATEGIES.c.tenant == tenant, STRATEGIES.c.id == identifier)
        if version is not None:
            query = query.where(STRATEGIES.c.version == version)
        with self._database.reading() as connection:
            row = connection.execute(query.order_by(STRATEGIES.c.version.desc()).limit(1)).mappings().first()
        if row is None:
            raise NotFound("strategy", identifier)
        return StoredStrategy(
            row["id"],
            row["version"],
            row["name"],
            _in_utc(row["created_at"]),
            Strategy.model_validate_json(row["strategy"]),
        )

    def list(self, tenant: str) -> builtins.list[StoredStrategy]:
        """Return a tenant's frames in their newest versions, by name."""
        newest = (
            select(STRATEGIES.c.id, func.max(STRATEGIES.c.version))
            .where(STRATEGIES.c.tenant == tenant)
            .group_by(STRATEGIES.c.id)
        )
        with self._database.reading() as connection:
            found = connection.execute(newest).all()
        return sorted(
            (self.get(tenant, identifier, version) for identifier, version in found), key=lambda each: each.name
        )

    def versions(self, tenant: str, identifier: str) -> builtins.list[StoredStrategy]:
        """Return every version of a frame, oldest first."""
        newest = self.get(tenant, identifier).version
        return [self.get(tenant, identifier, version) for version in range(1, newest + 1)]

    def delete(self, tenant: str, identifier: str) -> None:
        """Delete a frame with all its versions; its cycles stay and name it no more."""
        with self._database.transaction() as connection:
            mine = (STRATEGIES.c.tenant == tenant) & (STRATEGIES.c.id == identifier.replace("\x00", ""))
            if not connection.execute(delete(STRATEGIES).where(mine)).rowcount:
                raise NotFound("strategy", identifier)
            theirs = (CYCLES.c.tenant == tenant) & (CYCLES.c.strategy_id == identifier)
            connection.execute(update(CYCLES).where(theirs).values(strategy_id=None))


def _in_utc(moment: datetime) -> datetime:
    """Return a stored moment in UTC; SQLite keeps no zone."""
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
