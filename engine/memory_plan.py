"""How much memory a profile will take, worked out from the headers of its weight files before anything is loaded."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path

from safetensors import safe_open

from engine.errors import EngineError
from engine.llm.loading import MOST_ROWS, find_folder
from engine.llm.lora import CONFIG_FILE
from engine.profile_types import BaseModel, Profile, Quantize
from engine.tensor_files import SUFFIXES

# Bytes a weight: int8 has a scale a row; NF4 half a byte, and an 8-bit scale for each 64 weights with its own scale.
_MATRIX_BYTES = {"int8": 1.001, "int4": 0.516}
_PRECISION_BYTES = {"float32": 4, "bfloat16": 2}
_TOKENS = 192  # of prompt and text together in a row of the caches, more than the longest role takes
_WORK_BYTES = 600 * 2**20  # libraries and activations on the device
_WORK_SHARE = 0.05  # fragmentation
_SCALE_SUFFIX = ".row_scale"
_KEPT_PLAIN = ("embed_tokens.weight", "embed_in.weight", "lm_head.weight", "embed_out.weight")


@dataclass(frozen=True, slots=True)
class MemoryPlan:
    """Bytes on the device by part, and the main memory that loading the largest base needs meanwhile."""

    bases: int
    adapters: int
    caches: int
    encoders: int
    faces: int
    work: int
    while_loading: int

    @property
    def total(self) -> int:
        """Bytes on the device in all."""
        return self.bases + self.adapters + self.caches + self.encoders + self.faces + self.work


def plan_memory(profile: Profile, weights_dir: Path, quantize: Quantize, *, server: bool = False) -> MemoryPlan:
    """Plan a profile's memory; `server`: its language models are asked elsewhere.

    Raises:
        EngineError: a weight file is missing or damaged.
    """
    bases = adapters = caches = while_loading = 0
    for key, base in {} if server else profile.bases.items():
        folder = find_folder(weights_dir, base.folders, "config.json", f"base model {base.name}", profile.name)
        kept, read = _base_bytes(folder, base, quantize)
        bases, while_loading = bases + kept, max(while_loading, read)
        caches += _cache_bytes(folder, base, MOST_ROWS[quantize])
        mine = [adapter for adapter in profile.adapters.values() if adapter.base == key]
        if len(mine) > 1 or quantize != "none":  # else it is folded in
            for adapter in mine:
                place = find_folder(weights_dir, adapter.folders, CONFIG_FILE, "adapter", profile.name)
                adapters += _numbers(place) * _PRECISION_BYTES[base.precision]
    encoders = sum(
        _numbers(find_folder(weights_dir, folders, "config.json", f"{name} encoder", profile.name)) * 4
        for name, folders in profile.encoders.items()
        if name == "memory" or any((weights_dir / folder / "config.json").is_file() for folder in folders)
    )
    faces = sum(_face_bytes(weights_dir / folder) for folder in {place.folder for place in profile.faces})
    faces += _face_bytes(weights_dir / profile.hair_folder)
    parts = bases + adapters + caches + encoders + faces
    return MemoryPlan(
        bases, adapters, caches, encoders, faces, _WORK_BYTES + math.ceil(parts * _WORK_SHARE), while_loading
    )


def _base_bytes(folder: Path, base: BaseModel, quantize: Quantize) -> tuple[int, int]:
    """Return what is kept of a base, and what it takes in main memory while it is read."""
    plain = _PRECISION_BYTES[base.precision]
    kept, read = 0.0, 0
    for name, shape in _shapes(folder).items():
        count = math.prod(shape)
        read += count * plain
        quantised = quantize != "none" and len(shape) == 2 and not name.endswith(_KEPT_PLAIN)
        kept += count * (_MATRIX_BYTES[quantize] if quantised else plain)
    return math.ceil(kept), read


def _cache_bytes(folder: Path, base: BaseModel, rows: int) -> int:
    try:
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        heads = int(config["num_attention_heads"])
        head_size = config.get("head_dim") or config["hidden_size"] // heads
        width = 2 * int(config.get("num_key_value_heads") or heads) * int(head_size)
        per_token = int(config["num_hidden_layers"]) * width
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise EngineError(f"{folder / 'config.json'} is damaged ({error}); fetch it again") from error
    return rows * _TOKENS * per_token * _PRECISION_BYTES[base.precision]


def _numbers(folder: Path) -> int:
    return sum(math.prod(shape) for shape in _shapes(folder).values())


def _shapes(folder: Path) -> dict[str, tuple[int, ...]]:
    """Return the shapes of all tensors in a folder's safetensors files; nothing but the headers is read."""
    shapes: dict[str, tuple[int, ...]] = {}
    files = sorted(folder.glob("*.safetensors"))
    if not files:
        raise EngineError(f"There is no safetensors file in {folder}; fetch the weights again")
    for path in files:
        try:
            with safe_open(path, framework="pt") as file:
                for name in file.keys():  # noqa: SIM118  # not a dict
                    if not name.endswith(_SCALE_SUFFIX):
                        shapes[name] = tuple(file.get_slice(name).get_shape())
        except Exception as error:  # safetensors raises its own error type, which it does not export for typing
            raise EngineError(f"{path} is damaged ({error}); fetch it again") from error
    return shapes


def _face_bytes(folder: Path) -> int:
    """Return the bytes of a folder's generators; what is stored in half precision is used in full."""
    total = 0
    for path in folder.glob("*"):
        if path.suffix == ".safetensors":
            with safe_open(path, framework="pt") as file:
                total += sum(math.prod(file.get_slice(name).get_shape()) * 4 for name in file.keys())  # noqa: SIM118
        elif path.suffix in SUFFIXES and not path.with_suffix(".safetensors").is_file():
            total += path.stat().st_size
    return total
