"""Appeals, links between platforms, buttons, and where an account's direct chat is."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# SQLite gives growing ids only to a column that is exactly INTEGER.
IDENTITY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("accounts", sa.Column("direct_space_id", IDENTITY, nullable=True))
    op.add_column("outbox", sa.Column("buttons", sa.JSON(), nullable=True))
    op.create_table(
        "appeals",
        sa.Column("id", IDENTITY, autoincrement=True, nullable=False),
        sa.Column("sanction_id", IDENTITY, nullable=False),
        sa.Column("person_id", IDENTITY, nullable=False),
        sa.Column("space_id", IDENTITY, nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("place", sa.JSON(), nullable=False),
        sa.Column("author", sa.JSON(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["sanction_id"], ["sanctions.id"], name="fk_appeals_sanction_id"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_appeals_person_id"),
        sa.ForeignKeyConstraint(["space_id"], ["spaces.id"], name="fk_appeals_space_id"),
        sa.PrimaryKeyConstraint("id", name="pk_appeals"),
        sa.UniqueConstraint("sanction_id", name="uq_appeals_sanction_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_appeals_person_id", "appeals", ["person_id"], unique=False)
    op.create_index("ix_appeals_space_id_state", "appeals", ["space_id", "state"], unique=False)
    op.create_table(
        "link_codes",
        sa.Column("code_hash", sa.Text(), nullable=False),
        sa.Column("account_id", IDENTITY, nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_link_codes_account_id"),
        sa.PrimaryKeyConstraint("code_hash", name="pk_link_codes"),
    )
    op.create_index("ix_link_codes_account_id", "link_codes", ["account_id"], unique=False)


def downgrade() -> None:
    op.drop_table("link_codes")
    op.drop_table("appeals")
    with op.batch_alter_table("outbox") as batch:
        batch.drop_column("buttons")
    with op.batch_alter_table("accounts") as batch:
        batch.drop_column("direct_space_id")
