"""The shape of commands and button actions: their specification and the functions that carry them out."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime

from bot.appeals import Court
from bot.chat import CommandAnswer, CommandCall, CommandSpec
from bot.moderation import Actor
from bot.notices import Speech
from bot.previews import PictureWish
from bot.queue_limits import QueueLimits
from bot.texts import Texts
from bot.verification import Fingerprint
from bot.whereabouts import Defaults, Whereabouts
from storage.errors import RecordMissing
from storage.records import SpaceRecord
from storage.work import UnitOfWork


@dataclass(frozen=True, slots=True)
class DeskFacts:
    """What the commands must know of the service itself."""

    operators: frozenset[tuple[str, str]]
    face_ids: tuple[str, ...]
    message_content: bool  # whether Discord lets her read messages that do not mention her
    fade_days: int
    text_days: int
    picture_days: int
    queue: QueueLimits
    models_host: str | None = None  # the server that makes the answers, where it is another one


@dataclass(slots=True)
class AfterCommit:
    """What is to be done once the act is committed."""

    files_to_remove: list[str] = field(default_factory=list)
    clear_database_files: bool = False
    picture: PictureWish | None = None


@dataclass(frozen=True, slots=True)
class Scene:
    """What a command works with: an open unit of work, who called and where, and the service's own facts.

    `value` is what stands behind the action in a button's id; it is whatever the caller sent, so that rights and
    ownership are checked by who acts on it. `space` is the space that a moderators' action is about.
    """

    work: UnitOfWork
    call: CommandCall
    who: Whereabouts
    texts: Texts
    now: datetime
    facts: DeskFacts
    defaults: Defaults
    is_operator: bool
    after: AfterCommit
    specs: tuple[CommandSpec, ...]
    space: SpaceRecord
    value: str = ""
    fingerprint: Fingerprint | None = None  # of the picture that came with the command

    def say(self, key: str, /, **values: object) -> CommandAnswer:
        """Answer privately with the text of `key` in the caller's language."""
        return CommandAnswer(self.text(key, **values))

    def text(self, key: str, /, **values: object) -> str:
        """Return the text of `key` in the caller's language."""
        return self.texts.get(self.who.language, key, **values)

    @property
    def speech(self) -> Speech:
        """How to talk to the caller."""
        return Speech(self.texts, self.who.language, self.who.zone)

    @property
    def actor(self) -> Actor:
        """The caller as the actor of an act."""
        author = self.call.author
        return Actor(author.platform, author.account_id, author.display_name)

    @property
    def court(self) -> Court:
        """What deciding appeals needs."""
        return Court(self.texts, self.defaults, self.facts.operators, self.facts.fade_days, self.now)


LONGEST_ID = 18  # digits; what is longer is no id of ours, and no database takes it
CarryOut = Callable[[Scene], Awaitable[CommandAnswer]]


@dataclass(frozen=True, slots=True)
class Command:
    """One command."""

    spec: CommandSpec
    carry_out: CarryOut


@dataclass(frozen=True, slots=True)
class Action:
    """What a button does. A moderators' action names the space it is about by `space_of` its value."""

    name: str
    carry_out: CarryOut
    space_of: Callable[[UnitOfWork, str], Awaitable[SpaceRecord | None]] | None = None


async def space_by_id(work: UnitOfWork, value: str) -> SpaceRecord | None:
    """Return the space that a value `space id:...` begins with."""
    number = value.partition(":")[0]
    if not number.isdigit() or len(number) > LONGEST_ID:
        return None
    try:
        return await work.spaces.get(int(number))
    except RecordMissing:
        return None
