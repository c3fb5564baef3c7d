"""When a generated summary is accepted. Source: behaviour specification, section 7."""

from __future__ import annotations

from engine.rules.spaces import without_odd_spaces

END_MARKER = "(요약 종료)"
ANSWER_MARKER = "(오로라 답변)"
MAX_ATTEMPTS = 3
MAX_TOKENS = 60
_MIN_CHARACTERS = 2


def prompt_of(composed: str, answer: str) -> str:
    """Return what the summary role reads before its start marker; no space is put before the answer, it has its own."""
    return f"{composed} {ANSWER_MARKER}{answer}"


def parse(raw: str, new_tokens: int, limit: int = MAX_TOKENS) -> str | None:
    """Return the summary in a generated text, or None when it is refused.

    `limit` is the number of new tokens from which a text counts as run on.
    """
    text = without_odd_spaces(raw).strip()
    summary = text.replace(END_MARKER, "")
    if "요약 종료" in summary or "요약종료" in summary:
        return None
    if new_tokens >= limit or len(summary) < _MIN_CHARACTERS or "http" in summary:
        return None
    return summary
