"""What can be wrong with Discord before connecting: token, reachability, intent, rights in the servers."""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp
import discord
from discord.gateway import DiscordWebSocket
from discord.http import HTTPClient

from bot.discord.endpoints import EndpointHTTPClient, Endpoints
from bot.discord.link import BAD_TOKEN, may_read_contents
from bot.discord.permissions import invite_url, missing_rights
from bot.findings import Finding
from bot.settings import Settings

PATIENCE_S = 15.0
MOST_SERVERS = 200

_UNREACHABLE = (aiohttp.ClientError, OSError, TimeoutError, ValueError)


async def check(settings: Settings) -> list[Finding]:
    """Look at everything Discord needs; each finding is one line with its remedy. Nothing is changed or sent."""
    if settings.discord_token is None:
        return []
    endpoints = Endpoints(settings.discord_api_base, settings.discord_gateway_url)
    http = EndpointHTTPClient(endpoints, asyncio.get_running_loop(), max_ratelimit_timeout=30.0)
    try:
        async with asyncio.timeout(PATIENCE_S):
            return await _look(http, settings)
    except discord.LoginFailure:
        return [Finding(False, f"Discord: {BAD_TOKEN}")]
    except discord.HTTPException as error:
        return [Finding(False, f"Discord: the API answers {error.status}; try later, or check OHLORA_DISCORD_API_BASE")]
    except (*_UNREACHABLE, discord.DiscordException) as error:
        return [
            Finding(
                False,
                f"Discord: {settings.discord_api_base} cannot be reached ({type(error).__name__}); "
                "check the network and OHLORA_DISCORD_API_BASE",
            )
        ]
    finally:
        await http.close()


async def _look(http: HTTPClient, settings: Settings) -> list[Finding]:
    assert settings.discord_token is not None
    user = await http.static_login(settings.discord_token.get_secret_value().strip())
    application = await http.application_info()
    findings = [Finding(True, f"Discord: the token is valid; she is {user['username']}")]
    findings.append(await _gateway(http))
    flags = discord.ApplicationFlags()
    flags.value = int(application.get("flags", 0))
    findings.extend(_contents(settings, flags))
    findings.extend(_interactions(application.get("interactions_endpoint_url")))
    findings.extend(_servers(await http.get_guilds(MOST_SERVERS, with_counts=False), int(application["id"])))
    return findings


async def _gateway(http: HTTPClient) -> Finding:
    """Connect to the gateway and wait for its greeting, without logging in."""
    try:
        _, url, limit = await http.get_bot_gateway()
        if limit["remaining"] == 0:
            return Finding(
                False, "Discord: no session starts are left today; wait, and see why the bot restarts so often"
            )
        socket = await http.ws_connect(str(DiscordWebSocket.DEFAULT_GATEWAY.with_query(v=10, encoding="json")))
        try:
            greeting = await socket.receive(timeout=PATIENCE_S / 2)
        finally:
            await socket.close(code=1000)
    except (*_UNREACHABLE, discord.DiscordException) as error:
        return Finding(
            False,
            f"Discord: the gateway cannot be reached ({type(error).__name__}); "
            "allow outgoing websockets, or check OHLORA_DISCORD_GATEWAY_URL",
        )
    if greeting.type is not aiohttp.WSMsgType.TEXT:
        return Finding(False, f"Discord: {url} is no gateway; check OHLORA_DISCORD_GATEWAY_URL")
    return Finding(True, f"Discord: the gateway answers; {limit['remaining']} session starts are left today")


def _contents(settings: Settings, flags: discord.ApplicationFlags) -> list[Finding]:
    if settings.discord_message_content and not may_read_contents(flags):
        return [
            Finding(
                False,
                "Discord: OHLORA_DISCORD_MESSAGE_CONTENT is set, but Message Content Intent is off; switch it on in "
                "the developer portal under Bot, or unset it",
            )
        ]
    if settings.discord_message_content:
        return [Finding(True, "Discord: Message Content Intent is on; channels can be hers")]
    return [
        Finding(
            True,
            "Discord: she answers mentions, replies and direct messages; for channels that are hers, switch Message "
            "Content Intent on and set OHLORA_DISCORD_MESSAGE_CONTENT=true",
        )
    ]


def _interactions(endpoint_url: Any) -> list[Finding]:
    if not endpoint_url:
        return []
    return [
        Finding(
            False,
            "Discord: slash commands go to an Interactions Endpoint URL and not to her; clear it in the developer "
            "portal under General Information",
        )
    ]


def _servers(guilds: list[Any], application_id: int) -> list[Finding]:
    if not guilds:
        return [Finding(True, f"Discord: she is in no server yet; invite her with {invite_url(application_id)}")]
    findings = []
    for guild in guilds:
        missing = missing_rights(discord.Permissions(int(guild.get("permissions", 0))))
        if missing:
            findings.append(
                Finding(
                    False,
                    f"Discord: in {guild['name']} she lacks {', '.join(missing)}; grant them to her role, or invite "
                    f"her again with {invite_url(application_id)}",
                )
            )
    well = len(guilds) - len(findings)
    return [*findings, Finding(True, f"Discord: {well} of {len(guilds)} servers give her every right")]
