"""The voice of v1: one language model answers and writes memories in brackets; keywords make the expression.

Source: behaviour specification, section 15.
"""

from __future__ import annotations

from datetime import datetime

from engine.errors import EngineUnavailable
from engine.face.expression import Triple
from engine.face.keyword_expression import keyword_scores
from engine.llm.attempts import Accepted, Refused, ask
from engine.llm.prompts import prompt_for
from engine.profile_types import Profile
from engine.rules.age import with_right_age
from engine.rules.answer import FALLBACK_ANSWER
from engine.rules.compose import compose
from engine.rules.v1 import answer as answer_rule
from engine.rules.v1.brackets import entries, take_memories
from engine.stages import Generated, TextGenerator
from engine.stopwatch import Stopwatch
from engine.turn_types import Expression, ShowRequest
from engine.voice import Message, Spoken


class OneModel:
    """A `Voice` of one role. `remote`: as in `FourRoles`."""

    def __init__(self, profile: Profile, texts: TextGenerator, *, remote: bool = False) -> None:
        self._roles = profile.roles
        self._texts = texts
        self._remote = remote

    def count_tokens(self, said: str) -> int:
        """Count the tokens of a message. See `Voice.count_tokens`."""
        return self._texts.count_tokens("output_message", said)

    def compose(self, said: str, now: datetime, memory_line: str | None, summary: str | None) -> str:
        """Put a recalled memory before the message; v1 knows no time tag and no summary. See `Voice.compose`."""
        return compose(said, memory_line, None)

    def uses_summary(self) -> bool:
        """Tell that there is no summary. See `Voice.uses_summary`."""
        return False

    async def speak(self, message: Message, watch: Stopwatch) -> Spoken:
        """Answer, and take the memories out of the answer's brackets. See `Voice.speak`."""

        def read(generated: Generated, attempt: int) -> Accepted[str] | Refused:
            reason = answer_rule.refusal_reason(generated.text)
            return Refused(reason) if reason else Accepted(answer_rule.clean(generated.text))

        prompt = prompt_for("output_message", self._roles, message.composed)
        with watch.stage("answer"):
            said = await ask(self._texts, "output_message", self._roles["output_message"], prompt, message.seed, read)
        if said is None and self._remote:
            raise EngineUnavailable(
                "The language server gave no usable answer; check its model and OHLORA_OPENAI_STYLE"
            )
        spoken = take_memories(FALLBACK_ANSWER if said is None else said)
        return Spoken(with_right_age(spoken.shown, message.sent_at.date()), entries(spoken.memories))

    async def react(self, request: ShowRequest, watch: Stopwatch) -> tuple[Expression, str | None]:
        """Read the expression off the answer's words. See `Voice.react`."""
        with watch.stage("expression"):
            scores = keyword_scores(request.answer)
        return Expression(*_words(scores), text="", scores=scores), None


def _words(scores: Triple) -> tuple[str, str, str]:
    """Describe labels of v1 in the expression words of v4, for who cannot see the face."""
    eyes, mouth, pose = scores
    return (
        "아주 크게" if eyes > 1.0 else "크게" if eyes > 0.0 else "보통",
        "아주 크게" if mouth > 1.0 else "크게" if mouth > 0.0 else "보통",
        "많이" if pose > 2.0 else "보통" if pose > 0.0 else "없음",
    )
