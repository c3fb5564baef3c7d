"""Every table, and the metadata that migrations are compared with."""

from storage.tables.appeals import appeals
from storage.tables.audit import audit_entries
from storage.tables.base import metadata
from storage.tables.ethics import ethics_events, ethics_overturns, sanctions
from storage.tables.inbox import inbox
from storage.tables.links import link_codes
from storage.tables.memory import memory_entries, summaries
from storage.tables.outbox import outbox
from storage.tables.people import accounts, people
from storage.tables.spaces import conversations, space_settings, spaces
from storage.tables.states import states
from storage.tables.turns import images, turns

__all__ = [
    "accounts",
    "appeals",
    "audit_entries",
    "conversations",
    "ethics_events",
    "ethics_overturns",
    "images",
    "inbox",
    "link_codes",
    "memory_entries",
    "metadata",
    "outbox",
    "people",
    "sanctions",
    "space_settings",
    "spaces",
    "states",
    "summaries",
    "turns",
]
