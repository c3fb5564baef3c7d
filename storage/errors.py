"""The error tree of the storage room."""


class StorageError(Exception):
    """Something the storage room cannot do; the message is one line that says what to do next."""
