"""Reading a Bot API request and shaping its answer."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from aiohttp import web


class ApiError(Exception):
    """The Bot API refuses a request."""

    def __init__(self, status: int, description: str, **parameters: Any) -> None:
        super().__init__(description)
        self.status = status
        self.description = description
        self.parameters = parameters

    def response(self) -> web.Response:
        body: dict[str, Any] = {"ok": False, "error_code": self.status, "description": self.description}
        if self.parameters:
            body["parameters"] = self.parameters
        return web.json_response(body, status=self.status)


@dataclass(frozen=True, slots=True)
class ApiRequest:
    """One call: its method, parameters (JSON values decoded) and uploaded files by field name."""

    method: str
    parameters: dict[str, Any]
    files: dict[str, tuple[str, bytes]]

    def number(self, name: str) -> int | None:
        value = self.parameters.get(name)
        return int(value) if isinstance(value, int | str) and str(value).lstrip("-").isdigit() else None

    def string(self, name: str) -> str:
        value = self.parameters.get(name)
        return "" if value is None else str(value)


TEXT_FIELDS = frozenset(
    [
        "text",
        "caption",
        "url",
        "secret_token",
        "parse_mode",
        "language_code",
        "action",
        "chat_id",
        "callback_query_id",
        "file_id",
    ]
)


async def read_request(request: web.Request, method: str) -> ApiRequest:
    """Read form, multipart or JSON parameters."""
    parameters: dict[str, Any] = {}
    files: dict[str, tuple[str, bytes]] = {}
    if request.content_type == "application/json":
        parameters = await request.json()
    else:
        form = await request.post()
        for name, value in form.items():
            if isinstance(value, web.FileField):
                files[name] = (value.filename, value.file.read())
                value.file.close()
            elif isinstance(value, str):
                parameters[name] = value if name in TEXT_FIELDS else _decoded(value)
    return ApiRequest(method, parameters, files)


def ok(result: Any) -> web.Response:
    """Return a successful answer."""
    return web.json_response({"ok": True, "result": result})


def _decoded(value: str) -> Any:
    try:
        return json.loads(value)
    except ValueError:
        return value
