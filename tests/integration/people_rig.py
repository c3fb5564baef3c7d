"""Commands and clicks given straight to the service, as an adapter would hand them over."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

from bot.app import App
from bot.chat import Author, ButtonCall, CommandAnswer, CommandCall, Place, PlatformName, SpaceKind
from tests.fakes import START, FakeClock

_calls = itertools.count(1)


@dataclass(frozen=True)
class ToldRights:
    """Rights as a test says: the spaces that the account moderates."""

    spaces: frozenset[str]

    async def may_moderate(self, space_id: str) -> bool:
        return space_id in self.spaces


@dataclass
class Someone:
    """A person with one account, at one place."""

    app: App
    user: str
    platform: PlatformName = "telegram"
    space: str | None = None  # None: the direct chat
    channel: str | None = None
    kind: SpaceKind = "server"
    moderates: frozenset[str] = frozenset()
    language: str = "ko"
    clock: FakeClock | None = None

    @property
    def place(self) -> Place:
        if self.space is None:
            return Place(self.platform, f"dm-{self.user}", "direct", f"dm-{self.user}", "방")
        return Place(self.platform, self.space, self.kind, self.channel or self.space, "방")

    @property
    def author(self) -> Author:
        return Author(self.platform, self.user, self.user, self.language)

    async def command(self, name: str, image: bytes | None = None, /, **arguments: str) -> CommandAnswer:
        now = self.clock() if self.clock else START
        allowed = self.space in self.moderates
        call = CommandCall(
            self.place, self.author, f"c{next(_calls)}", name, arguments, allowed, called_at=now, image=image
        )
        return await self.app.desk.command(call)

    async def press(self, button_id: str) -> CommandAnswer:
        rights = ToldRights(self.moderates)
        call = ButtonCall(self.place, self.author, f"b{next(_calls)}", button_id, rights, START)
        return await self.app.desk.click(call)

    async def click(self, answer: CommandAnswer, label: str) -> CommandAnswer:
        [found] = [button.id for button in answer.buttons if label in button.label]
        return await self.press(found)
