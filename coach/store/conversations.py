"""Stored conversations, each under its tenant: the head, and apart from it turns and versions of the draft.

A turn touches the head, one row of turns and at most one of versions, so what it costs does not grow with the talk.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from uuid import uuid4

from sqlalchemy import ColumnElement, Connection, Table, delete, func, insert, select, text, update
from sqlalchemy.exc import IntegrityError

from coach.conversation import Conversation, DraftVersion, Export, Message, Step, Turn
from coach.errors import Conflict, InputError, NotFound, Problem
from coach.okr import Strict
from coach.store.database import Database
from coach.store.tables import CONVERSATION_TURNS, CONVERSATION_VERSIONS, CONVERSATIONS

_PARTS = (CONVERSATION_TURNS, CONVERSATION_VERSIONS)
_BATCH = 500


class ConversationSummary(Strict):
    """A conversation in a list."""

    id: str
    title: str
    language: str
    turns: int
    created_at: datetime
    updated_at: datetime


class ConversationStore:
    """Keeps conversations; another tenant's does not exist for a tenant."""

    def __init__(self, database: Database, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._database = database
        self._clock = clock

    def add(self, tenant: str, conversation: Conversation) -> None:
        """Store a new conversation, without turns."""
        with self._database.transaction() as connection:
            connection.execute(insert(CONVERSATIONS), self._row(tenant, conversation))

    def get(self, tenant: str, identifier: str) -> Conversation:
        """Return the head of a conversation."""
        query = select(CONVERSATIONS.c.head).where(*_of(tenant, identifier))
        with self._database.reading() as connection:
            found = connection.execute(query).scalar_one_or_none()
        if found is None:
            raise NotFound("conversation", identifier)
        return Conversation.model_validate_json(found)

    def count(self, tenant: str, identifier: str) -> int:
        """Return how many turns a conversation has."""
        query = select(CONVERSATIONS.c.turns).where(*_of(tenant, identifier))
        with self._database.reading() as connection:
            found = connection.execute(query).scalar_one_or_none()
        if found is None:
            raise NotFound("conversation", identifier)
        return int(found)

    def append(self, tenant: str, step: Step, *, key: str | None = None) -> Turn:
        """Store a turn and the head after it; when this returns, both are on disk.

        A turn that was stored under the same key is returned instead. Raises Conflict where another turn came first,
        NotFound where the conversation is gone.
        """
        head, turn = step.conversation, step.turn
        try:
            with self._database.transaction() as connection:
                self._advance(connection, tenant, head, turn.number - 1)
                connection.execute(insert(CONVERSATION_TURNS), _turn_row(tenant, head.id, turn, key))
                if turn.reply.version is not None:
                    connection.execute(insert(CONVERSATION_VERSIONS), _version_row(tenant, head.id, turn.reply.version))
        except IntegrityError as error:
            stored = self.turn_with_key(tenant, head.id, key, turn.message) if key else None
            if stored is None:
                raise Conflict("another turn of this conversation was stored first") from error
            return stored
        return turn

    def _advance(self, connection: Connection, tenant: str, head: Conversation, before: int) -> None:
        row = {name: value for name, value in self._row(tenant, head).items() if name not in {"tenant", "id"}}
        changed = connection.execute(
            update(CONVERSATIONS).where(*_of(tenant, head.id), CONVERSATIONS.c.turns == before).values(row)
        )
        if changed.rowcount == 0:
            there = connection.execute(select(CONVERSATIONS.c.turns).where(*_of(tenant, head.id))).first()
            if there is None:
                raise NotFound("conversation", head.id)
            raise Conflict("another turn of this conversation was stored first")

    def turn_with_key(self, tenant: str, identifier: str, key: str, message: Message) -> Turn | None:
        """Return the turn stored under an idempotency key; raise Conflict where it was of another message."""
        query = select(CONVERSATION_TURNS.c.turn).where(
            *_of(tenant, identifier, CONVERSATION_TURNS), CONVERSATION_TURNS.c.key == key
        )
        with self._database.reading() as connection:
            found = connection.execute(query).scalar_one_or_none()
        if found is None:
            return None
        turn = Turn.model_validate_json(found)
        if turn.message != message:
            raise Conflict("this Idempotency-Key was used for another message")
        return turn

    def turns(self, tenant: str, identifier: str, *, after: int = 0, limit: int = _BATCH) -> tuple[Turn, ...]:
        """Return turns by number, `limit` at most, after the one numbered `after`."""
        query = (
            select(CONVERSATION_TURNS.c.turn)
            .where(*_of(tenant, identifier, CONVERSATION_TURNS), CONVERSATION_TURNS.c.number > after)
            .order_by(CONVERSATION_TURNS.c.number)
            .limit(limit)
        )
        with self._database.reading() as connection:
            return tuple(Turn.model_validate_json(found) for found in connection.execute(query).scalars())

    def version(self, tenant: str, identifier: str, number: int) -> DraftVersion:
        """Return a version of the draft."""
        query = select(CONVERSATION_VERSIONS.c.version).where(
            *_of(tenant, identifier, CONVERSATION_VERSIONS), CONVERSATION_VERSIONS.c.number == number
        )
        with self._database.reading() as connection:
            found = connection.execute(query).scalar_one_or_none()
        if found is None:
            raise NotFound("version", str(number))
        return DraftVersion.model_validate_json(found)

    def versions(self, tenant: str, identifier: str) -> tuple[DraftVersion, ...]:
        """Return every version of the draft, oldest first."""
        query = (
            select(CONVERSATION_VERSIONS.c.version)
            .where(*_of(tenant, identifier, CONVERSATION_VERSIONS))
            .order_by(CONVERSATION_VERSIONS.c.number)
        )
        with self._database.reading() as connection:
            return tuple(DraftVersion.model_validate_json(found) for found in connection.execute(query).scalars())

    def list(self, tenant: str, *, limit: int = 50, before: datetime | None = None) -> "list[ConversationSummary]":
        """Return a tenant's conversations, the one used last first; `before`: only those used earlier."""
        names = ("id", "title", "language", "turns", "created_at", "updated_at")
        query = (
            select(*(CONVERSATIONS.c[name] for name in names))
            .where(CONVERSATIONS.c.tenant == tenant)
            .order_by(CONVERSATIONS.c.updated_at.desc(), CONVERSATIONS.c.id)
            .limit(limit)
        )
        if before is not None:
            query = query.where(CONVERSATIONS.c.updated_at < before)
        with self._database.reading() as connection:
            rows = connection.execute(query).all()
        return [
            ConversationSummary(
                id=name,
                title=title,
                language=language,
                turns=turns,
                created_at=_in_utc(created),
                updated_at=_in_utc(updated),
            )
            for name, title, language, turns, created, updated in rows
        ]

    def delete(self, tenant: str, identifier: str) -> None:
        """Delete a conversation with all that belongs to it; SQLite overwrites what it frees, and its log."""
        with self._database.transaction() as connection:
            for part in _PARTS:
                connection.execute(delete(part).where(*_of(tenant, identifier, part)))
            gone = connection.execute(delete(CONVERSATIONS).where(*_of(tenant, identifier)))
        if gone.rowcount == 0:
            raise NotFound("conversation", identifier)
        if self._database.engine.dialect.name == "sqlite":
            with self._database.engine.connect() as connection:
                connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))

    def export(self, tenant: str, identifier: str) -> Export:
        """Return a whole conversation."""
        conversation = self.get(tenant, identifier)
        turns: list[Turn] = []
        while batch := self.turns(tenant, identifier, after=len(turns)):
            turns += batch
        return Export(
            conversation=conversation,
            turns=tuple(turns[: conversation.turns]),
            versions=self.versions(tenant, identifier),
        )

    def add_export(self, tenant: str, export: Export) -> Conversation:
        """Store an exported conversation under a new id; raise InputError where its parts do not fit together."""
        _check(export)
        conversation = export.conversation.model_copy(update={"id": uuid4().hex})
        with self._database.transaction() as connection:
            connection.execute(insert(CONVERSATIONS), self._row(tenant, conversation))
            for rows, table in (
                ([_turn_row(tenant, conversation.id, turn, None) for turn in export.turns], CONVERSATION_TURNS),
                ([_version_row(tenant, conversation.id, each) for each in export.versions], CONVERSATION_VERSIONS),
            ):
                if rows:
                    connection.execute(insert(table), rows)
        return conversation

    def total(self, tenant: str) -> int:
        """Return how many conversations a tenant has."""
        query = select(func.count()).select_from(CONVERSATIONS).where(CONVERSATIONS.c.tenant == tenant)
        with self._database.reading() as connection:
            return connection.execute(query).scalar_one()

    def _row(self, tenant: str, conversation: Conversation) -> dict[str, object]:
        return {
            "tenant": tenant,
            "id": conversation.id,
            "created_at": conversation.created_at,
            "updated_at": self._clock(),
            "title": conversation.title,
            "language": conversation.language,
            "turns": conversation.turns,
            "head": conversation.model_dump_json(),
        }


