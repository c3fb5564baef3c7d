"""What every command does first: read the settings and set up the log, with errors of one line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import ValidationError

from bot.errors import BotError
from bot.logs import configure_logs
from bot.settings import Settings


def start(quiet: bool = False, **overrides: Any) -> Settings:
    """Read the settings, `overrides` (None = not given) on top, and set up the log.

    Raises:
        BotError: a setting is unusable; the line names it.
    """
    try:
        settings = Settings(**{name: value for name, value in overrides.items() if value is not None})
    except ValidationError as error:
        first = error.errors()[0]
        name = "OHLORA_" + "_".join(str(part) for part in first["loc"]).upper()
        raise BotError(f"{name} is not usable ({first['msg']}); see .env.example") from None
    configure_logs("ERROR" if quiet and settings.log_level == "INFO" else settings.log_level, as_json=settings.log_json)
    return settings


def weights_folder(settings: Settings) -> Path:
    """Return where the profile's weights lie."""
    if settings.weights_dir is not None:
        return settings.weights_dir
    if settings.profile == "mini":
        return Path(__file__).resolve().parents[2] / "weights" / "mini"
    return settings.data_dir / "weights" / settings.profile
