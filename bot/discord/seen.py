"""Up to which message each channel has been seen, so that what is written during a gap can be fetched."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

MOST_CHANNELS = 200


@dataclass(frozen=True, slots=True)
class SeenChannel:
    """A channel she was active in; `guild_id` is None for a direct chat."""

    channel_id: int
    guild_id: int | None
    last_id: int


class SeenChannels:
    """The last seen id of the channels she was active in, the latest active first to be kept."""

    def __init__(self) -> None:
        self._channels: dict[int, SeenChannel] = {}
        self._held: set[int] = set()

    def load(self, state: Mapping[str, Any] | None) -> None:
        """Take over the durable form."""
        for channel_id, guild_id, last_id in (state or {}).get("channels", []):
            guild = None if guild_id is None else int(guild_id)
            self._channels[int(channel_id)] = SeenChannel(int(channel_id), guild, int(last_id))

    def to_state(self) -> dict[str, Any]:
        """Return the durable form; ids as strings, for JSON has no 64-bit numbers."""
        rows = [
            [str(each.channel_id), None if each.guild_id is None else str(each.guild_id), str(each.last_id)]
            for each in self._channels.values()
        ]
        return {"channels": rows}

    def known(self, channel_id: int) -> bool:
        """Tell whether she was active in a channel."""
        return channel_id in self._channels

    def note(self, channel_id: int, guild_id: int | None, message_id: int) -> None:
        """Note a message that is dealt with; a held channel stays where it was."""
        before = self._channels.pop(channel_id, None)
        held = before is not None and channel_id in self._held
        last_id = before.last_id if before and held else max(message_id, before.last_id if before else 0)
        self._channels[channel_id] = SeenChannel(channel_id, guild_id, last_id)
        while len(self._channels) > MOST_CHANNELS:
            self.forget(next(iter(self._channels)))

    def hold(self, channel_id: int, guild_id: int | None, message_id: int) -> None:
        """Keep a channel's mark before a message that could not be taken, until the channel is fetched again."""
        if channel_id not in self._channels:
            self._channels[channel_id] = SeenChannel(channel_id, guild_id, message_id - 1)
        self._held.add(channel_id)

    def release(self, channel_id: int) -> None:
        """Let the mark of a channel go on."""
        self._held.discard(channel_id)

    def forget(self, channel_id: int) -> None:
        """Drop a channel that is gone or that she may not read."""
        self._channels.pop(channel_id, None)
        self._held.discard(channel_id)

    def latest(self, count: int) -> list[SeenChannel]:
        """Return the channels she was active in last, the latest first."""
        return list(reversed(self._channels.values()))[:count]
