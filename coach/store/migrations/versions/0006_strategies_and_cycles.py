"""Strategy frames in versions, and cycles, each with its tenant."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create both tables."""
    op.create_table(
        "strategies",
        sa.Column("tenant", sa.String(100), nullable=False),
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("strategy", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("tenant", "id", "version", name="pk_strategies"),
    )
    op.create_table(
        "cycles",
        sa.Column("tenant", sa.String(100), nullable=False),
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("strategy_id", sa.String(64)),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cycle", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("tenant", "id", name="pk_cycles"),
    )
    op.create_index("ix_cycles_tenant_strategy_id", "cycles", ["tenant", "strategy_id"])


def downgrade() -> None:
    """Drop both tables."""
    op.drop_index("ix_cycles_tenant_strategy_id", "cycles")
    op.drop_table("cycles")
    op.drop_table("strategies")
