"""Language models that do their whole work and then say a text of ours, and what is seen of their order."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence

from engine.seeds import derive_seed
from engine.stages import Generated, TextGenerator
from engine.turn_types import RoleName, Turn

# New tokens of each role in the published logs, medians.
NEW_TOKENS: Mapping[RoleName, int] = {"output_message": 31, "memory": 10, "summary": 18, "eyes_mouth_pose": 20}
SAID: Mapping[RoleName, str] = {
    "output_message": " 그래, 오늘도 힘내자! (답변 종료)",
    "memory": " [오늘 일정: 산책] (요약 종료)",
    "summary": " 서로 인사를 나눔 (요약 종료)",
    "eyes_mouth_pose": " 눈 크게, 입 보통, 고개 돌림 없음 (표정 출력 종료)",
}
_FIRST_HALF: tuple[RoleName, ...] = ("output_message", "memory")
_SECOND_HALF: tuple[RoleName, ...] = ("summary", "eyes_mouth_pose")

Span = tuple[float, float]  # seconds: begin and end


class MeasuredTexts:
    """Lets every role do its whole work, then says something that the rules accept; keeps when it was done."""

    def __init__(self, inner: TextGenerator) -> None:
        self._inner = inner
        self._spans: dict[int, Span] = {}

    def count_tokens(self, role: RoleName, text: str) -> int:
        """Count tokens. See `TextGenerator.count_tokens`."""
        return self._inner.count_tokens(role, text)

    async def generate(self, role: RoleName, prompt: str, *, seed: int, temperature: float) -> Generated:
        """Generate, and return the fixed text. See `TextGenerator.generate`."""
        start = time.perf_counter()
        await self._inner.generate(role, prompt, seed=seed, temperature=temperature)
        self._spans[seed] = (start, time.perf_counter())
        return Generated(SAID[role], NEW_TOKENS[role] - 1)

    def order_violations(self, conversation: Sequence[Turn], shown_at: Sequence[float]) -> int:
        """Count what came too early in one conversation.

        Answer and memory must be written before summary and expression, those before the picture, and everything of a
        turn before anything of the next one. `shown_at`: seconds, when each turn's picture was there.
        """
        wrong = 0
        before = 0.0
        for turn, shown in zip(conversation, shown_at, strict=True):
            first = [self._span(turn, role) for role in _FIRST_HALF]
            second = [self._span(turn, role) for role in _SECOND_HALF]
            wrong += min(start for start, _ in first) < before
            wrong += min(start for start, _ in second) < max(end for _, end in first)
            wrong += shown < max(end for _, end in second)
            before = shown
        return wrong

    def _span(self, turn: Turn, role: RoleName) -> Span:
        return self._spans[derive_seed(turn.seed, role, 1)]
