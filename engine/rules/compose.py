"""What the answer and memory roles read: the tagged prompt with a memory or the last summary before it."""

from __future__ import annotations

SUMMARY_MARKER = "(오로라 답변 요약)"
QUESTION_MARKER = "(사용자 질문)"


def compose(tagged: str, memory_line: str | None, summary: str | None) -> str:
    """Join the time-tagged prompt with the recalled memory line or, only when there is none, the last summary.

    Source: behaviour specification, section 2 step 4.
    """
    if memory_line:
        return f"{memory_line} {tagged}"
    if summary:
        return f"{SUMMARY_MARKER} {summary} {QUESTION_MARKER} {tagged}"
    return tagged
