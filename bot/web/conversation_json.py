"""How the conversation is told to the page."""

from __future__ import annotations

import json
from typing import Any

from bot.chat import Button, OutgoingMessage
from bot.web.desk import HistoryItem
from bot.web.open_pages import Event, Welcome


def history_json(item: HistoryItem) -> dict[str, Any]:
    """Write one line of the history."""
    return {
        "key": item.key,
        "kind": item.kind,
        "text": item.text,
        "at": item.at.isoformat(),
        "image": item.image_id,
        "alt": item.alt_text,
        "buttons": [button_json(button) for button in item.buttons],
    }


def message_json(message: OutgoingMessage, image_id: int | None, at: str) -> dict[str, Any]:
    """Write a message that is being delivered.

    `key` is the one it will have in the history; `after` names the words that a later face belongs to;
    `face_follows` says that such a face is on its way.
    """
    after = None if message.after is None else message.after.get("outbox_id")
    return {
        "key": key_of(message.outbox_id),
        "kind": "notice" if message.kind == "notice" else "answer",
        "text": message.text,
        "at": at,
        "image": image_id,
        "alt": message.picture.alt_text if message.picture else None,
        "after": key_of(after) if isinstance(after, int) else None,
        "face_follows": message.kind == "text",
        "buttons": [button_json(button) for button in message.buttons],
    }


def button_json(button: Button) -> dict[str, Any]:
    """Write something to click."""
    return {"id": button.id, "label": button.label, "style": button.style}


def key_of(outbox_id: int) -> str:
    """Return the key of a sent message in the history."""
    return f"out-{outbox_id}"


def event_json(event: Event) -> str:
    """Write an event as one frame."""
    return json.dumps({"id": event.id, "event": event.kind, **event.data})


def welcome_json(welcome: Welcome) -> str:
    """Write the first frame of a page: when `resumed` is false, the page reads the history again."""
    return json.dumps({"id": welcome.last_id, "event": "hello", "resumed": welcome.resumed, "typing": welcome.typing})
