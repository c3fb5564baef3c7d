"""The local web page as a chat platform."""

from __future__ import annotations

import ipaddress
import secrets
import time

import structlog
from aiohttp import web

from bot.chat import Delivered, OutgoingMessage, Place, PlatformName
from bot.clock import Now, utc_now
from bot.errors import BotError
from bot.settings import Settings
from bot.texts import Texts
from bot.web.conversation_json import message_json
from bot.web.desk import WebDesk
from bot.web.live import LivePages
from bot.web.open_pages import OpenPages
from bot.web.pace import Pace
from bot.web.previews import Previews
from bot.web.routes import Routes
from bot.web.status_routes import StatusRoutes
from bot.web.visitor import space_of

STOP_S = 3.0
BURST = 20
EVERY_S = 1.0

log = structlog.get_logger(__name__)


class WebAdapter:
    """Serves the page and passes messages between it and the service."""

    def __init__(self, settings: Settings, desk: WebDesk, texts: Texts, *, now: Now = utc_now) -> None:
        self._host = settings.web_host
        self._port = settings.web_port
        self._desk = desk
        self._now = now
        self._pages = OpenPages(secrets.token_hex(4))
        self._live = LivePages(desk, texts)
        self._previews = Previews(desk)
        pace = Pace(BURST, EVERY_S, time.monotonic)
        status = StatusRoutes(desk.operator, texts, settings, listens_here_only=_is_loopback(self._host))
        self._routes = Routes(desk, texts, self._pages, self._live, self._previews, pace, status, self._host, now)
        self._runner: web.AppRunner | None = None

    @property
    def platform(self) -> PlatformName:
        """The platform's name."""
        return "web"

    @property
    def address(self) -> str:
        """Where a browser on this machine finds the page, e.g. `http://127.0.0.1:8080/`."""
        port = self._port
        if self._runner is not None and self._runner.addresses:
            port = int(self._runner.addresses[0][1])
        return f"http://{_browsable(self._host)}:{port}/"

    async def start(self) -> None:
        """Listen.

        Raises:
            BotError: the address cannot be listened on.
        """
        runner = web.AppRunner(self._routes.application(), access_log=None, shutdown_timeout=STOP_S)
        await runner.setup()
        try:
            await web.TCPSite(runner, self._host, self._port).start()
        except OSError:
            await runner.cleanup()
            raise BotError(
                f"the web page cannot listen on {self._host}:{self._port}; is she running already? "
                "If not, choose another OHLORA_WEB_PORT"
            ) from None
        self._runner = runner
        if not _is_loopback(self._host):
            log.warning(
                "web_page_open_to_the_network", remedy="the page has no accounts; set OHLORA_WEB_HOST=127.0.0.1"
            )

    async def stop(self) -> None:
        """Close the open pages, finish the requests in hand and stop listening."""
        self._pages.close()
        await self._live.close()
        await self._previews.close()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def deliver(self, message: OutgoingMessage) -> Delivered:
        """Show a message on the person's open pages; a page that is opened later reads it from the history."""
        image_id = await self._desk.picture_of(message.outbox_id) if message.picture is not None else None
        said = message_json(message, image_id, self._now().isoformat())
        self._pages.tell(message.author.account_id, "message", said)
        if image_id is not None:
            await self._live.answered(message.author.account_id, message.outbox_id)
        return Delivered({"outbox_id": message.outbox_id})

    async def typing(self, place: Place, *, active: bool) -> None:
        """Show or stop showing that she is typing."""
        self._pages.typing(place.space_id.removeprefix(space_of("")), active=active)


def _browsable(host: str) -> str:
    """Return the host as it stands in an address; "all addresses" becomes this machine."""
    if host in ("0.0.0.0", "", "::"):  # noqa: S104 - compared with, not listened on
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
