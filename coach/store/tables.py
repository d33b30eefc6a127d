"""The tables. Every one has `tenant`, and every query names it."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    DateTime,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

METADATA = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    }
)

REVIEWS = Table(
    "reviews",
    METADATA,
    Column("tenant", String(100), primary_key=True),
    Column("id", String(64), primary_key=True),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("draft", Text, nullable=False),
    Column("review", Text, nullable=False),
    Index("ix_reviews_tenant_created_at", "tenant", "created_at"),
)

FEEDBACK = Table(
    "feedback",
    METADATA,
    Column("tenant", String(100), primary_key=True),
    Column("id", String(64), primary_key=True),
    Column("review_id", String(64), nullable=False),
    Column("fingerprint", String(64), nullable=False),
    Column("pattern", String(255), nullable=False),
    Column("verdict", String(10)),
    Column("comment", Text),
    Column("created_at", DateTime(timezone=True), nullable=False),
    UniqueConstraint("tenant", "review_id", "fingerprint"),
    ForeignKeyConstraint(
        ["tenant", "review_id"], ["reviews.tenant", "reviews.id"], name="fk_feedback_reviews", ondelete="CASCADE"
    ),
    CheckConstraint("verdict IN ('accept', 'reject')", name="ck_feedback_verdict"),
)

MUTED_PATTERNS = Table(
    "muted_patterns",
    METADATA,
    Column("tenant", String(100), primary_key=True),
    Column("pattern", String(255), primary_key=True),
    Column("created_at", DateTime(timezone=True), nullable=False),
)

WORKSHOPS = Table(
    "workshops",
    METADATA,
    Column("tenant", String(100), primary_key=True),
    Column("id", String(64), primary_key=True),
    Column("code", String(16), nullable=False, unique=True),
    Column("title", Text, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False, index=True),
    Column("number", Integer, nullable=False),
)

_OF_WORKSHOP = (["tenant", "workshop_id"], ["workshops.tenant", "workshops.id"])

WORKSHOP_EVENTS = Table(
    "workshop_events",
    METADATA,
    Column("tenant", String(100), primary_key=True),
    Column("workshop_id", String(64), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("event", Text, nullable=False),
    ForeignKeyConstraint(*_OF_WORKSHOP, name="fk_workshop_events_workshops", ondelete="CASCADE"),
)

WORKSHOP_DRAFTS = Table(
    "workshop_drafts",
    METADATA,
    Column("tenant", String(100), primary_key=True),
    Column("workshop_id", String(64), primary_key=True),
    Column("seat", String(64), primary_key=True),
    Column("id", String(64), primary_key=True),
    Column("draft", Text, nullable=False),
    ForeignKeyConstraint(*_OF_WORKSHOP, name="fk_workshop_drafts_workshops", ondelete="CASCADE"),
)

API_KEYS = Table(
    "api_keys",
    METADATA,
    Column("tenant", String(100), primary_key=True),
    Column("name", String(100), primary_key=True),
    Column("digest", String(64), nullable=False, unique=True),
    Column("created_at", DateTime(timezone=True), nullable=False),
)
