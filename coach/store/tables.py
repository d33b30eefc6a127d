"""The tables. Every one has `tenant`, and every query names it."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Double,
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

KEPT_ANSWERS = Table(
    "kept_answers",
    METADATA,
    Column("tenant", String(100), primary_key=True),
    Column("key", String(64), primary_key=True),
    Column("draft", String(64), nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    Column("answers", Text, nullable=False),
    Index("ix_kept_answers_tenant_draft", "tenant", "draft"),
    Index("ix_kept_answers_expires_at", "expires_at"),
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

MODEL_SPENDING = Table(
    "model_spending",
    METADATA,
    Column("tenant", String(100), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("prompt_tokens", BigInteger, nullable=False),
    Column("completion_tokens", BigInteger, nullable=False),
    Column("cached_tokens", BigInteger, nullable=False),
    Column("cost", Double, nullable=False),
)

CONVERSATIONS = Table(
    "conversations",
    METADATA,
    Column("tenant", String(100), primary_key=True),
    Column("id", String(64), primary_key=True),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
    Column("title", Text, nullable=False),
    Column("language", String(8), nullable=False),
    Column("turns", Integer, nullable=False),
    Column("head", Text, nullable=False),
    Index("ix_conversations_tenant_updated_at", "tenant", "updated_at"),
)

CONVERSATION_TURNS = Table(
    "conversation_turns",
    METADATA,
    Column("tenant", String(100), primary_key=True),
    Column("conversation_id", String(64), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("key", String(200)),
    Column("turn", Text, nullable=False),
    UniqueConstraint("tenant", "conversation_id", "key"),
    ForeignKeyConstraint(
        ["tenant", "conversation_id"],
        ["conversations.tenant", "conversations.id"],
        name="fk_conversation_turns_conversations",
        ondelete="CASCADE",
    ),
)

CONVERSATION_VERSIONS = Table(
    "conversation_versions",
    METADATA,
    Column("tenant", String(100), primary_key=True),
    Column("conversation_id", String(64), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("version", Text, nullable=False),
    ForeignKeyConstraint(
        ["tenant", "conversation_id"],
        ["conversations.tenant", "conversations.id"],
        name="fk_conversation_versions_conversations",
        ondelete="CASCADE",
    ),
)
