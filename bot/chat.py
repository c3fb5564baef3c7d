"""What travels between the chat adapters and the service, and the two protocols that join them.

Adapters know this module and nothing of the engine or the storage.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, Literal, Protocol

from bot.errors import BotError

PlatformName = Literal["discord", "telegram", "web", "cli"]
SpaceKind = Literal["server", "group", "direct"]
Attachment = Literal["none", "sticker", "image", "voice", "file", "other"]
RouteValue = str | int | bool | None
Route = Mapping[str, RouteValue]


@dataclass(frozen=True, slots=True)
class Author:
    """The platform account that wrote."""

    platform: PlatformName
    account_id: str
    display_name: str = ""
    language: str | None = None  # what the platform says, e.g. "ko" or "en-US"


@dataclass(frozen=True, slots=True)
class Place:
    """Where something was written: a space (server, group, direct chat) and the channel or thread in it."""

    platform: PlatformName
    space_id: str  # Discord guild id, Telegram chat id; of a direct chat the chat's own id
    kind: SpaceKind
    channel_id: str  # channel, thread or topic; equals space_id where the platform has none
    space_name: str = ""


@dataclass(frozen=True, slots=True)
class IncomingMessage:
    """One message addressed to her, as an adapter hands it over.

    `chat_id` and `message_id` make the message unique on its platform; the same pair is taken once however often it
    is handed over. `route` is what the adapter needs to answer it (plain JSON values, no secrets in clear); it comes
    back unchanged in `OutgoingMessage.route`.
    """

    place: Place
    author: Author
    chat_id: str
    message_id: str
    text: str
    sent_at: datetime  # aware
    attachment: Attachment = "none"
    route: Route = field(default_factory=dict)


class Taken(StrEnum):
    """What became of a message that was handed over."""

    ACCEPTED = "accepted"  # an inbox row is committed; an answer will come through `deliver`
    DUPLICATE = "duplicate"  # taken before; nothing to do
    REFUSED = "refused"  # committed and settled at once (queue full, blocked, empty); a notice comes through `deliver`


PartKind = Literal["reply", "text", "face", "notice"]
ButtonStyle = Literal["plain", "primary", "good", "danger"]
LONGEST_BUTTON_ID_BYTES = 64  # Telegram's limit; Discord allows more


@dataclass(frozen=True, slots=True)
class Button:
    """Something to click below a message.

    `id` says all that a click means (`appeal:17`), so that it still works after a restart; it grants nothing by itself:
    who clicked is checked at each click. At most 64 bytes.
    """

    id: str
    label: str
    style: ButtonStyle = "plain"


@dataclass(frozen=True, slots=True)
class Picture:
    """A rendered face to attach."""

    path: Path
    mime: str  # image/png, image/webp, video/mp4, image/gif
    alt_text: str  # Korean or English, describes the expression
    width_px: int
    height_px: int


@dataclass(frozen=True, slots=True)
class OutgoingMessage:
    """One logical message for a chat, handed to the adapter of its platform.

    kind: "reply" = text with the face; "text" = the reply's text whose face comes later; "face" = that later face
    (`after` holds the receipt of its text); "notice" = a service text (warning, block, queue full, set aside).
    """

    outbox_id: int
    kind: PartKind
    place: Place
    author: Author  # whom it answers
    text: str
    picture: Picture | None
    nonce: str  # stable for this logical message, at most 25 characters
    route: Route
    first_try: bool  # False after a restart or a failed attempt: look whether it is already there before sending
    after: Mapping[str, RouteValue] | None = None  # receipt of the text this face belongs to
    buttons: tuple[Button, ...] = ()


@dataclass(frozen=True, slots=True)
class Delivered:
    """What the platform said of a sent message: its ids, kept as the receipt."""

    receipt: Mapping[str, RouteValue]


class DeliveryRefused(BotError):
    """The platform will never take this message (no rights, chat gone, person left); the reason is one line."""


class DeliveryDelayed(BotError):
    """The platform cannot take the message now; try again after `retry_after_s`."""

    def __init__(self, reason: str, retry_after_s: float) -> None:
        super().__init__(reason)
        self.retry_after_s = retry_after_s


class ChatAdapter(Protocol):
    """One chat platform.

    `start` returns when the adapter is connected or retrying in the background; `stop` ends it gracefully.
    """

    @property
    def platform(self) -> PlatformName:
        """The platform's name."""

    async def start(self) -> None:
        """Connect and begin to hand messages over."""

    async def stop(self) -> None:
        """Stop taking messages, finish what is being sent, and disconnect."""

    async def deliver(self, message: OutgoingMessage) -> Delivered:
        """Send one logical message.

        Raises:
            DeliveryRefused: the platform will never take it.
            DeliveryDelayed: try again later.
        """

    async def typing(self, place: Place, *, active: bool) -> None:
        """Show or stop showing that she is typing; never raises."""


