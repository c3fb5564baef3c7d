"""Small stand-ins for the engine and a chat platform, for tests of everything between them."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from PIL import Image

from bot.chat import (
    Author,
    Delivered,
    IncomingMessage,
    OutgoingMessage,
    Place,
    PlatformName,
)
from engine.errors import EngineError
from engine.live_face import LiveFrame
from engine.turn_types import (
    Answered,
    Category,
    Engine,
    Expression,
    Hit,
    MemoryEntry,
    MemoryWrite,
    Ombre,
    RenderedFace,
    Shown,
    ShowRequest,
    Turn,
    Verdict,
)

START = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)  # a Monday noon in Seoul


class FakeClock:
    """A clock that tests move by hand; it creeps on by itself, so that retries come due."""

    def __init__(self, start: datetime = START) -> None:
        self._offset = start - datetime.now(UTC)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self._offset

    def advance(self, step: timedelta) -> None:
        self._offset += step


def picture() -> RenderedFace:
    data = io.BytesIO()
    Image.new("RGB", (8, 8), (120, 80, 160)).save(data, "PNG")
    return RenderedFace(data.getvalue(), "image/png", 8, 8, "mini:1", Ombre(0.1, 0.6, 0.5))


@dataclass
class FakeEngine:
    """Answers with an echo. Words in the message steer it:

    `욕` is an insult to parents, `사랑` a love confession that she turns down, `기억 <값>` is remembered, `고장` breaks
    the answer and `얼굴고장` the face, `긴` is too long.
    """

    delay_s: float = 0.0
    show_delay_s: float = 0.0
    answered: list[str] = field(default_factory=list)
    shown: list[str] = field(default_factory=list)
    seen_turns: list[Turn] = field(default_factory=list)
    in_hand: set[str] = field(default_factory=set)

    async def answer(self, turn: Turn) -> Answered:
        self.seen_turns.append(turn)
        await asyncio.sleep(self.delay_s)
        self.answered.append(turn.text)
        if turn.text.startswith("고장"):
            raise RuntimeError("broken on purpose")
        if turn.text.startswith("긴"):
            return Answered("too_long", None, Verdict({}, (), "fake"))
        hits: list[Hit] = []
        if "욕" in turn.text:
            hits.append(_hit("paedrip", turn.text))
            if not turn.policy.shadow:
                return Answered("flagged", None, Verdict({"paedrip": 0.99}, tuple(hits), "fake"))
        if "사랑" in turn.text:
            hits.append(_hit("love", turn.text))
        answer = f"답: {turn.text}"
        request = ShowRequest(turn.turn_id, turn.text, answer, turn.sent_at, turn.seed, turn.face)
        writes = ()
        if turn.text.startswith("기억 "):
            entry = MemoryEntry(None, "메모", turn.text.removeprefix("기억 "), turn.sent_at.date(), None)
            writes = (MemoryWrite(entry),)
        return Answered(
            "answered", answer, Verdict({"normal": 0.9}, tuple(hits), "fake"), memory_writes=writes, show=request
        )

    async def show(self, request: ShowRequest) -> Shown:
        await asyncio.sleep(self.show_delay_s)
        self.shown.append(request.answer)
        if "얼굴고장" in request.answer:
            raise RuntimeError("broken on purpose")
        expression = Expression("크게", "보통", "없음", "눈 크게, 입 보통, 고개 돌림 없음", (0.9, 0.5, 0.0))
        return Shown(f"요약: {request.answer}", expression, picture())


def _hit(category: Category, text: str) -> Hit:
    return Hit(category, 0.99, 0.9, "cosine", text)


class FakeLoadedEngine:
    """A loaded profile around any engine."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.face_ids: tuple[str, ...] = ("mini:1", "mini:2")
        self.live_s = 0.0  # how long a frame of the watched face takes
        self.live_fails = False
        self.live_frames: list[LiveFrame] = []

    async def preview(self, face_id: str, ombre: Ombre) -> RenderedFace:
        return picture()

    async def live_frame(self, frame: LiveFrame) -> bytes:
        await asyncio.sleep(self.live_s)
        if self.live_fails:
            raise EngineError("The face is broken on purpose; try again")
        self.live_frames.append(frame)
        data = io.BytesIO()
        shade = min(max(round(120 + 80 * frame.scores[0]), 0), 255)
        Image.new("RGB", (8, 8), (shade, 80, round(255 * (frame.ombre.hue or 0)))).save(data, "WEBP", lossless=True)
        return data.getvalue()

    async def close(self) -> None:
        """Nothing to close."""


class FakeAdapter:
    """Keeps what was delivered, and can be made to fail."""

    def __init__(self, platform: PlatformName = "telegram") -> None:
        self._platform = platform
        self.delivered: list[OutgoingMessage] = []
        self.typing_signs: list[bool] = []
        self.fail: Callable[[OutgoingMessage], Exception | None] = lambda _: None

    @property
    def platform(self) -> PlatformName:
        return self._platform

    async def start(self) -> None:
        """Nothing to start."""

    async def stop(self) -> None:
        """Nothing to stop."""

    async def deliver(self, message: OutgoingMessage) -> Delivered:
        error = self.fail(message)
        if error is not None:
            raise error
        self.delivered.append(message)
        return Delivered({"message_id": len(self.delivered)})

    async def typing(self, place: Place, *, active: bool) -> None:
        self.typing_signs.append(active)

    def texts(self, account_id: str | None = None) -> list[str]:
        return [m.text for m in self.delivered if m.text and account_id in (None, m.author.account_id)]


def message(
    text: str,
    *,
    message_id: str,
    user: str = "minsu",
    chat: str = "room",
    kind: str = "direct",
    channel: str | None = None,
    sent_at: datetime = START,
    attachment: str = "none",
) -> IncomingMessage:
    space = chat if kind != "direct" else f"dm-{user}"
    place = Place("telegram", space, kind, channel or space, "방")  # type: ignore[arg-type]
    return IncomingMessage(
        place=place,
        author=Author("telegram", user, user, "ko"),
        chat_id=space,
        message_id=message_id,
        text=text,
        sent_at=sent_at,
        attachment=attachment,  # type: ignore[arg-type]
    )


def today() -> date:
    return START.date()
