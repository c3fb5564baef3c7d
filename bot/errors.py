"""The error tree of the bot room."""


class BotError(Exception):
    """Something the bot room cannot do; the message is one line that says what to do next."""
