"""The error tree of the engine room."""


class EngineError(Exception):
    """Something the engine room cannot do; the message is one line that says what to do next."""


class EngineUnavailable(EngineError):
    """A server that the engine asks gave no usable answer; the same message may be answered a little later."""
