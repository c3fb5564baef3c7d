"""Interaction tokens at rest: they let anyone answer in her name for 15 minutes, so rows keep them encrypted."""

from __future__ import annotations

import base64

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from bot.errors import BotError

SHORTEST_SECRET_BYTES = 16


class TokenSeal:
    """Encrypts and decrypts interaction tokens with a key derived from the service's secret."""

    def __init__(self, secret: bytes) -> None:
        """Derive the key.

        Raises:
            BotError: the secret is too short to protect anything.
        """
        if len(secret) < SHORTEST_SECRET_BYTES:
            raise BotError(f"the secret key is too short; give OHLORA_SECRET_KEY {SHORTEST_SECRET_BYTES} bytes or more")
        key = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"oh-lora discord interaction token").derive(secret)
        self._fernet = Fernet(base64.urlsafe_b64encode(key))

    def seal(self, token: str) -> str:
        """Encrypt a token."""
        return self._fernet.encrypt(token.encode()).decode("ascii")

    def unseal(self, sealed: str) -> str | None:
        """Decrypt a token; None when it was sealed with another key or was changed."""
        try:
            return self._fernet.decrypt(sealed.encode()).decode()
        except InvalidToken:
            return None
