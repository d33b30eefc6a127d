"""Stored reviews, each under its tenant."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import NamedTuple
from uuid import uuid4

from sqlalchemy import delete, insert, select

from coach.errors import NotFound
from coach.okr import Draft
from coach.review import Review
from coach.store.database import Database
from coach.store.tables import REVIEWS

_INSERT = insert(REVIEWS)


class StoredReview(NamedTuple):
    """A review as stored, with the JSON that is sent for it."""

    id: str
    json: str


class ListedReview(NamedTuple):
    """A review in a tenant's list, by the first objective of its draft."""

    id: str
    created_at: datetime
    objective: str


class ReviewStore:
    """Keeps drafts with their reviews."""

    def __init__(self, database: Database, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._database = database
        self._clock = clock

    def add(self, tenant: str, draft: Draft, review: Review) -> StoredReview:
        """Store a review under an id of its own; when this returns, it is on disk."""
        identifier = uuid4().hex
        stored = StoredReview(identifier, review.model_copy(update={"id": identifier}).model_dump_json())
        with self._database.transaction() as connection:
            connection.execute(
                _INSERT,
                {
                    "tenant": tenant,
                    "id": identifier,
                    "created_at": self._clock(),
                    "draft": draft.model_dump_json(),
                    "review": stored.json,
                },
            )
        return stored

    def get(self, tenant: str, identifier: str) -> StoredReview:
        """Return a tenant's review; another tenant's does not exist for it."""
        if "\x00" in identifier:  # PostgreSQL refuses to compare with it
            raise NotFound("review", identifier)
        query = select(REVIEWS.c.review).where(REVIEWS.c.tenant == tenant, REVIEWS.c.id == identifier)
        with self._database.reading() as connection:
            found = connection.execute(query).scalar_one_or_none()
        if found is None:
            raise NotFound("review", identifier)
        return StoredReview(identifier, found)

    def latest(self, tenant: str, most: int) -> list[ListedReview]:
        """Return a tenant's last reviews, newest first."""
        query = (
            select(REVIEWS.c.id, REVIEWS.c.created_at, REVIEWS.c.draft)
            .where(REVIEWS.c.tenant == tenant)
            .order_by(REVIEWS.c.created_at.desc(), REVIEWS.c.id)
            .limit(most)
        )
        with self._database.reading() as connection:
            rows = connection.execute(query).all()
        return [
            ListedReview(identifier, created_at, Draft.model_validate_json(draft).objectives[0].objective)
            for identifier, created_at, draft in rows
        ]

    def delete(self, tenant: str, identifier: str) -> Draft:
        """Delete a tenant's review with the feedback on it, and return the draft that it was about."""
        if "\x00" in identifier:
            raise NotFound("review", identifier)
        statement = delete(REVIEWS).where(REVIEWS.c.tenant == tenant, REVIEWS.c.id == identifier)
        with self._database.transaction() as connection:
            found = connection.execute(statement.returning(REVIEWS.c.draft)).scalar_one_or_none()
        if found is None:
            raise NotFound("review", identifier)
        return Draft.model_validate_json(found)
