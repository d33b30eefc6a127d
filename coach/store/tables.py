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

STRATEGIES = Table(
    "strategies",
    METADATA,
    Column("tenant", String(100), primary_key=True),
    Column("id", String(64), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("name", String(200), nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("strategy", Text, nullable=False),
)

CYCLES = Table(
    "cycles",
    METADATA,
    Column("tenant", String(100), primary_key=True),
    Column("id", String(64), primary_key=True),
    Column("strategy_id", String(64)),
    Column("updated_at", DateTime(timezone=True), nullable=False),
    Column("cycle", Text, nullable=False),
    Index("ix_cycles_tenant_strategy_id", "tenant", "strategy_id"),
)

API_KEYS = Table(
    "api_keys",
    METADATA,
    Column("tenant", String(100), primary_key=True),
    Column("name", String(100), primary_key=True),
    Column("digest", String(64), nullable=False, unique=True),
    Column("created_at", DateTime(timezone=True), nullable=False),
)
