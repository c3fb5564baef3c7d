"""Show requests and traces as the plain JSON that turn rows keep."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from engine.turn_types import Answered, Expression, FaceChoice, Ombre, Shown, ShowRequest


def show_request_json(request: ShowRequest) -> dict[str, Any]:
    """Return a show request as JSON values."""
    ombre = request.face.ombre
    return {
        "turn_id": request.turn_id,
        "composed": request.composed,
        "answer": request.answer,
        "sent_at": request.sent_at.isoformat(),
        "seed": request.seed,
        "face_id": request.face.face_id,
        "motion": request.face.motion,
        "ombre": None if ombre is None else [ombre.hue, ombre.height, ombre.gradient],
    }


def show_request_from(values: Mapping[str, Any]) -> ShowRequest:
    """Rebuild a show request."""
    ombre = values["ombre"]
    return ShowRequest(
        turn_id=values["turn_id"],
        composed=values["composed"],
        answer=values["answer"],
        sent_at=datetime.fromisoformat(values["sent_at"]),
        seed=values["seed"],
        face=FaceChoice(
            face_id=values["face_id"],
            ombre=None if ombre is None else Ombre(*ombre),
            motion=values["motion"],
        ),
    )


def answered_trace(answered: Answered) -> dict[str, Any]:
    """Return what `/why` may tell of the first half: recalled, composed, scores, timings."""
    recalled = answered.recalled
    return {
        "outcome": answered.outcome,
        "composed": answered.composed,
        "recalled": None if recalled is None else {"text": recalled.text, "cosine": round(recalled.cosine, 4)},
        "used_summary": answered.used_summary,
        "verdict": {name: round(float(score), 4) for name, score in answered.verdict.scores.items()},
        "hits": [hit.category for hit in answered.verdict.hits],
        "remembered": [f"[{write.entry.key}: {write.entry.value}]" for write in answered.memory_writes],
        "answer_ms": {stage: round(ms, 1) for stage, ms in answered.timings_ms.items()},
    }


def shown_trace(shown: Shown) -> dict[str, Any]:
    """Return what `/why` may tell of the second half: expression, face, timings."""
    return {
        "expression": expression_json(shown.expression),
        "face": shown.face.face_id,
        "ombre": [shown.face.ombre.hue, shown.face.ombre.height, shown.face.ombre.gradient],
        "show_ms": {stage: round(ms, 1) for stage, ms in shown.timings_ms.items()},
    }


def expression_json(expression: Expression) -> dict[str, Any]:
    """Return an expression as JSON values."""
    return {
        "eyes": expression.eyes,
        "mouth": expression.mouth,
        "pose": expression.pose,
        "text": expression.text,
        "scores": [round(score, 4) for score in expression.scores],
    }
