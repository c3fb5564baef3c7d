"""The text steps of the training toolkit, in the order in which they follow one another.

Each step leaves its result under `<out>/weights` in the layout of weights/mini, and its checkpoint under
`<out>/checkpoints`, from which it goes on after a break.
"""

from __future__ import annotations

from engine.training.context import Report, Step, StepContext, Stopwatch
from engine.training.errors import TrainingError

MINI = "mini"


def _only_mini(context: StepContext) -> None:
    if context.profile != MINI:
        raise TrainingError(
            f"The text steps make the weights of `mini`, not of {context.profile!r}; use --profile mini."
        )


def _tokenizer(context: StepContext) -> Report:
    """Learn the tokenizer from the licensed text."""
    from engine.training.text.base_steps import make_tokenizer

    _only_mini(context)
    return make_tokenizer(context, Stopwatch())


def _lm_base(context: StepContext) -> Report:
    """Train the base on the licensed text, then on dialogues in the formats of all roles."""
    from engine.training.text.base_steps import make_base

    _only_mini(context)
    return make_base(context, Stopwatch())


def _lm_role(context: StepContext) -> Report:
    """Train the adapter of one role, or of all four."""
    from engine.training.text.role_steps import make_adapters

    _only_mini(context)
    return make_adapters(context, Stopwatch())


def _sbert(context: StepContext) -> Report:
    """Train the memory encoder, the ethics encoder, or both, and choose their thresholds."""
    from engine.training.text.encoder_steps import make_encoders

    _only_mini(context)
    return make_encoders(context, Stopwatch())


TEXT_STEPS: dict[str, Step] = {"tokenizer": _tokenizer, "lm-base": _lm_base, "lm-role": _lm_role, "sbert": _sbert}