def _of(tenant: str, identifier: str, table: Table = CONVERSATIONS) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    if "\x00" in identifier:  # PostgreSQL refuses to compare with it
        raise NotFound("conversation", identifier)
    name = "id" if table is CONVERSATIONS else "conversation_id"
    return table.c.tenant == tenant, table.c[name] == identifier


def _turn_row(tenant: str, identifier: str, turn: Turn, key: str | None) -> dict[str, object]:
    return {
        "tenant": tenant,
        "conversation_id": identifier,
        "number": turn.number,
        "key": key,
        "turn": turn.model_dump_json(),
    }


def _version_row(tenant: str, identifier: str, version: DraftVersion) -> dict[str, object]:
    return {
        "tenant": tenant,
        "conversation_id": identifier,
        "number": version.number,
        "version": version.model_dump_json(),
    }


def _check(export: Export) -> None:
    numbers = {"turns": [turn.number for turn in export.turns], "versions": [each.number for each in export.versions]}
    faults = [
        Problem(f"/{name}/{index}/number", f"must be {index + 1}: they are numbered without a gap", "not-in-order")
        for name, numbered in numbers.items()
        for index, number in enumerate(numbered)
        if number != index + 1
    ]
    if export.conversation.turns != len(export.turns):
        faults.append(Problem("/conversation/turns", "is not the number of turns", "not-in-order"))
    if export.conversation.version is not None and export.conversation.version not in export.versions:
        faults.append(Problem("/conversation/version", "is none of the versions", "unknown-version"))
    if faults:
        raise InputError(faults)


def _in_utc(moment: datetime) -> datetime:
    """Return a stored moment in UTC; SQLite keeps no zone."""
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
