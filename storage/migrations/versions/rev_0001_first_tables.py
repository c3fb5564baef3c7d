"""The first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# SQLite gives growing ids only to a column that is exactly INTEGER.
IDENTITY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    create_people()
    create_spaces()
    create_messages()
    create_turns()
    create_memory()
    create_ethics()
    create_records()


def downgrade() -> None:
    for table in (
        "states",
        "audit_entries",
        "sanctions",
        "ethics_overturns",
        "ethics_events",
        "summaries",
        "memory_entries",
        "images",
        "turns",
        "outbox",
        "inbox",
        "conversations",
        "space_settings",
        "spaces",
        "accounts",
        "people",
    ):
        op.drop_table(table)


def create_people() -> None:
    op.create_table(
        "people",
        sa.Column("id", IDENTITY, autoincrement=True, nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("erased_epoch", sa.Integer(), nullable=True),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("timezone", sa.Text(), nullable=True),
        sa.Column("face_id", sa.Text(), nullable=True),
        sa.Column("hue", sa.Float(), nullable=True),
        sa.Column("height", sa.Float(), nullable=True),
        sa.Column("gradient", sa.Float(), nullable=True),
        sa.Column("hair_cycling", sa.Boolean(), nullable=True),
        sa.Column("motion", sa.Text(), nullable=True),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_people"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "accounts",
        sa.Column("id", IDENTITY, autoincrement=True, nullable=False),
        sa.Column("person_id", IDENTITY, nullable=False),
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("display_name", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_accounts_person_id"),
        sa.PrimaryKeyConstraint("id", name="pk_accounts"),
        sa.UniqueConstraint("platform", "account_id", name="uq_accounts_platform_account_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_accounts_person_id", "accounts", ["person_id"], unique=False)


def create_spaces() -> None:
    op.create_table(
        "spaces",
        sa.Column("id", IDENTITY, autoincrement=True, nullable=False),
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("space_key", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_spaces"),
        sa.UniqueConstraint("platform", "space_key", name="uq_spaces_platform_space_key"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "space_settings",
        sa.Column("space_id", IDENTITY, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["space_id"], ["spaces.id"], name="fk_space_settings_space_id"),
        sa.PrimaryKeyConstraint("space_id", "key", name="pk_space_settings"),
    )
    op.create_table(
        "conversations",
        sa.Column("id", IDENTITY, autoincrement=True, nullable=False),
        sa.Column("space_id", IDENTITY, nullable=False),
        sa.Column("channel_key", sa.Text(), nullable=False),
        sa.Column("person_id", IDENTITY, nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_conversations_person_id"),
        sa.ForeignKeyConstraint(["space_id"], ["spaces.id"], name="fk_conversations_space_id"),
        sa.PrimaryKeyConstraint("id", name="pk_conversations"),
        sa.UniqueConstraint(
            "space_id", "channel_key", "person_id", name="uq_conversations_space_id_channel_key_person_id"
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "uq_conversations_shared",
        "conversations",
        ["space_id", "channel_key"],
        unique=True,
        sqlite_where=sa.text("person_id IS NULL"),
        postgresql_where=sa.text("person_id IS NULL"),
    )


def create_messages() -> None:
    op.create_table(
        "inbox",
        sa.Column("id", IDENTITY, autoincrement=True, nullable=False),
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("chat_id", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("conversation_id", IDENTITY, nullable=False),
        sa.Column("person_id", IDENTITY, nullable=False),
        sa.Column("space_id", IDENTITY, nullable=False),
        sa.Column("channel_key", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("attachment", sa.Text(), nullable=False),
        sa.Column("place", sa.JSON(), nullable=False),
        sa.Column("author", sa.JSON(), nullable=False),
        sa.Column("route", sa.JSON(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease_owner", sa.Text(), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("refusal", sa.Text(), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], name="fk_inbox_conversation_id"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_inbox_person_id"),
        sa.ForeignKeyConstraint(["space_id"], ["spaces.id"], name="fk_inbox_space_id"),
        sa.PrimaryKeyConstraint("id", name="pk_inbox"),
        sa.UniqueConstraint("platform", "chat_id", "message_id", name="uq_inbox_platform_chat_id_message_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_inbox_person_id", "inbox", ["person_id"], unique=False)
    op.create_index("ix_inbox_state_conversation_id_id", "inbox", ["state", "conversation_id", "id"], unique=False)
    op.create_table(
        "outbox",
        sa.Column("id", IDENTITY, autoincrement=True, nullable=False),
        sa.Column("inbox_id", IDENTITY, nullable=True),
        sa.Column("turn_id", sa.Text(), nullable=True),
        sa.Column("conversation_id", IDENTITY, nullable=False),
        sa.Column("person_id", IDENTITY, nullable=True),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("image_id", IDENTITY, nullable=True),
        sa.Column("nonce", sa.Text(), nullable=False),
        sa.Column("place", sa.JSON(), nullable=False),
        sa.Column("author", sa.JSON(), nullable=False),
        sa.Column("route", sa.JSON(), nullable=False),
        sa.Column("after_id", IDENTITY, nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=True),
        sa.Column("receipt", sa.JSON(), nullable=True),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["after_id"], ["outbox.id"], name="fk_outbox_after_id"),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], name="fk_outbox_conversation_id"),
        sa.ForeignKeyConstraint(["inbox_id"], ["inbox.id"], name="fk_outbox_inbox_id"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_outbox_person_id"),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
        sa.UniqueConstraint("inbox_id", "kind", "ordinal", name="uq_outbox_inbox_id_kind_ordinal"),
        sa.UniqueConstraint("nonce", name="uq_outbox_nonce"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_outbox_person_id", "outbox", ["person_id"], unique=False)
    op.create_index("ix_outbox_state_conversation_id_id", "outbox", ["state", "conversation_id", "id"], unique=False)


def create_turns() -> None:
    op.create_table(
        "turns",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("inbox_id", IDENTITY, nullable=True),
        sa.Column("person_id", IDENTITY, nullable=False),
        sa.Column("space_id", IDENTITY, nullable=False),
        sa.Column("conversation_id", IDENTITY, nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("notice", sa.Text(), nullable=True),
        sa.Column("trace", sa.JSON(), nullable=False),
        sa.Column("show_request", sa.JSON(), nullable=True),
        sa.Column("summary", sa.Text(), nullable=True),
        sa.Column("expression", sa.JSON(), nullable=True),
        sa.Column("image_id", IDENTITY, nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], name="fk_turns_conversation_id"),
        sa.ForeignKeyConstraint(["inbox_id"], ["inbox.id"], name="fk_turns_inbox_id"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_turns_person_id"),
        sa.ForeignKeyConstraint(["space_id"], ["spaces.id"], name="fk_turns_space_id"),
        sa.PrimaryKeyConstraint("id", name="pk_turns"),
        sa.UniqueConstraint("inbox_id", name="uq_turns_inbox_id"),
    )
    op.create_index("ix_turns_conversation_id_created_at", "turns", ["conversation_id", "created_at"], unique=False)
    op.create_index("ix_turns_person_id", "turns", ["person_id"], unique=False)
    op.create_table(
        "images",
        sa.Column("id", IDENTITY, autoincrement=True, nullable=False),
        sa.Column("turn_id", sa.Text(), nullable=False),
        sa.Column("person_id", IDENTITY, nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("mime", sa.Text(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("phash", sa.Text(), nullable=True),
        sa.Column("alt_text", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_images_person_id"),
        sa.PrimaryKeyConstraint("id", name="pk_images"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_images_person_id", "images", ["person_id"], unique=False)
    op.create_index("ix_images_sha256", "images", ["sha256"], unique=False)
    op.create_index("ix_images_turn_id", "images", ["turn_id"], unique=False)


def create_memory() -> None:
    op.create_table(
        "memory_entries",
        sa.Column("id", IDENTITY, autoincrement=True, nullable=False),
        sa.Column("person_id", IDENTITY, nullable=False),
        sa.Column("space_id", IDENTITY, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("said_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("text_hash", sa.Text(), nullable=True),
        sa.Column("model_hash", sa.Text(), nullable=True),
        sa.Column("vector", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_memory_entries_person_id"),
        sa.ForeignKeyConstraint(["space_id"], ["spaces.id"], name="fk_memory_entries_space_id"),
        sa.PrimaryKeyConstraint("id", name="pk_memory_entries"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_memory_entries_person_id_space_id", "memory_entries", ["person_id", "space_id"], unique=False)
    op.create_table(
        "summaries",
        sa.Column("person_id", IDENTITY, nullable=False),
        sa.Column("conversation_id", IDENTITY, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("turn_id", sa.Text(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], name="fk_summaries_conversation_id"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_summaries_person_id"),
        sa.PrimaryKeyConstraint("person_id", "conversation_id", name="pk_summaries"),
    )


def create_ethics() -> None:
    op.create_table(
        "ethics_events",
        sa.Column("id", IDENTITY, autoincrement=True, nullable=False),
        sa.Column("person_id", IDENTITY, nullable=False),
        sa.Column("space_id", IDENTITY, nullable=False),
        sa.Column("channel_key", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("model_hash", sa.Text(), nullable=False),
        sa.Column("evidence_hash", sa.Text(), nullable=True),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("block_s", sa.Integer(), nullable=False),
        sa.Column("policy", sa.JSON(), nullable=False),
        sa.Column("shadow", sa.Boolean(), nullable=False),
        sa.Column("turn_id", sa.Text(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_ethics_events_person_id"),
        sa.ForeignKeyConstraint(["space_id"], ["spaces.id"], name="fk_ethics_events_space_id"),
        sa.PrimaryKeyConstraint("id", name="pk_ethics_events"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_ethics_events_person_id_space_id", "ethics_events", ["person_id", "space_id"], unique=False)
    op.create_table(
        "ethics_overturns",
        sa.Column("id", IDENTITY, autoincrement=True, nullable=False),
        sa.Column("event_id", IDENTITY, nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["ethics_events.id"], name="fk_ethics_overturns_event_id"),
        sa.PrimaryKeyConstraint("id", name="pk_ethics_overturns"),
        sa.UniqueConstraint("event_id", name="uq_ethics_overturns_event_id"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "sanctions",
        sa.Column("id", IDENTITY, autoincrement=True, nullable=False),
        sa.Column("person_id", IDENTITY, nullable=False),
        sa.Column("space_id", IDENTITY, nullable=False),
        sa.Column("channel_key", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("categories", sa.JSON(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("turn_id", sa.Text(), nullable=True),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lifted_by", sa.Text(), nullable=True),
        sa.Column("lift_reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_sanctions_person_id"),
        sa.ForeignKeyConstraint(["space_id"], ["spaces.id"], name="fk_sanctions_space_id"),
        sa.PrimaryKeyConstraint("id", name="pk_sanctions"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_sanctions_person_id_space_id", "sanctions", ["person_id", "space_id"], unique=False)
    op.create_index("ix_sanctions_space_id_ends_at", "sanctions", ["space_id", "ends_at"], unique=False)


def create_records() -> None:
    op.create_table(
        "audit_entries",
        sa.Column("id", IDENTITY, autoincrement=True, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_platform", sa.Text(), nullable=False),
        sa.Column("actor_account", sa.Text(), nullable=False),
        sa.Column("actor_name", sa.Text(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("space_id", IDENTITY, nullable=True),
        sa.Column("target_person_id", IDENTITY, nullable=True),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["space_id"], ["spaces.id"], name="fk_audit_entries_space_id"),
        sa.ForeignKeyConstraint(["target_person_id"], ["people.id"], name="fk_audit_entries_target_person_id"),
        sa.PrimaryKeyConstraint("id", name="pk_audit_entries"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_audit_entries_space_id_id", "audit_entries", ["space_id", "id"], unique=False)
    op.create_index("ix_audit_entries_target_person_id", "audit_entries", ["target_person_id"], unique=False)
    op.create_table(
        "states",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_states"),
    )
