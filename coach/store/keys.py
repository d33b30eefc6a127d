"""API keys: only their digests are stored; a key leads to its tenant."""

import hashlib
import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from typing import NamedTuple

from sqlalchemy import delete, func, insert, select
from sqlalchemy.exc import IntegrityError

from coach.errors import InputError, NotFound, Problem
from coach.store.database import Database
from coach.store.tables import API_KEYS

_PREFIX = "okr_"


class ApiKey(NamedTuple):
    """A key by its name; the secret itself is shown once, at creation."""

    tenant: str
    name: str
    created_at: datetime


class KeyStore:
    """Creates, lists, revokes and resolves keys."""

    def __init__(self, database: Database, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._database = database
        self._clock = clock

    def create(self, tenant: str, name: str) -> str:
        """Return a new secret for a tenant; it cannot be read again."""
        secret = _PREFIX + secrets.token_urlsafe(32)
        row = {"tenant": tenant, "name": name, "digest": _digest(secret), "created_at": self._clock()}
        try:
            with self._database.transaction() as connection:
                connection.execute(insert(API_KEYS), row)
        except IntegrityError as error:
            raise InputError([Problem("/name", f"tenant {tenant!r} has a key {name!r} already", "exists")]) from error
        return secret

    def list(self) -> "list[ApiKey]":
        """Return every key, without its secret."""
        query = select(API_KEYS.c.tenant, API_KEYS.c.name, API_KEYS.c.created_at).order_by(
            API_KEYS.c.tenant, API_KEYS.c.name
        )
        with self._database.reading() as connection:
            return [ApiKey(*row) for row in connection.execute(query)]

    def revoke(self, tenant: str, name: str) -> None:
        """Make a key worthless at once."""
        with self._database.transaction() as connection:
            gone = connection.execute(delete(API_KEYS).where(API_KEYS.c.tenant == tenant, API_KEYS.c.name == name))
        if gone.rowcount == 0:
            raise NotFound("key", f"{tenant}/{name}")

    def tenant_of(self, secret: str) -> str | None:
        """Return the tenant that a secret belongs to."""
        with self._database.reading() as connection:
            query = select(API_KEYS.c.tenant).where(API_KEYS.c.digest == _digest(secret))
            return connection.execute(query).scalar_one_or_none()

    def any(self) -> bool:
        """Whether there is a key at all."""
        with self._database.reading() as connection:
            return bool(connection.execute(select(func.count()).select_from(API_KEYS)).scalar_one())


def _digest(secret: str) -> str:
    """Return the digest of a random 256-bit secret; such a secret needs no slow hash."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
