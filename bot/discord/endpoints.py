"""Where Discord is: the addresses of its REST API and gateway, for one client.

discord.py keeps the REST base in a class attribute (`Route.BASE`) and the gateway in another one
(`DiscordWebSocket.DEFAULT_GATEWAY`). Changing those would change every client of the process, so the addresses are
exchanged here, in the one HTTP client through which each request and each websocket of a bot goes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import aiohttp
import yarl
from discord import File
from discord.gateway import DiscordWebSocket
from discord.http import INTERNAL_API_VERSION, HTTPClient, Route

if TYPE_CHECKING:
    from discord.types.gateway import SessionStartLimit  # a stub module: at run time it imports itself in a circle


class Endpoints:
    """The addresses in force.

    `gateway_url` of None means: what the REST API names, and for a resumed session what the gateway itself names.
    """

    def __init__(self, api_base: str, gateway_url: str | None) -> None:
        self._rest = f"{api_base.rstrip('/')}/v{INTERNAL_API_VERSION}"
        self._fixed = yarl.URL(gateway_url) if gateway_url else None
        self._named: yarl.URL | None = None

    def remember_gateway(self, url: str) -> None:
        """Keep the gateway that the REST API named."""
        self._named = yarl.URL(url)

    def rest(self, url: str) -> str:
        """Return the address of a REST call that discord.py made out for Discord's own base."""
        return self._rest + url.removeprefix(Route.BASE) if url.startswith(Route.BASE) else url

    def gateway(self, url: str) -> str:
        """Return the gateway to connect to instead of `url`, with the query of `url`."""
        asked = yarl.URL(url)
        known = self._named if asked.host == DiscordWebSocket.DEFAULT_GATEWAY.host else None
        base = self._fixed or known
        return str(base.with_query(asked.query)) if base else url


class EndpointHTTPClient(HTTPClient):
    """discord.py's HTTP client, its limits and retries untouched, at configurable addresses."""

    def __init__(self, endpoints: Endpoints, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._endpoints = endpoints

    async def request(
        self,
        route: Route,
        *,
        files: Sequence[File] | None = None,
        form: Iterable[dict[str, Any]] | None = None,
        **kwargs: Any,
    ) -> Any:
        """Send one REST call to the configured base."""
        route.url = self._endpoints.rest(route.url)
        return await super().request(route, files=files, form=form, **kwargs)

    async def ws_connect(self, url: str, *, compress: int = 0) -> aiohttp.ClientWebSocketResponse:
        """Open a websocket to the configured gateway."""
        return await super().ws_connect(self._endpoints.gateway(url), compress=compress)

    async def get_bot_gateway(self) -> tuple[int, str, SessionStartLimit]:
        """Ask for the gateway, and remember it for sessions that start anew."""
        shards, url, limit = await super().get_bot_gateway()
        self._endpoints.remember_gateway(url)
        return shards, url, limit
