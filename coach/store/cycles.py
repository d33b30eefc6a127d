"""Cycles of an organisation."""

import builtins
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import uuid4

from sqlalchemy import RowMapping, delete, insert, select, update

from coach.cycle import Cycle
from coach.errors import NotFound
from coach.store.database import Database
from coach.store.tables import CYCLES


class StoredCycle(NamedTuple):
    """A cycle with its id and when it was last changed."""

    id: str
    updated_at: datetime
    cycle: Cycle


class CycleStore:
    """Keeps cycles."""

    def __init__(self, database: Database, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._database = database
        self._clock = clock

    def add(self, tenant: str, cycle: Cycle) -> StoredCycle:
        """Store a new cycle."""
        stored = StoredCycle(uuid4().hex, self._clock(), cycle)
        with self._database.transaction() as connection:
            connection.execute(insert(CYCLES), {"tenant": tenant, "id": stored.id, **_row(stored)})
        return stored

    def change(self, tenant: str, identifier: str, step: Callable[[Cycle], Cycle]) -> StoredCycle:
        """Take a step in a cycle; steps that come together follow one another, none is lost."""
        with self._database.transaction() as connection:
            query = _mine(tenant, identifier).with_for_update()
            before = _stored(connection.execute(query).mappings().first(), identifier)
            after = StoredCycle(identifier, self._clock(), step(before.cycle))
            place = (CYCLES.c.tenant == tenant) & (CYCLES.c.id == identifier)
            connection.execute(update(CYCLES).where(place).values(**_row(after)))
        return after

    def get(self, tenant: str, identifier: str) -> StoredCycle:
        """Return a tenant's cycle."""
        with self._database.reading() as connection:
            return _stored(connection.execute(_mine(tenant, identifier)).mappings().first(), identifier)

    def list(self, tenant: str, strategy_id: str | None = None) -> builtins.list[StoredCycle]:
        """Return a tenant's cycles (of a frame), latest start first."""
        query = select(CYCLES).where(CYCLES.c.tenant == tenant)
        if strategy_id is not None:
            query = query.where(CYCLES.c.strategy_id == strategy_id)
        with self._database.reading() as connection:
            found = [_stored(row, "") for row in connection.execute(query).mappings()]
        return sorted(found, key=lambda each: (each.cycle.starts, each.id), reverse=True)

    def delete(self, tenant: str, identifier: str) -> None:
        """Delete a cycle with everything that was written in it."""
        mine = (CYCLES.c.tenant == tenant) & (CYCLES.c.id == identifier.replace("\x00", ""))
        with self._database.transaction() as connection:
            if not connection.execute(delete(CYCLES).where(mine)).rowcount:
                raise NotFound("cycle", identifier)


def _mine(tenant: str, identifier: str) -> Any:
    if "\x00" in identifier:  # PostgreSQL refuses to compare with it
        raise NotFound("cycle", identifier)
    return select(CYCLES).where(CYCLES.c.tenant == tenant, CYCLES.c.id == identifier)


def _row(stored: StoredCycle) -> dict[str, Any]:
    return {
        "strategy_id": stored.cycle.strategy_id,
        "updated_at": stored.updated_at,
        "cycle": stored.cycle.model_dump_json(exclude_none=True),
    }


def _stored(row: RowMapping | None, identifier: str) -> StoredCycle:
    if row is None:
        raise NotFound("cycle", identifier)
    moment = row["updated_at"]
    updated = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    cycle = Cycle.model_validate_json(row["cycle"]).model_copy(update={"strategy_id": row["strategy_id"]})
    return StoredCycle(row["id"], updated, cycle)
