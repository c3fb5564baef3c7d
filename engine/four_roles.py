"""The voice of v4 and `mini`: a language-model role each for the answer, the memory, the summary and the expression."""

from __future__ import annotations

import random
from datetime import datetime
from typing import TypeVar

from engine.errors import EngineUnavailable
from engine.face.expression import draw_scores
from engine.llm.attempts import Accepted, Reader, Refused, ask
from engine.llm.prompts import prompt_for
from engine.profile_types import Profile
from engine.rules import answer as answer_rule
from engine.rules import expression_text, memory_text, summary
from engine.rules.age import with_right_age
from engine.rules.compose import compose
from engine.rules.day_of_week import with_right_day
from engine.rules.grounding import is_grounded
from engine.rules.time_tag import add_time_info
from engine.seeds import derive_seed
from engine.side_by_side import side_by_side
from engine.stages import Generated, TextGenerator
from engine.stopwatch import Stopwatch
from engine.turn_types import Expression, RoleName, ShowRequest
from engine.voice import Message, Remembered, Spoken

T = TypeVar("T")
Words = tuple[str, str, str]


class FourRoles:
    """A `Voice` of four roles.

    `remote`: the models are a server's; when no attempt at an answer is accepted, that is the server's failure and not
    the published silence.
    """

    def __init__(self, profile: Profile, texts: TextGenerator, *, remote: bool = False) -> None:
        self._roles = profile.roles
        self._grounded = profile.grounded_memory
        self._texts = texts
        self._remote = remote

    def count_tokens(self, said: str) -> int:
        """Count the tokens of a message. See `Voice.count_tokens`."""
        return self._texts.count_tokens("output_message", said)

    def compose(self, said: str, now: datetime, memory_line: str | None, summary: str | None) -> str:
        """Tag with the time, and put a memory or the last summary before it. See `Voice.compose`."""
        return compose(add_time_info(said, now), memory_line, summary)

    def uses_summary(self) -> bool:
        """Tell that the summary is used. See `Voice.uses_summary`."""
        return True

    async def speak(self, message: Message, watch: Stopwatch) -> Spoken:
        """Answer and extract the memory side by side. See `Voice.speak`."""
        answer, remembered = await side_by_side(self._answer(message, watch), self._remember(message, watch))
        return Spoken(answer, (remembered,) if remembered else ())

    async def react(self, request: ShowRequest, watch: Stopwatch) -> tuple[Expression, str | None]:
        """Choose the expression and summarise side by side. See `Voice.react`."""
        return await side_by_side(self._express(request, watch), self._summarise(request, watch))

    async def _answer(self, message: Message, watch: Stopwatch) -> str:
        def read(generated: Generated, attempt: int) -> Accepted[str] | Refused:
            reason = answer_rule.refusal_reason(generated.text, message.sent_at, attempt)
            return Refused(reason) if reason else Accepted(answer_rule.clean(generated.text))

        with watch.stage("answer"):
            said = await self._ask("output_message", message.composed, "", message.seed, read)
        right = with_right_day(said or "", message.sent_at)
        return with_right_age(right, message.sent_at.date()) if right.strip() else self._silence()

    def _silence(self) -> str:
        if self._remote:
            raise EngineUnavailable(
                "The language server gave no usable answer; check its model and OHLORA_OPENAI_STYLE"
            )
        return answer_rule.FALLBACK_ANSWER

    async def _remember(self, message: Message, watch: Stopwatch) -> Remembered | None:
        limit = self._roles["memory"].max_new_tokens

        def read(generated: Generated, attempt: int) -> Accepted[Remembered | None] | Refused:
            parsed = memory_text.parse(generated.text, generated.new_tokens, limit)
            if not parsed.accepted:
                return Refused("format")
            if self._grounded and parsed.entry is not None and not is_grounded(parsed.entry[1], message.composed):
                return Refused("not said")
            return Accepted(parsed.entry)

        with watch.stage("memory"):
            return await self._ask("memory", message.composed, "", message.seed, read)

    async def _express(self, request: ShowRequest, watch: Stopwatch) -> Expression:
        def read(generated: Generated, attempt: int) -> Accepted[tuple[Words, str]] | Refused:
            words = expression_text.parse(generated.text)
            return Accepted((words, generated.text)) if words else Refused("format")

        with watch.stage("expression"):
            found = await self._ask("eyes_mouth_pose", "", request.answer, request.seed, read)
        words, text = found or (expression_text.FALLBACK_EXPRESSION, "")
        scores = draw_scores(*words, random.Random(derive_seed(request.seed, "expression")))
        stop = self._roles["eyes_mouth_pose"].stop
        return Expression(*words, text=text.replace(stop, "").strip(), scores=scores)

    async def _summarise(self, request: ShowRequest, watch: Stopwatch) -> str | None:
        def read(generated: Generated, attempt: int) -> Accepted[str] | Refused:
            text = summary.parse(generated.text, generated.new_tokens)
            return Refused("format") if text is None else Accepted(text)

        with watch.stage("summary"):
            return await self._ask("summary", request.composed, request.answer, request.seed, read)

    async def _ask(self, role: RoleName, composed: str, answer: str, seed: int, read: Reader[T]) -> T | None:
        prompt = prompt_for(role, self._roles, composed, answer)
        return await ask(self._texts, role, self._roles[role], prompt, seed, read)
