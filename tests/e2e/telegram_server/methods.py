"""The Bot API methods that the loopback server knows, with the checks of the real one that matter here."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from tests.e2e.telegram_server.records import ChatRecord, Sent
from tests.e2e.telegram_server.requests import ApiError, ApiRequest

if TYPE_CHECKING:
    from tests.e2e.telegram_server.server import TelegramServer

_FILE_FIELDS = {"sendPhoto": "photo", "sendAnimation": "animation", "sendDocument": "document"}


def units(text: str) -> int:
    """Count UTF-16 code units."""
    return len(text.encode("utf-16-le")) // 2


def send(server: TelegramServer, request: ApiRequest) -> dict[str, Any]:
    """Take a message from the bot."""
    chat = _chat(server, request)
    field = _FILE_FIELDS.get(request.method)
    text = request.string("text" if field is None else "caption")
    if field is None and not text.strip():
        raise ApiError(400, "Bad Request: message text is empty")
    if units(text) > (4096 if field is None else 1024):
        raise ApiError(400, f"Bad Request: {'message' if field is None else 'message caption'} is too long")
    if field is not None and not chat.media_allowed:
        raise ApiError(400, "Bad Request: not enough rights to send photos to the chat")
    topic = request.number("message_thread_id")
    if topic is not None and topic not in chat.topics:
        raise ApiError(400, "Bad Request: message thread not found")
    file_name, file = request.files.get(field, (None, None)) if field else (None, None)
    if field == "photo" and (not file or file[:4] not in (b"\x89PNG", b"RIFF", b"\xff\xd8\xff\xe0")):
        raise ApiError(400, "Bad Request: IMAGE_PROCESS_FAILED")
    message = {
        "message_id": server.next_message_id(),
        "date": int(time.time()),
        "chat": chat.as_json(),
        "from": server.me.as_json(),
        "text" if field is None else "caption": text,
    }
    if topic is not None:
        message |= {"message_thread_id": topic, "is_topic_message": True}
    keyboard = _keyboard(request)
    if keyboard:
        message["reply_markup"] = keyboard
    if field == "photo" and file is not None:
        message["photo"] = server.photo(file)
    chat.messages[message["message_id"]] = message
    sent = Sent(
        method=request.method,
        chat_id=chat.id,
        message_id=message["message_id"],
        text=text,
        topic=topic,
        reply_to=_replied(chat, request),
        file=file,
        file_name=file_name,
        parameters=request.parameters,
    )
    server.note_sent(sent)
    return message


def chat_action(server: TelegramServer, request: ApiRequest) -> bool:
    """Note a typing indicator."""
    chat = _chat(server, request)
    server.chat_actions.append((chat.id, request.number("message_thread_id"), request.string("action")))
    return True


def chat_member(server: TelegramServer, request: ApiRequest) -> dict[str, Any]:
    """Tell what someone is in a chat."""
    return _member(server, _chat(server, request), request.number("user_id") or 0)


def chat_administrators(server: TelegramServer, request: ApiRequest) -> list[dict[str, Any]]:
    """List the administrators of a group."""
    chat = _chat(server, request)
    if chat.type == "private":
        raise ApiError(400, "Bad Request: there are no administrators in the private chat")
    return [_member(server, chat, user_id) for user_id in sorted(chat.admins)]


def set_commands(server: TelegramServer, request: ApiRequest) -> bool:
    """Keep a command menu."""
    scope = request.parameters.get("scope") or {"type": "default"}
    server.menus[scope["type"], request.string("language_code")] = request.parameters["commands"]
    return True


def set_webhook(server: TelegramServer, request: ApiRequest) -> bool:
    """Keep the webhook's address."""
    server.webhook_url = request.string("url") or None
    server.webhook_secret = request.string("secret_token") or None
    return True


def delete_webhook(server: TelegramServer, request: ApiRequest) -> bool:
    """Drop the webhook."""
    server.webhook_url = server.webhook_secret = None
    return True


def webhook_info(server: TelegramServer, request: ApiRequest) -> dict[str, Any]:
    """Tell about the webhook."""
    info = {
        "url": server.webhook_url or "",
        "has_custom_certificate": False,
        "pending_update_count": len(server.updates.unconfirmed()),
    }
    if server.webhook_error:
        info |= {"last_error_message": server.webhook_error, "last_error_date": int(time.time())}
    return info


