"""The texts that the four roles are trained on and asked with (one place, so that both stay the same).

The published texts have a header `### 답변: ` after the start marker that inference leaves out; the mini profile is
trained without it, so that what it sees in training is what it is asked with.
"""

from __future__ import annotations

ANSWER_START, ANSWER_END = "(답변 시작)", "(답변 종료)"
NOTE_START, NOTE_END = "(요약 시작)", "(요약 종료)"
EXPRESSION_START, EXPRESSION_END = "(표정 출력 시작)", "(표정 출력 종료)"
SUMMARY_TAG, PROMPT_TAG, ANSWER_TAG = "(오로라 답변 요약)", "(사용자 질문)", "(오로라 답변)"
NOW_TAG = "(지금은"
MARKERS = (
    ANSWER_START,
    ANSWER_END,
    NOTE_START,
    NOTE_END,
    EXPRESSION_START,
    EXPRESSION_END,
    SUMMARY_TAG,
    PROMPT_TAG,
    ANSWER_TAG,
    NOW_TAG,
)
BOS, EOS, PAD = "<|startoftext|>", "<|endoftext|>", "<|pad|>"


def answer_text(composed: str, answer: str) -> tuple[str, str]:
    """Return (prompt, completion) of the role output_message."""
    return f"{composed} {ANSWER_START}", f" {answer} {ANSWER_END}"


def memory_text(composed: str, memory: str) -> tuple[str, str]:
    """Return (prompt, completion) of the role memory; an empty memory means that nothing is to be remembered."""
    return f"{composed} {NOTE_START}", f" {memory} {NOTE_END}" if memory else f" {NOTE_END}"


def as_shown(answer: str) -> str:
    """Return an answer with the outer spaces that the accepted model output keeps at run time."""
    return f" {answer} "


def summary_text(composed: str, shown: str, summary: str) -> tuple[str, str]:
    """Return (prompt, completion) of the role summary; `shown` is the answer with its outer spaces."""
    return f"{composed} {ANSWER_TAG}{shown} {NOTE_START}", f" {summary} {NOTE_END}"


def expression_text(shown: str, expression: str) -> tuple[str, str]:
    """Return (prompt, completion) of the role eyes_mouth_pose; `shown` is the answer with its outer spaces."""
    return f"{shown} {EXPRESSION_START}", f" {expression} {EXPRESSION_END}"
