"""Workshops with their events, and private drafts beside them."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the three tables."""
    op.create_table(
        "workshops",
        sa.Column("tenant", sa.String(100), nullable=False),
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("code", sa.String(16), nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("tenant", "id", name="pk_workshops"),
        sa.UniqueConstraint("code", name="uq_workshops_code"),
    )
    op.create_index("ix_workshops_expires_at", "workshops", ["expires_at"])
    op.create_table(
        "workshop_events",
        sa.Column("tenant", sa.String(100), nullable=False),
        sa.Column("workshop_id", sa.String(64), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("event", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("tenant", "workshop_id", "number", name="pk_workshop_events"),
        _of_workshop("fk_workshop_events_workshops"),
    )
    op.create_table(
        "workshop_drafts",
        sa.Column("tenant", sa.String(100), nullable=False),
        sa.Column("workshop_id", sa.String(64), nullable=False),
        sa.Column("seat", sa.String(64), nullable=False),
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("draft", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("tenant", "workshop_id", "seat", "id", name="pk_workshop_drafts"),
        _of_workshop("fk_workshop_drafts_workshops"),
    )


def downgrade() -> None:
    """Drop the three tables."""
    op.drop_table("workshop_drafts")
    op.drop_table("workshop_events")
    op.drop_table("workshops")


def _of_workshop(name: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["tenant", "workshop_id"], ["workshops.tenant", "workshops.id"], name=name, ondelete="CASCADE"
    )
