"""Runs the migrations on an open connection."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Connection, text

from storage.errors import DatabaseUnusable

ADVISORY_LOCK = 0x0410_4A  # any number that is ours: starters on PostgreSQL wait for each other on it


def alembic_config(connection: Connection) -> Config:
    """Return Alembic's configuration, made here so that no ini file has to be found."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def upgrade(connection: Connection) -> None:
    """Bring the tables to the newest form, inside the caller's transaction.

    Raises:
        DatabaseUnusable: a newer version of the service made this database.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ADVISORY_LOCK})
    try:
        command.upgrade(alembic_config(connection), "head")
    except CommandError:
        raise DatabaseUnusable(
            "the database was made by a newer version of Oh-LoRA; update the program, or restore a backup"
        ) from None
