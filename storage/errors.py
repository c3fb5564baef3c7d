"""The error tree of the storage room."""


class StorageError(Exception):
    """Something the storage room cannot do; the message is one line that says what to do next."""


class DatabaseUnusable(StorageError):
    """The database cannot be opened, read or migrated."""


class DatabaseBusy(StorageError):
    """The database was locked or unreachable for too long; the work was rolled back and may be tried again."""


class DatabaseConflict(StorageError):
    """A rule of the tables (unique, foreign key, not null) refused the work, which was rolled back."""


class LeaseLost(StorageError):
    """Another worker has this inbox row now; drop what was worked out for it."""


class RecordMissing(StorageError):
    """The record that was asked for is not (or no longer) kept."""
