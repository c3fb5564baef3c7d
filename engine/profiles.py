"""The profiles: `mini` (embedded weights), `ohlora-v4` and `ohlora-v1` (published weights).

Sources: behaviour specification, sections 2-10 and 15, and the published layout of the weights.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from engine.errors import EngineError
from engine.profile_types import BaseModel, EthicsThresholds, FacePlace, LoraAdapter, Profile, RoleSpec
from engine.turn_types import RoleName

OVERRIDES_FILE = "profile.json"

_ROLES: Mapping[RoleName, RoleSpec] = {
    "output_message": RoleSpec(
        suffix=" (답변 시작)",
        stop="(답변 종료)",
        temperature=0.6,
        temperature_step=0.1,
        attempts=5,
        max_new_tokens=128,
        max_length=128,
    ),
    "memory": RoleSpec(suffix=" (요약 시작)", stop="(요약 종료)", temperature=0.6, attempts=5, max_new_tokens=24),
    "summary": RoleSpec(suffix=" (요약 시작)", stop="(요약 종료)", temperature=0.6, attempts=3, max_new_tokens=64),
    "eyes_mouth_pose": RoleSpec(
        suffix=" (표정 출력 시작)", stop="(표정 출력 종료)", temperature=1.0, attempts=5, max_new_tokens=36
    ),
}

# The published thresholds are close to 1, so strictness moves them by little.
_PUBLISHED_OFFSETS: Mapping[Any, float] = {"lenient": 0.015, "normal": 0.0, "strict": -0.05}
_PUBLISHED_ETHICS = EthicsThresholds(love=0.98, politics=0.95, paedrip=0.90, hate=0.90, normal_veto=0.5)
_GENERATORS = "stylegan/models"
_SBERT = "llm/models/{}_sbert/trained_sbert_model"

_POLYGLOT = BaseModel(
    name="EleutherAI/polyglot-ko-1.3b",
    folders=("llm/models/polyglot_original", "EleutherAI/polyglot-ko-1.3b"),
    precision="bfloat16",
)

OHLORA_V4 = Profile(
    name="ohlora-v4",
    rules="v4",
    roles=_ROLES,
    bases={
        "polyglot": _POLYGLOT,
        "kanana": BaseModel(
            name="kakaocorp/kanana-1.5-2.1b-base",
            folders=("llm/models/kanana_original", "kakaocorp/kanana-1.5-2.1b-base"),
            precision="bfloat16",
        ),
        "kanana-instruct": BaseModel(
            name="kakaocorp/kanana-1.5-2.1b-instruct-2505",
            folders=("llm/models/kananai_original", "kakaocorp/kanana-1.5-2.1b-instruct-2505"),
            precision="bfloat16",
        ),
    },
    adapters={
        "output_message": LoraAdapter("kanana-instruct", ("llm/models/kananai_output_message_fine_tuned",)),
        "memory": LoraAdapter("polyglot", ("llm/models/polyglot_memory_fine_tuned",)),
        "summary": LoraAdapter("kanana", ("llm/models/kanana_summary_fine_tuned",)),
        "eyes_mouth_pose": LoraAdapter("polyglot", ("llm/models/polyglot_eyes_mouth_pose_fine_tuned",)),
    },
    gate_tokens=40,
    memory_threshold=0.95,
    ethics=_PUBLISHED_ETHICS,
    strictness_offsets=_PUBLISHED_OFFSETS,
    encoders={"memory": (_SBERT.format("memory"),), "ethics": (_SBERT.format("ethics"),)},
    faces=(FacePlace("v8", _GENERATORS), FacePlace("v7", _GENERATORS), FacePlace("v9", _GENERATORS)),
    hair_folder="segmentation/models",
)

# One model answers and writes memories in brackets. There is no published length gate and no judgement in v1; she keeps
# the gate's purpose through `max_length` and takes the judgement of v4 where its encoder is at hand.
OHLORA_V1 = Profile(
    name="ohlora-v1",
    rules="v1",
    roles={
        "output_message": RoleSpec(
            suffix=" (답변 시작)",
            stop="(답변 종료)",
            temperature=0.6,
            attempts=30,
            max_new_tokens=80,
            max_length=80,
        )
    },
    bases={"polyglot": _POLYGLOT},
    adapters={"output_message": LoraAdapter("polyglot", ("llm/models/polyglot_fine_tuned",))},
    gate_tokens=None,
    memory_threshold=0.6,
    ethics=_PUBLISHED_ETHICS,
    strictness_offsets=_PUBLISHED_OFFSETS,
    encoders={"memory": (_SBERT.format("memory"),), "ethics": (_SBERT.format("ethics"),)},
    faces=(FacePlace("v1", "stylegan_and_segmentation/stylegan_modified"), FacePlace("v9", _GENERATORS)),
    hair_folder="segmentation/models",
)

# The tokenizer of `mini` writes about one token a syllable where Kanana needs about half of one, hence twice the
# published limits for the same texts: 40 -> 80 tokens for a prompt, 24 -> 40 for a memory, 36 -> 48 for an expression.
MINI = Profile(
    name="mini",
    rules="v4",
    roles={
        "output_message": replace(_ROLES["output_message"], max_new_tokens=72, max_length=None),
        "memory": replace(_ROLES["memory"], max_new_tokens=40),
        "summary": _ROLES["summary"],
        "eyes_mouth_pose": replace(_ROLES["eyes_mouth_pose"], max_new_tokens=48),
    },
    bases={"mini": BaseModel(name="mini", folders=("llm/base",), precision="float32")},
    adapters={
        "output_message": LoraAdapter("mini", ("llm/output_message",)),
        "memory": LoraAdapter("mini", ("llm/memory",)),
        "summary": LoraAdapter("mini", ("llm/summary",)),
        "eyes_mouth_pose": LoraAdapter("mini", ("llm/eyes_mouth_pose",)),
    },
    gate_tokens=80,
    memory_threshold=0.6,
    ethics=EthicsThresholds(love=0.8, politics=0.8, paedrip=0.8, hate=0.8, normal_veto=0.5, parts=0.15),
    strictness_offsets={"lenient": 0.05, "normal": 0.0, "strict": -0.1},
    encoders={"memory": ("sbert/memory",), "ethics": ("sbert/ethics",)},
    faces=(FacePlace("mini", "face"),),
    hair_folder="hair",
    least_hangul=2,
    grounded_memory=True,
)

PROFILES: Mapping[str, Profile] = {profile.name: profile for profile in (MINI, OHLORA_V4, OHLORA_V1)}


def find_profile(name: str) -> Profile:
    """Return a profile by name.

    Raises:
        EngineError: there is no such profile.
    """
    if name not in PROFILES:
        raise EngineError(f"There is no profile {name!r}; choose one of {', '.join(PROFILES)}")
    return PROFILES[name]


def load_profile(name: str, weights_dir: Path) -> Profile:
    """Return a profile with the measured values that lie beside its weights in `profile.json`, if there are any.

    The file may hold `memory_threshold`, `gate_tokens`, and `ethics_thresholds` with `love`, `politics`, `paedrip`,
    `hate` and `normal_veto`.

    Raises:
        EngineError: no such profile, or the file is not as described.
    """
    profile = find_profile(name)
    path = weights_dir / OVERRIDES_FILE
    if not path.is_file():
        return profile
    try:
        return _overridden(profile, json.loads(path.read_text(encoding="utf-8")))
    except (ValueError, TypeError, AttributeError) as error:
        raise EngineError(f"{path} is not a valid profile file ({error}); restore it or delete it") from error


def _overridden(profile: Profile, values: Mapping[str, Any]) -> Profile:
    measured = values.get("ethics_thresholds", {})
    gate = values.get("gate_tokens", profile.gate_tokens)
    return replace(
        profile,
        memory_threshold=float(values.get("memory_threshold", profile.memory_threshold)),
        gate_tokens=None if gate is None else int(gate),
        ethics=replace(profile.ethics, **{name: float(value) for name, value in measured.items()}),
    )
