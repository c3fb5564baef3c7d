"""What each role is asked with. Source: behaviour specification, sections 5-7 and 10."""

from __future__ import annotations

from collections.abc import Mapping

from engine.profile_types import RoleSpec
from engine.turn_types import RoleName

ANSWER_MARKER = " (오로라 답변)"


def prompt_for(role: RoleName, roles: Mapping[RoleName, RoleSpec], composed: str, answer: str = "") -> str:
    """Return the complete prompt of a role, its start marker included.

    `answer` is the accepted answer with the outer spaces that the model gave it (the models are trained on them).
    """
    suffix = roles[role].suffix
    if role == "summary":
        return f"{composed}{ANSWER_MARKER}{answer}{suffix}"
    if role == "eyes_mouth_pose":
        return f"{answer}{suffix}"
    return f"{composed}{suffix}"
