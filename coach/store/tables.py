"""The tables. Every one has `tenant`, and every query names it."""

from sqlalchemy import Column, DateTime, Index, MetaData, String, Table, Text

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

API_KEYS = Table(
    "api_keys",
    METADATA,
    Column("tenant", String(100), primary_key=True),
    Column("name", String(100), primary_key=True),
    Column("digest", String(64), nullable=False, unique=True),
    Column("created_at", DateTime(timezone=True), nullable=False),
)
