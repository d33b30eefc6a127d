"""Kept answers of models, each under its tenant and for a time."""

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite

from coach.store.database import Database
from coach.store.tables import KEPT_ANSWERS

_COLUMNS = KEPT_ANSWERS.c


class AnswerStore:
    """Keeps what models answered for `hours`; what is older is gone."""

    def __init__(
        self, database: Database, hours: float, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._database = database
        self._time = timedelta(hours=hours)
        self._clock = clock
        self._insert = postgresql.insert if database.engine.dialect.name == "postgresql" else sqlite.insert

    def of(self, tenant: str) -> "TenantAnswers":
        """Return the memory of a tenant; nobody else's answers are in it."""
        return TenantAnswers(self, tenant)

    def recall(self, tenant: str, key: str) -> Sequence[str] | None:
        """Return a tenant's answers under a key, None where there are none or they have expired."""
        query = select(_COLUMNS.answers).where(
            _COLUMNS.tenant == tenant, _COLUMNS.key == key, _COLUMNS.expires_at > self._clock()
        )
        with self._database.reading() as connection:
            found = connection.execute(query).scalar_one_or_none()
        return None if found is None else json.loads(found)

    def keep(self, tenant: str, key: str, draft: str, answers: Sequence[str]) -> None:
        """Keep answers, and drop what has expired."""
        now = self._clock()
        row = {
            "tenant": tenant,
            "key": key,
            "draft": draft,
            "expires_at": now + self._time,
            "answers": json.dumps(list(answers)),
        }
        statement = self._insert(KEPT_ANSWERS).values(row)
        again = {name: statement.excluded[name] for name in ("draft", "expires_at", "answers")}
        with self._database.transaction() as connection:
            connection.execute(delete(KEPT_ANSWERS).where(_COLUMNS.expires_at <= now))
            connection.execute(statement.on_conflict_do_update(index_elements=["tenant", "key"], set_=again))

    def forget(self, tenant: str, draft: str) -> None:
        """Drop every answer about a draft of a tenant."""
        with self._database.transaction() as connection:
            connection.execute(delete(KEPT_ANSWERS).where(_COLUMNS.tenant == tenant, _COLUMNS.draft == draft))


class TenantAnswers:
    """The kept answers of one tenant."""

    def __init__(self, store: AnswerStore, tenant: str) -> None:
        self._store = store
        self._tenant = tenant

    def recall(self, key: str) -> Sequence[str] | None:
        """Return the answers under a key, None where there are none."""
        return self._store.recall(self._tenant, key)

    def keep(self, key: str, draft: str, answers: Sequence[str]) -> None:
        """Keep answers about a draft under a key."""
        self._store.keep(self._tenant, key, draft, answers)
