"""The command line as a chat platform: one person, whose answers are read from storage once they are settled."""

from __future__ import annotations

from bot.chat import Delivered, OutgoingMessage, Place, PlatformName


class CliAdapter:
    """Delivers by doing nothing: `say` prints what storage holds, the same that was committed."""

    @property
    def platform(self) -> PlatformName:
        """The platform's name."""
        return "cli"

    async def start(self) -> None:
        """Connect to nothing."""

    async def stop(self) -> None:
        """Disconnect from nothing."""

    async def deliver(self, message: OutgoingMessage) -> Delivered:
        """Count a message as shown."""
        return Delivered({"shown": True})

    async def typing(self, place: Place, *, active: bool) -> None:
        """Show nothing."""
