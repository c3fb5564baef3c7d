"""The words for eyes, mouth and pose in a generated expression. Source: behaviour specification, section 10."""

from __future__ import annotations

MAX_ATTEMPTS = 5
FALLBACK_EXPRESSION = ("보통", "보통", "없음")
# Longer words first: a piece is matched by its beginning.
_PARTS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("눈 ", ("아주 크게", "작게", "보통", "크게")),
    ("입 ", ("아주 크게", "보통", "크게")),
    ("고개 돌림 ", ("없음", "보통", "많이")),
)


def parse(raw: str) -> tuple[str, str, str] | None:
    """Return the words for eyes, mouth and pose, or None when one is missing or unknown."""
    words = tuple(_word_after(raw, label, allowed) for label, allowed in _PARTS)
    eyes, mouth, pose = words
    if eyes is None or mouth is None or pose is None:
        return None
    return eyes, mouth, pose


def _word_after(raw: str, label: str, allowed: tuple[str, ...]) -> str | None:
    _, found, rest = raw.partition(label)
    if not found:
        return None
    piece = rest.split(",")[0].split(")")[0]
    return next((word for word in allowed if piece.startswith(word)), None)
