"""What the adapter needs to answer a message later, kept as plain values beside the message."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.chat import Place, Route
from bot.discord.sealing import TokenSeal

TOKEN_LIFE = timedelta(minutes=15)
TOKEN_MARGIN = timedelta(seconds=20)  # an answer begun now must still arrive while the token lives


@dataclass(frozen=True, slots=True)
class OpenInteraction:
    """An interaction that can still be answered with its token."""

    interaction_id: int
    application_id: int
    token: str


@dataclass(frozen=True, slots=True)
class Target:
    """Where an answer goes: a channel, the message it answers if there is one, and the interaction while it lives.

    `interaction_id` stays known after the token has expired.
    """

    channel_id: int
    reply_to: int | None
    interaction_id: int | None
    interaction: OpenInteraction | None

    @property
    def asked_by(self) -> int | None:
        """Return the id after which an answer to this can stand in the channel."""
        return self.reply_to or self.interaction_id


def message_route(channel_id: int, message_id: int) -> Route:
    """Return the route back to a message."""
    return {"channel_id": str(channel_id), "message_id": str(message_id)}


def interaction_route(channel_id: int, interaction: OpenInteraction, created_at: datetime, seal: TokenSeal) -> Route:
    """Return the route back to a slash command; its token is encrypted."""
    return {
        "channel_id": str(channel_id),
        "interaction_id": str(interaction.interaction_id),
        "application_id": str(interaction.application_id),
        "sealed_token": seal.seal(interaction.token),
        "expires_at": int((created_at + TOKEN_LIFE).timestamp()),
    }


def target_of(route: Route, place: Place, now: datetime, seal: TokenSeal) -> Target:
    """Read a route; what it lacks comes from the place."""
    channel_id = int(str(route.get("channel_id") or place.channel_id))
    interaction_id = _id(route, "interaction_id")
    return Target(channel_id, _id(route, "message_id"), interaction_id, _open(route, interaction_id, now, seal))


def _open(route: Route, interaction_id: int | None, now: datetime, seal: TokenSeal) -> OpenInteraction | None:
    application_id, sealed, expires_at = (
        _id(route, "application_id"),
        route.get("sealed_token"),
        route.get("expires_at"),
    )
    if (
        interaction_id is None
        or application_id is None
        or not isinstance(sealed, str)
        or not isinstance(expires_at, int)
    ):
        return None
    if now.timestamp() > expires_at - TOKEN_MARGIN.total_seconds():
        return None
    token = seal.unseal(sealed)
    return None if token is None else OpenInteraction(interaction_id, application_id, token)


def _id(route: Route, key: str) -> int | None:
    value = route.get(key)
    return int(value) if isinstance(value, str) and value.isdigit() else None
