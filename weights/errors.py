"""The error tree of the weights room."""


class WeightsError(Exception):
    """Something the weights room cannot do; the message is one line that says what to do next."""
