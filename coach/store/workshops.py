"""Stored workshops: numbered events as JSON, private drafts beside them; a deleted workshop leaves no row."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, Row, Select, delete, func, insert, select, text, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError

from coach.errors import NotFound, Refused
from coach.store.database import Database
from coach.store.tables import WORKSHOP_DRAFTS, WORKSHOP_EVENTS, WORKSHOPS

CHANNEL = "okr_coach_workshops"
GONE = -1
MAX_DRAFTS = 50
_ATTEMPTS = 5
_COLUMNS = (WORKSHOPS.c.tenant, WORKSHOPS.c.id, WORKSHOPS.c.code, WORKSHOPS.c.title)
_MOMENTS = (WORKSHOPS.c.created_at, WORKSHOPS.c.expires_at)


class StoredWorkshop(NamedTuple):
    """A workshop by its tenant, id and code; moments in UTC."""

    tenant: str
    id: str
    code: str
    title: str
    created_at: datetime
    expires_at: datetime


class StoredDraft(NamedTuple):
    """A private draft as JSON."""

    id: str
    json: str


class Writing:
    """A workshop that nobody else writes to until the transaction ends."""

    def __init__(self, connection: Connection, workshop: StoredWorkshop, number: int) -> None:
        self._connection = connection
        self._workshop = workshop
        self.number = number

    def since(self, number: int) -> list[str]:
        """Return the events after a number, as JSON."""
        return [event for (event,) in self._connection.execute(_since(self._workshop, number))]

    def append(self, events: Sequence[str]) -> None:
        """Number events on from the last one and store them."""
        if not events:
            return
        rows = [
            {
                "tenant": self._workshop.tenant,
                "workshop_id": self._workshop.id,
                "number": self.number + offset,
                "event": event,
            }
            for offset, event in enumerate(events, start=1)
        ]
        self._connection.execute(insert(WORKSHOP_EVENTS), rows)
        self.number += len(rows)
        self._connection.execute(update(WORKSHOPS).where(_this(self._workshop)).values(number=self.number))
        _tell(self._connection, self._workshop.id, self.number)


class WorkshopStore:
    """Keeps workshops. On PostgreSQL every change is told on `CHANNEL` as `<id> <number>`, `GONE` after deletion."""

    def __init__(self, database: Database, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.database = database
        self._clock = clock
        self._insert = postgresql.insert if database.engine.dialect.name == "postgresql" else sqlite.insert

    def add(self, workshop: StoredWorkshop, events: Sequence[str], new_code: Callable[[], str]) -> StoredWorkshop:
        """Store a new workshop with its first events; a code that is taken is drawn anew."""
        for _ in range(_ATTEMPTS):
            try:
                with self.database.transaction() as connection:
                    connection.execute(insert(WORKSHOPS), {**workshop._asdict(), "number": 0})
                    Writing(connection, workshop, 0).append(events)
            except IntegrityError:
                workshop = workshop._replace(code=new_code())
            else:
                return workshop
        raise Refused("no-code", "no free code was found; try again")

    def find(self, code: str) -> StoredWorkshop:
        """Return the workshop with a code, unless it has expired."""
        query = select(*_COLUMNS, *_MOMENTS).where(WORKSHOPS.c.code == code, WORKSHOPS.c.expires_at > self._clock())
        with self.database.reading() as connection:
            row = connection.execute(query).one_or_none()
        if row is None:
            raise NotFound("workshop", code)
        return _stored(row)

    def of_tenant(self, tenant: str) -> list[StoredWorkshop]:
        """Return a tenant's workshops that have not expired, newest first."""
        query = (
            select(*_COLUMNS, *_MOMENTS)
            .where(WORKSHOPS.c.tenant == tenant, WORKSHOPS.c.expires_at > self._clock())
            .order_by(WORKSHOPS.c.created_at.desc(), WORKSHOPS.c.id)
        )
        with self.database.reading() as connection:
            return [_stored(row) for row in connection.execute(query)]

    @contextmanager
    def writing(self, workshop: StoredWorkshop) -> Iterator[Writing]:
        """Hold a workshop's numbers until the end of the transaction; raise NotFound where it is gone."""
        with self.database.transaction() as connection:
            held = update(WORKSHOPS).where(_this(workshop)).values(number=WORKSHOPS.c.number)
            number = connection.execute(held.returning(WORKSHOPS.c.number)).scalar_one_or_none()
            if number is None:
                raise NotFound("workshop", workshop.code)
            yield Writing(connection, workshop, number)

    def since(self, workshop: StoredWorkshop, number: int) -> list[str]:
        """Return the events after a number, as JSON."""
        with self.database.reading() as connection:
            return [event for (event,) in connection.execute(_since(workshop, number))]

    def delete(self, workshop: StoredWorkshop) -> None:
        """Delete a workshop with everything in it."""
        with self.database.transaction() as connection:
            gone = connection.execute(delete(WORKSHOPS).where(_this(workshop)))
            if gone.rowcount == 0:
                raise NotFound("workshop", workshop.code)
            _tell(connection, workshop.id, GONE)
        self.database.scrub()

    def expire(self) -> list[str]:
        """Delete what has expired; return the ids."""
        with self.database.transaction() as connection:
            due = delete(WORKSHOPS).where(WORKSHOPS.c.expires_at <= self._clock()).returning(WORKSHOPS.c.id)
            gone = list(connection.execute(due).scalars())
            for identifier in gone:
                _tell(connection, identifier, GONE)
        if gone:
            self.database.scrub()
        return gone

    def keep_draft(self, workshop: StoredWorkshop, seat: str, draft: StoredDraft) -> None:
        """Store a private draft, or replace it; people type, so nothing waits for the disk."""
        row = {"tenant": workshop.tenant, "workshop_id": workshop.id, "seat": seat, "id": draft.id, "draft": draft.json}
        statement = self._insert(WORKSHOP_DRAFTS)
        statement = statement.on_conflict_do_update(
            index_elements=["tenant", "workshop_id", "seat", "id"], set_={"draft": statement.excluded.draft}
        )
        mine = _mine(workshop, seat)
        with self.database.swift_transaction() as connection:
            connection.execute(statement, row)
            if (
                connection.execute(select(func.count()).select_from(WORKSHOP_DRAFTS).where(mine)).scalar_one()
                > MAX_DRAFTS
            ):
                raise Refused("full", f"there are {MAX_DRAFTS} drafts, no more")

    def drafts(self, workshop: StoredWorkshop, seat: str) -> list[StoredDraft]:
        """Return the private drafts of a seat, by id."""
        query = select(WORKSHOP_DRAFTS.c.id, WORKSHOP_DRAFTS.c.draft).where(_mine(workshop, seat))
        with self.database.reading() as connection:
            return [StoredDraft(*row) for row in connection.execute(query.order_by(WORKSHOP_DRAFTS.c.id))]

    def drop_draft(self, workshop: StoredWorkshop, seat: str, identifier: str) -> bool:
        """Delete a private draft; say whether there was one."""
        if "\x00" in identifier:  # PostgreSQL refuses to compare with it
            return False
        mine = _mine(workshop, seat) & (WORKSHOP_DRAFTS.c.id == identifier)
        with self.database.transaction() as connection:
            return connection.execute(delete(WORKSHOP_DRAFTS).where(mine)).rowcount > 0


