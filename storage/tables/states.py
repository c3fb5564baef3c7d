"""Small durable state of the adapters: last seen message ids, the hash of synced commands."""

from sqlalchemy import Column, Table

from storage.tables.base import PlainText, json_column, metadata

states = Table(
    "states",
    metadata,
    Column("key", PlainText, primary_key=True),
    json_column("value"),
)
