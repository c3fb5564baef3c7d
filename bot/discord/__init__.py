"""The Discord adapter: what people write there comes in, what she answers goes out."""

import warnings

with warnings.catch_warnings():
    # discord.py loads audioop for voice calls, which she does not make; Python 3.11 warns about it at import.
    warnings.filterwarnings("ignore", message="'audioop' is deprecated", category=DeprecationWarning)
    import discord  # noqa: F401
