"""Answers of models, kept for a time so that an exact repeat asks nothing."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "kept_answers",
        sa.Column("tenant", sa.String(100), nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("draft", sa.String(64), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answers", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("tenant", "key", name="pk_kept_answers"),
    )
    op.create_index("ix_kept_answers_tenant_draft", "kept_answers", ["tenant", "draft"])
    op.create_index("ix_kept_answers_expires_at", "kept_answers", ["expires_at"])


def downgrade() -> None:
    """Drop the table."""
    op.drop_index("ix_kept_answers_expires_at", "kept_answers")
    op.drop_index("ix_kept_answers_tenant_draft", "kept_answers")
    op.drop_table("kept_answers")
