"""One-time codes that join a second platform account to a person."""

from sqlalchemy import Column, Table

from storage.tables.base import PlainText, UtcTime, metadata, reference

link_codes = Table(
    "link_codes",
    metadata,
    Column("code_hash", PlainText, primary_key=True),  # the code itself is never kept
    reference("account_id", "accounts", index=True),
    Column("ends_at", UtcTime, nullable=False),
)
