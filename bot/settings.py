"""Settings, read once from the environment and `.env` (prefix OHLORA_), then passed on as values.

`.env.example` explains every one.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Everything an operator can set."""

    model_config = SettingsConfigDict(env_prefix="OHLORA_", env_file=".env", extra="ignore", env_ignore_empty=True)

    # Where things are kept
    data_dir: Path = Path("data")
    database_url: str | None = None  # default: SQLite in data_dir

    # Who she is
    profile: str = "mini"
    weights_dir: Path | None = None  # default: weights/<profile> for mini, data_dir/weights for published ones
    device: str = "auto"
    quantize: Literal["none", "int8", "int4"] = "none"  # how local language models are kept in memory
    timezone: str = "Asia/Seoul"
    language: Literal["ko", "en"] = "ko"

    # Her language models: here, or on a server
    llm_backend: Literal["local", "openai"] = "local"
    openai_base_url: str | None = None
    openai_api_key: SecretStr | None = None
    openai_style: Literal["completions", "chat"] = "completions"
    openai_model: str | None = None  # for every role that has none of its own
    openai_model_output_message: str | None = None
    openai_model_memory: str | None = None
    openai_model_summary: str | None = None
    openai_model_eyes_mouth_pose: str | None = None
    openai_timeout_s: float = Field(30.0, gt=0, le=600)

    # Discord
    discord_token: SecretStr | None = None
    discord_api_base: str = "https://discord.com/api"
    discord_gateway_url: str | None = None  # default: what the API says
    discord_message_content: bool = False

    # Telegram
    telegram_token: SecretStr | None = None
    telegram_base_url: str = "https://api.telegram.org/bot"
    telegram_mode: Literal["polling", "webhook"] = "polling"
    telegram_webhook_url: str | None = None
    telegram_webhook_secret: SecretStr | None = None
    telegram_webhook_host: str = "127.0.0.1"
    telegram_webhook_port: int = Field(8081, ge=0, le=65535)

    # Local web page
    web_enabled: bool = True
    web_host: str = "127.0.0.1"
    web_port: int = Field(8080, ge=0, le=65535)
    status_token: SecretStr | None = Field(None, min_length=16)  # for /status and /metrics

    # Service
    operators: str = ""  # comma-separated platform:account_id
    face_grace_s: float = Field(1.0, ge=0, le=60)
    queue_per_conversation: int = Field(3, ge=1, le=100)
    queue_total: int = Field(200, ge=1, le=100_000)
    side_by_side: int = Field(32, ge=1, le=1024)  # conversations worked on at the same time
    lease_s: float = Field(60.0, gt=0)
    fade_days: int = Field(30, ge=0)  # clean days after which a level falls by one; 0: never
    text_days: int = Field(0, ge=0)  # how long texts are kept; 0: until their person erases them
    picture_days: int = Field(30, ge=0)
    stop_grace_s: float = Field(10.0, ge=0)
    secret_key: SecretStr | None = None  # encrypts interaction tokens; default: a key file in data_dir
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    log_json: bool = False

    def resolved_database_url(self) -> str:
        """Return the SQLAlchemy URL of the database."""
        return self.database_url or f"sqlite+aiosqlite:///{self.data_dir / 'oh-lora.sqlite3'}"

    def operator_ids(self) -> frozenset[tuple[str, str]]:
        """Return the (platform, account id) pairs that may do everything."""
        pairs = (item.strip().split(":", 1) for item in self.operators.split(",") if ":" in item)
        return frozenset((platform.strip(), account.strip()) for platform, account in pairs)
