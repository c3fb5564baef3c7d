"""A loopback Discord: REST API and gateway, scripted by tests, for bots that know nothing of it."""

from tests.e2e.discord_server.server import DiscordServer
from tests.e2e.discord_server.world import Channel, Guild, Interaction, SentFile, User

__all__ = ["Channel", "DiscordServer", "Guild", "Interaction", "SentFile", "User"]
