"""The key that encrypts what must not lie in the database in clear (Discord's interaction tokens)."""

from __future__ import annotations

import secrets

from bot.errors import BotError
from bot.settings import Settings

KEY_BYTES = 32


def secret_key(settings: Settings) -> bytes:
    """Return the key from the settings, else from the key file in the data folder, which is made when missing.

    Raises:
        BotError: the key is too short, or the key file cannot be read or written.
    """
    if settings.secret_key is not None:
        key = settings.secret_key.get_secret_value().encode()
        if len(key) < KEY_BYTES:
            raise BotError(f"OHLORA_SECRET_KEY is too short; give at least {KEY_BYTES} characters, or leave it out")
        return key
    path = settings.data_dir / "secret.key"
    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            path.touch(mode=0o600)
            path.write_bytes(secrets.token_hex(KEY_BYTES).encode())
        return path.read_bytes()
    except OSError as error:
        raise BotError(f"cannot read or write {path} ({error.strerror}); check OHLORA_DATA_DIR") from error
