"""Feedback on findings and muted patterns, each with its tenant."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create both tables."""
    op.create_table(
        "feedback",
        sa.Column("tenant", sa.String(100), nullable=False),
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("review_id", sa.String(64), nullable=False),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("pattern", sa.String(255), nullable=False),
        sa.Column("verdict", sa.String(10)),
        sa.Column("comment", sa.Text),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "id", name="pk_feedback"),
        sa.UniqueConstraint("tenant", "review_id", "fingerprint", name="uq_feedback_tenant_review_id_fingerprint"),
        sa.ForeignKeyConstraint(
            ["tenant", "review_id"], ["reviews.tenant", "reviews.id"], name="fk_feedback_reviews", ondelete="CASCADE"
        ),
        sa.CheckConstraint("verdict IN ('accept', 'reject')", name="ck_feedback_verdict"),
    )
    op.create_table(
        "muted_patterns",
        sa.Column("tenant", sa.String(100), nullable=False),
        sa.Column("pattern", sa.String(255), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "pattern", name="pk_muted_patterns"),
    )


def downgrade() -> None:
    """Drop both tables."""
    op.drop_table("muted_patterns")
    op.drop_table("feedback")
