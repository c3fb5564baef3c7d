"""A loopback Telegram Bot API server for tests: real HTTP on 127.0.0.1, scripted by the test."""

from tests.e2e.telegram_server.records import ChatRecord, Sent, UserRecord
from tests.e2e.telegram_server.server import TelegramServer

__all__ = ["ChatRecord", "Sent", "TelegramServer", "UserRecord"]