@dataclass(frozen=True, slots=True)
class CommandCall:
    """One command (`/unblock`, `/face` ...) that a person gave on a platform.

    `name` is the command without the slash. `arguments` are already split by the platform into named values.
    `may_moderate` is what the adapter checked with the platform itself, just now, for this place (Discord permissions,
    Telegram administrators). Operator ids are checked by the service.
    """

    place: Place
    author: Author
    call_id: str  # unique on the platform: interaction id, message id
    name: str
    arguments: Mapping[str, str]
    may_moderate: bool
    called_at: datetime
    image: bytes | None = None  # the picture that came with it, as it was uploaded


class Rights(Protocol):
    """What the platform says of the rights of the account that clicked."""

    async def may_moderate(self, space_id: str) -> bool:
        """Ask the platform, now, whether the account may moderate this space; False where it does not say."""


@dataclass(frozen=True, slots=True)
class ButtonCall:
    """One click on a button, wherever its message stands."""

    place: Place
    author: Author
    call_id: str  # unique on the platform
    button_id: str
    rights: Rights
    called_at: datetime


@dataclass(frozen=True, slots=True)
class CommandAnswer:
    """The answer to a command or a click; `private` = only the caller may see it (ephemeral, or in the direct chat).

    `in_place`, for clicks: the message that was clicked is changed into this answer (text, picture and buttons).
    """

    text: str
    private: bool = True
    picture: Picture | None = None
    document: tuple[str, bytes] | None = None  # file name and content
    buttons: tuple[Button, ...] = ()
    in_place: bool = False


@dataclass(frozen=True, slots=True)
class CommandParameter:
    """One named value of a command."""

    name: str
    required: bool
    kind: Literal["text", "person", "number", "choice", "image"] = "text"
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CommandSpec:
    """A command as every platform shows it; its descriptions are looked up as `command.<name>` in the catalogues.

    Parameter descriptions are `command.<name>.<parameter>`.
    """

    name: str
    moderators_only: bool
    parameters: tuple[CommandParameter, ...] = ()


class FrontDesk(Protocol):
    """The service as the adapters see it."""

    async def take(self, message: IncomingMessage) -> Taken:
        """Commit the message to the inbox, or settle it at once; returns after the commit."""

    async def command(self, call: CommandCall) -> CommandAnswer:
        """Carry out a command and return what to show; refusals are answers too, never exceptions."""

    async def click(self, call: ButtonCall) -> CommandAnswer:
        """Carry out what a button means and return what to show; refusals are answers too, never exceptions."""

    def commands(self) -> tuple[CommandSpec, ...]:
        """Every command there is, for registration with the platforms."""

    async def is_hers(self, place: Place) -> bool:
        """Tell whether a moderator made this channel hers (every message in it is for her)."""

    async def language(self, author: Author, place: Place) -> str:
        """Return "ko" or "en": the person's setting, else the space's, else what the platform says, else "ko"."""

    async def state(self, key: str) -> dict[str, Any] | None:
        """Read an adapter's small durable state (last seen message id, hash of synced commands)."""

    async def save_state(self, key: str, value: dict[str, Any]) -> None:
        """Write an adapter's small durable state."""