def get_me(server: TelegramServer, request: ApiRequest) -> dict[str, Any]:
    """Tell who the bot is."""
    return {
        **server.me.as_json(),
        "can_join_groups": True,
        "can_read_all_group_messages": server.reads_all_messages,
        "supports_inline_queries": False,
    }


def answer_click(server: TelegramServer, request: ApiRequest) -> bool:
    """Note what a click said."""
    text = request.string("text")
    if units(text) > 200:
        raise ApiError(400, "Bad Request: MESSAGE_TOO_LONG")
    server.click_answers[request.string("callback_query_id")] = text
    return True


def edit(server: TelegramServer, request: ApiRequest) -> dict[str, Any]:
    """Change a message of the bot."""
    chat = _chat(server, request)
    message = chat.messages.get(request.number("message_id") or 0)
    if message is None or message["from"]["id"] != server.me.id:
        raise ApiError(400, "Bad Request: message to edit not found")
    keyboard = _keyboard(request)
    if request.method == "editMessageText":
        if "text" not in message:
            raise ApiError(400, "Bad Request: there is no text in the message to edit")
        changed = {"text": request.string("text")}
    else:
        changed = {"caption": request.parameters["media"].get("caption", "")}
    if all(message.get(key) == value for key, value in changed.items()) and message.get("reply_markup") == keyboard:
        raise ApiError(400, "Bad Request: message is not modified")
    message.update(changed)
    message.pop("reply_markup", None)
    if keyboard:
        message["reply_markup"] = keyboard
    server.edits.append((chat.id, message["message_id"]))
    return message


def get_file(server: TelegramServer, request: ApiRequest) -> dict[str, Any]:
    """Tell where a file can be fetched."""
    file_id = request.string("file_id")
    if file_id not in server.files:
        raise ApiError(400, "Bad Request: invalid file_id")
    return {"file_id": file_id, "file_unique_id": f"u{file_id}", "file_path": f"photos/{file_id}"}


def _keyboard(request: ApiRequest) -> dict[str, Any] | None:
    keyboard = request.parameters.get("reply_markup")
    for row in (keyboard or {}).get("inline_keyboard", ()):
        for key in row:
            if not 1 <= len(key["callback_data"].encode()) <= 64:
                raise ApiError(400, "Bad Request: BUTTON_DATA_INVALID")
    return keyboard or None


METHODS: dict[str, Callable[[TelegramServer, ApiRequest], Any]] = {
    "getMe": get_me,
    "sendMessage": send,
    "sendPhoto": send,
    "sendAnimation": send,
    "sendDocument": send,
    "sendChatAction": chat_action,
    "getChatMember": chat_member,
    "getChatAdministrators": chat_administrators,
    "setMyCommands": set_commands,
    "setWebhook": set_webhook,
    "deleteWebhook": delete_webhook,
    "getWebhookInfo": webhook_info,
    "answerCallbackQuery": answer_click,
    "editMessageText": edit,
    "editMessageMedia": edit,
    "getFile": get_file,
}


def _member(server: TelegramServer, chat: ChatRecord, user_id: int) -> dict[str, Any]:
    user = server.user(user_id).as_json()
    if user_id not in chat.admins:
        return {"status": "member", "user": user}
    rights = (
        "can_be_edited is_anonymous can_manage_chat can_delete_messages can_manage_video_chats can_restrict_members "
        "can_promote_members can_change_info can_invite_users can_post_stories can_edit_stories can_delete_stories"
    )
    return {"status": "administrator", "user": user, **dict.fromkeys(rights.split(), True)}


def _chat(server: TelegramServer, request: ApiRequest) -> ChatRecord:
    chat = server.chats.get(request.number("chat_id") or 0)
    if chat is None:
        raise ApiError(400, "Bad Request: chat not found")
    if chat.forbidden:
        raise ApiError(403, "Forbidden: bot was blocked by the user")
    if chat.migrated_to is not None:
        raise ApiError(
            400, "Bad Request: group chat was upgraded to a supergroup chat", migrate_to_chat_id=chat.migrated_to
        )
    return chat


def _replied(chat: ChatRecord, request: ApiRequest) -> int | None:
    wanted = request.parameters.get("reply_parameters")
    if not wanted:
        return None
    if wanted["message_id"] not in chat.messages:
        if not wanted.get("allow_sending_without_reply"):
            raise ApiError(400, "Bad Request: message to be replied not found")
        return None
    return int(wanted["message_id"])
