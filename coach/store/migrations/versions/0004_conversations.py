"""Conversations with their turns and the versions of their drafts, each with its tenant."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the three tables."""
    op.create_table(
        "conversations",
        sa.Column("tenant", sa.String(100), nullable=False),
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("turns", sa.Integer, nullable=False),
        sa.Column("head", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("tenant", "id", name="pk_conversations"),
    )
    op.create_index("ix_conversations_tenant_updated_at", "conversations", ["tenant", "updated_at"])
    op.create_table(
        "conversation_turns",
        sa.Column("tenant", sa.String(100), nullable=False),
        sa.Column("conversation_id", sa.String(64), nullable=False),
        sa.Column("number", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("key", sa.String(200)),
        sa.Column("turn", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("tenant", "conversation_id", "number", name="pk_conversation_turns"),
        sa.UniqueConstraint(
            "tenant", "conversation_id", "key", name="uq_conversation_turns_tenant_conversation_id_key"
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "conversation_id"],
            ["conversations.tenant", "conversations.id"],
            name="fk_conversation_turns_conversations",
            ondelete="CASCADE",
        ),
    )
    op.create_table(
        "conversation_versions",
        sa.Column("tenant", sa.String(100), nullable=False),
        sa.Column("conversation_id", sa.String(64), nullable=False),
        sa.Column("number", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("version", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("tenant", "conversation_id", "number", name="pk_conversation_versions"),
        sa.ForeignKeyConstraint(
            ["tenant", "conversation_id"],
            ["conversations.tenant", "conversations.id"],
            name="fk_conversation_versions_conversations",
            ondelete="CASCADE",
        ),
    )


def downgrade() -> None:
    """Drop the three tables."""
    op.drop_table("conversation_versions")
    op.drop_table("conversation_turns")
    op.drop_index("ix_conversations_tenant_updated_at", "conversations")
    op.drop_table("conversations")
