"""What each tenant's calls to models took, per day: the ledger behind the budget."""

from collections.abc import Callable
from datetime import UTC, date, datetime

from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite

from coach.store.database import Database
from coach.store.tables import MODEL_SPENDING
from coach.usage import Usage

_COLUMNS = MODEL_SPENDING.c


class SpendingStore:
    """Adds up usage per tenant and day (UTC), for all processes on one database."""

    def __init__(self, database: Database, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._database = database
        self._clock = clock
        self._insert = postgresql.insert if database.engine.dialect.name == "postgresql" else sqlite.insert

    def add(self, tenant: str, usage: Usage) -> None:
        """Add to what the tenant has spent today."""
        counts = usage.model_dump(exclude={"estimated", "cost"}) | {"cost": usage.cost or 0.0}
        statement = self._insert(MODEL_SPENDING).values(tenant=tenant, day=self._today(), **counts)
        sums = {name: _COLUMNS[name] + statement.excluded[name] for name in counts}
        with self._database.transaction() as connection:
            connection.execute(statement.on_conflict_do_update(index_elements=["tenant", "day"], set_=sums))

    def today(self, tenant: str) -> Usage:
        """Return what the tenant has spent today."""
        names = ("prompt_tokens", "completion_tokens", "cached_tokens", "cost")
        query = select(*(func.coalesce(func.sum(_COLUMNS[name]), 0) for name in names)).where(
            _COLUMNS.tenant == tenant, _COLUMNS.day == self._today()
        )
        with self._database.reading() as connection:
            prompt, completion, cached, cost = connection.execute(query).one()
        return Usage(prompt_tokens=int(prompt), completion_tokens=int(completion), cached_tokens=int(cached), cost=cost)

    def _today(self) -> date:
        return self._clock().date()