def _this(workshop: StoredWorkshop) -> ColumnElement[bool]:
    return (WORKSHOPS.c.tenant == workshop.tenant) & (WORKSHOPS.c.id == workshop.id)


def _mine(workshop: StoredWorkshop, seat: str) -> ColumnElement[bool]:
    drafts = WORKSHOP_DRAFTS.c
    return (drafts.tenant == workshop.tenant) & (drafts.workshop_id == workshop.id) & (drafts.seat == seat)


def _since(workshop: StoredWorkshop, number: int) -> Select[str]:
    events = WORKSHOP_EVENTS.c
    return (
        select(events.event)
        .where(events.tenant == workshop.tenant, events.workshop_id == workshop.id, events.number > number)
        .order_by(events.number)
    )


def _tell(connection: Connection, identifier: str, number: int) -> None:
    """Tell other replicas; PostgreSQL sends it when the transaction commits."""
    if connection.dialect.name == "postgresql":
        connection.execute(
            text("SELECT pg_notify(:channel, :told)"), {"channel": CHANNEL, "told": f"{identifier} {number}"}
        )


def _stored(row: Row[str, str, str, str, datetime, datetime]) -> StoredWorkshop:
    stored = StoredWorkshop(*row)
    return stored._replace(created_at=_in_utc(stored.created_at), expires_at=_in_utc(stored.expires_at))


def _in_utc(moment: datetime) -> datetime:
    """Return a stored moment in UTC; SQLite keeps no zone."""
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
