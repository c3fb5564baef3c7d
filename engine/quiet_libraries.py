"""Keeps libraries from telling what nobody here can act on."""

from __future__ import annotations

import logging


def quieten() -> None:
    """Silence bitsandbytes, which tells at its import (peft imports it too) of optional CPU kernels."""
    logging.getLogger("bitsandbytes").setLevel(logging.ERROR)
