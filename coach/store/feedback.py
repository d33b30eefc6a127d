"""Feedback on findings, and patterns that a tenant has muted."""

from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import UTC, datetime
from typing import Literal, NamedTuple
from uuid import uuid4

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite

from coach.errors import InputError, NotFound, Problem
from coach.feedback import Example, MutedPattern, Remark, StoredRemark
from coach.okr import Draft
from coach.review import Review
from coach.store.database import Database
from coach.store.reviews import ReviewStore
from coach.store.tables import FEEDBACK, MUTED_PATTERNS, REVIEWS

_ONE_PER_FINDING = ("tenant", "review_id", "fingerprint")

_MOST_EXAMPLES = 100


class RemarkedReview(NamedTuple):
    """A stored draft and its review, with what was said of the findings."""

    id: str
    draft: Draft
    review: Review
    remarks: tuple[StoredRemark, ...]


class FeedbackStore:
    """Keeps one remark per finding of a review, and one mark per muted pattern."""

    def __init__(self, database: Database, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._database = database
        self._clock = clock
        self._reviews = ReviewStore(database)
        self._insert = postgresql.insert if database.engine.dialect.name == "postgresql" else sqlite.insert

    def add(self, tenant: str, review_id: str, remarks: Sequence[Remark]) -> tuple[StoredRemark, ...]:
        """Store remarks on findings of a review; a later remark on the same finding replaces the earlier one."""
        review = Review.model_validate_json(self._reviews.get(tenant, review_id).json)
        patterns = {finding.fingerprint: finding.pattern for finding in review.findings()}
        if strangers := [
            Problem(f"/findings/{index}/fingerprint", "is no finding of this review", "unknown-fingerprint")
            for index, remark in enumerate(remarks)
            if remark.fingerprint not in patterns
        ]:
            raise InputError(strangers)
        now = self._clock()
        stored = {
            remark.fingerprint: StoredRemark(
                id=uuid4().hex,
                review_id=review_id,
                pattern=patterns[remark.fingerprint],
                created_at=now,
                **remark.model_dump(),
            )
            for remark in remarks
        }
        statement = self._insert(FEEDBACK)
        statement = statement.on_conflict_do_update(
            index_elements=_ONE_PER_FINDING,
            set_={each.name: each for each in statement.excluded if each.name not in _ONE_PER_FINDING},
        )
        with self._database.transaction() as connection:
            connection.execute(statement, [{"tenant": tenant, **remark.model_dump()} for remark in stored.values()])
        return tuple(stored.values())

    def list(self, tenant: str, review_id: str) -> tuple[StoredRemark, ...]:
        """Return the remarks on a tenant's review, oldest first."""
        self._reviews.get(tenant, review_id)
        query = (
            select(*(column for column in FEEDBACK.columns if column.name != "tenant"))
            .where(FEEDBACK.c.tenant == tenant, FEEDBACK.c.review_id == review_id)
            .order_by(FEEDBACK.c.created_at, FEEDBACK.c.fingerprint)
        )
        with self._database.reading() as connection:
            rows = connection.execute(query).mappings().all()
        return tuple(StoredRemark(**{**row, "created_at": _in_utc(row["created_at"])}) for row in rows)

    def export(self, tenant: str) -> Iterator[RemarkedReview]:
        """Yield every review that has feedback, oldest first, one in memory at a time."""
        reviewed = (REVIEWS.c.tenant == FEEDBACK.c.tenant) & (REVIEWS.c.id == FEEDBACK.c.review_id)
        query = (
            select(REVIEWS.c.id)
            .where(REVIEWS.c.tenant == tenant, select(FEEDBACK.c.id).where(reviewed).exists())
            .order_by(REVIEWS.c.created_at, REVIEWS.c.id)
        )
        with self._database.reading() as connection:
            identifiers = connection.execute(query).scalars().all()
        for identifier in identifiers:
            texts = select(REVIEWS.c.draft, REVIEWS.c.review).where(
                REVIEWS.c.tenant == tenant, REVIEWS.c.id == identifier
            )
            with self._database.reading() as connection:
                draft, review = connection.execute(texts).one()
            yield RemarkedReview(
                identifier,
                Draft.model_validate_json(draft),
                Review.model_validate_json(review),
                self.list(tenant, identifier),
            )

    def examples(self, tenant: str, most: int = _MOST_EXAMPLES) -> tuple[Example, ...]:
        """Return what a tenant last accepted or rejected at an objective or key result, the newest first."""
        query = (
            select(FEEDBACK.c.fingerprint, FEEDBACK.c.verdict, FEEDBACK.c.review_id)
            .where(FEEDBACK.c.tenant == tenant, FEEDBACK.c.verdict.is_not(None))
            .order_by(FEEDBACK.c.created_at.desc(), FEEDBACK.c.review_id, FEEDBACK.c.fingerprint)
            .limit(most)
        )
        with self._database.reading() as connection:
            remarks = connection.execute(query).all()
            of_tenant = (REVIEWS.c.tenant == tenant) & REVIEWS.c.id.in_({remark.review_id for remark in remarks})
            rows = connection.execute(select(REVIEWS.c.id, REVIEWS.c.review).where(of_tenant)).all()
        reviews = {identifier: Review.model_validate_json(review) for identifier, review in rows}
        found = (_example(reviews[each.review_id], each.fingerprint, each.verdict) for each in remarks)
        return tuple(filter(None, found))

    def mute(self, tenant: str, pattern: str) -> MutedPattern:
        """Mute a pattern; one that is muted already stays as it is."""
        row = {"tenant": tenant, "pattern": pattern, "created_at": self._clock()}
        since = select(MUTED_PATTERNS.c.created_at).where(
            MUTED_PATTERNS.c.tenant == tenant, MUTED_PATTERNS.c.pattern == pattern
        )
        with self._database.transaction() as connection:
            connection.execute(self._insert(MUTED_PATTERNS).on_conflict_do_nothing(), row)
            return MutedPattern(pattern=pattern, created_at=_in_utc(connection.execute(since).scalar_one()))

    def unmute(self, tenant: str, names: Collection[str]) -> None:
        """Let a pattern be heard again, under whichever of its names it was muted."""
        found = {muted.pattern for muted in self.muted(tenant)} & set(names)
        if not found:
            raise NotFound("muted pattern", min(names))
        mine = (MUTED_PATTERNS.c.tenant == tenant) & MUTED_PATTERNS.c.pattern.in_(found)
        with self._database.transaction() as connection:
            connection.execute(delete(MUTED_PATTERNS).where(mine))

    def muted(self, tenant: str) -> tuple[MutedPattern, ...]:
        """Return what a tenant has muted, by name."""
        query = (
            select(MUTED_PATTERNS.c.pattern, MUTED_PATTERNS.c.created_at)
            .where(MUTED_PATTERNS.c.tenant == tenant)
            .order_by(MUTED_PATTERNS.c.pattern)
        )
        with self._database.reading() as connection:
            rows = connection.execute(query).all()
        return tuple(MutedPattern(pattern=pattern, created_at=_in_utc(moment)) for pattern, moment in rows)


def _example(review: Review, fingerprint: str, verdict: Literal["accept", "reject"]) -> Example | None:
    """Return a finding with its text; None for one about a set, a draft or how a team works."""
    for objective in review.objectives:
        elements = ((each.text, each.findings) for each in objective.key_results)
        for text, findings in ((objective.objective, objective.findings), *elements):
            for finding in findings:
                if finding.fingerprint == fingerprint:
                    words = finding.span.text if finding.span else ""
                    return Example(
                        pattern=finding.pattern, text=text, words=words, language=review.language, verdict=verdict
                    )
    return None


def _in_utc(moment: datetime) -> datetime:
    """Return a stored moment in UTC; SQLite keeps no zone."""
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
