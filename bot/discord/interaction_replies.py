"""Answers to slash commands, by the interaction's own token.

The calls are made through the client's HTTP client rather than discord.py's webhook adapter: so they go to the
configured REST base like all others, and an answer can be given by a process that never saw the interaction.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import discord
from discord.http import HTTPClient, MultipartParameters, Route, handle_message_parameters

from bot.chat import Button
from bot.discord.button_rows import view_of
from bot.discord.routes import OpenInteraction

_DEFERRED_ANSWER = 5  # interaction callback type: "thinking ..." is shown, the answer comes as an edit
_DEFERRED_CHANGE = 6  # nothing is shown; the clicked message may be changed later
_EPHEMERAL = 1 << 6
_LOADING = 1 << 7
_BASE = "/webhooks/{webhook_id}/{webhook_token}"


class InteractionReplies:
    """Defers, fills and extends the answers of interactions."""

    def __init__(self, http: HTTPClient) -> None:
        self._http = http

    async def defer(self, interaction: OpenInteraction, *, private: bool) -> None:
        """Tell Discord that the answer is coming; Discord allows 3 s for this."""
        payload = {"type": _DEFERRED_ANSWER, "data": {"flags": _EPHEMERAL if private else 0}}
        await self._call_back(interaction, payload)

    async def acknowledge(self, interaction: OpenInteraction) -> None:
        """Tell Discord that a click was heard; Discord allows 3 s for this."""
        await self._call_back(interaction, {"type": _DEFERRED_CHANGE})

    async def original(self, interaction: OpenInteraction) -> tuple[bool, dict[str, Any]]:
        """Ask for the answer as it stands, and whether it is still the empty deferred one."""
        message = await self._http.request(self._route("GET", interaction, "/messages/@original"))
        return bool(int(message.get("flags", 0)) & _LOADING), message

    async def edit(
        self,
        interaction: OpenInteraction,
        *,
        message: str = "@original",
        content: str | None = None,
        files: Sequence[discord.File] = (),
        buttons: Sequence[Button] | None = None,
        only_these_files: bool = False,
    ) -> dict[str, Any]:
        """Fill or change an answer; text or buttons of None stay as they are. Returns Discord's message object.

        `only_these_files` takes the files away that the message had, also when there is no new one.
        """
        route = self._route("PATCH", interaction, "/messages/{message_id}", message_id=message)
        return await self._send(route, _parameters(content, files, buttons, only_these_files=only_these_files))

    async def follow_up(
        self,
        interaction: OpenInteraction,
        *,
        content: str,
        files: Sequence[discord.File] = (),
        buttons: Sequence[Button] = (),
        private: bool,
    ) -> dict[str, Any]:
        """Send a further answer. Returns Discord's message object."""
        route = self._route("POST", interaction, "")
        parameters = _parameters(content, files, buttons or None, private=private)
        return await self._send(route, parameters, params={"wait": 1})

    async def _call_back(self, interaction: OpenInteraction, payload: dict[str, Any]) -> None:
        route = Route(
            "POST",
            "/interactions/{webhook_id}/{webhook_token}/callback",
            webhook_id=interaction.interaction_id,
            webhook_token=interaction.token,
        )
        await self._http.request(route, json=payload)

    async def _send(self, route: Route, parameters: MultipartParameters, **options: Any) -> dict[str, Any]:
        with parameters as sent:
            body = {"files": sent.files, "form": sent.multipart} if sent.files else {"json": sent.payload}
            message: dict[str, Any] = await self._http.request(route, **body, **options)
            return message

    @staticmethod
    def _route(method: str, interaction: OpenInteraction, path: str, **values: str) -> Route:
        return Route(
            method, _BASE + path, webhook_id=interaction.application_id, webhook_token=interaction.token, **values
        )


def shows(standing: Mapping[str, Any], text: str) -> bool:
    """Tell whether an answer as it stands has this text."""
    return str(standing.get("content", "")).strip() == text.strip()


def _parameters(
    content: str | None,
    files: Sequence[discord.File],
    buttons: Sequence[Button] | None,
    *,
    private: bool = False,
    only_these_files: bool = False,
) -> MultipartParameters:
    missing = discord.utils.MISSING
    return handle_message_parameters(
        content=missing if content is None else content,
        attachments=list(files) if files or only_these_files else missing,
        view=missing if buttons is None else view_of(buttons),
        flags=discord.MessageFlags(ephemeral=True) if private else missing,
        allowed_mentions=discord.AllowedMentions.none(),
    )
