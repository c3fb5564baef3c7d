"""Fetches updates so that one the library cannot read does not stand in the way of all that follow."""

from __future__ import annotations

from typing import Any

import structlog
from telegram import Update
from telegram.request import HTTPXRequest

_log = structlog.get_logger(__name__)


class UpdatesRequest(HTTPXRequest):
    """The library's HTTP client for getUpdates, with unreadable updates emptied."""

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """Parse an answer; an unreadable update keeps its id only, so that it is confirmed and passed over."""
        answer = HTTPXRequest.parse_json_payload(payload)
        updates = answer.get("result")
        if isinstance(updates, list):
            answer["result"] = [update if _is_readable(update) else _emptied(update) for update in updates]
        return answer


def _is_readable(update: Any) -> bool:
    try:
        Update.de_json(update, None)
    except Exception as error:
        _log.error("telegram.update_unreadable", error=type(error).__name__)
        return False
    return True


def _emptied(update: Any) -> Any:
    return {"update_id": update["update_id"]} if isinstance(update, dict) and "update_id" in update else update
