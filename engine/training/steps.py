"""Every step of the training toolkit by name, in the order in which `all` runs them."""

from __future__ import annotations

from engine.training.context import Step
from engine.training.face.steps import FACE_STEPS
from engine.training.text.steps import TEXT_STEPS

STEPS: dict[str, Step] = {**TEXT_STEPS, **FACE_STEPS}
