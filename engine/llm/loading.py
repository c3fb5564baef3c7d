"""Loads bases and adapters from folders laid out as published, or as `mini` is.

Which base an adapter belongs to is told by the profile; the path of the author's machine in `adapter_config.json` is
not looked at. A base that several roles share is loaded once and its adapters are chosen by row; the only adapter of a
base is folded into its weights.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch

from engine.batch_log import ObserveBatch, ignore_batch
from engine.batching import DeviceThread
from engine.errors import EngineError
from engine.llm.causal_model import CausalModel
from engine.llm.decode_loop import DecodeLoop
from engine.llm.int8_storage import is_int8, read_int8
from engine.llm.local_generator import LocalGenerator, LocalRole, LoopDriver
from engine.llm.lora import CONFIG_FILE, read_adapter
from engine.llm.matrix import matrix_maker
from engine.llm.sampling import read_sampling
from engine.llm.tokenization import load_tokenization
from engine.profile_types import BaseModel, Profile, Quantize
from engine.turn_types import RoleName
from weights.lock import check_pinned

# Rows decoded together, a bound on the caches; who asks for fewer bits has a small card.
MOST_ROWS: Mapping[Quantize, int] = {"none": 64, "int8": 16, "int4": 16}


def load_generator(
    profile: Profile,
    weights_dir: Path,
    device: torch.device,
    thread: DeviceThread,
    *,
    quantize: Quantize = "none",
    observe: ObserveBatch = ignore_batch,
) -> LocalGenerator:
    """Load every role of a profile.

    quantize: how the matrices of the bases are kept. Adapters are never quantised, so they are not folded in then.
    observe: told the rows of every decoding pass.

    Raises:
        EngineError: a base or an adapter is missing or broken; the message names it and what to do.
    """
    roles: dict[RoleName, LocalRole] = {}
    for key, base in profile.bases.items():
        folder = find_folder(weights_dir, base.folders, "config.json", f"base model {base.name}", profile.name)
        model = load_base(folder, base, device, quantize)
        names: list[RoleName] = [role for role, adapter in profile.adapters.items() if adapter.base == key]
        driver = LoopDriver(
            thread, DecodeLoop(model, read_sampling(folder), max_rows=MOST_ROWS[quantize], observe=observe)
        )
        for role in names:
            place = find_folder(
                weights_dir, profile.adapters[role].folders, CONFIG_FILE, f"adapter of {role}", profile.name
            )
            merged = len(names) == 1 and quantize == "none"
            model.add_adapter(role, read_adapter(place, model.cache_shape.dtype, device), merged=merged)
            name = "" if merged else role
            roles[role] = LocalRole(driver, load_tokenization(place, folder), name, model.longest)
    return LocalGenerator(profile.roles, roles)


def find_folder(weights_dir: Path, folders: Sequence[str], file: str, what: str, profile: str) -> Path:
    """Return the first of the folders below `weights_dir` that holds `file`.

    Raises:
        EngineError: none does.
    """
    for name in folders:
        if (weights_dir / name / file).is_file():
            return weights_dir / name
    pull = f"run `run_bot.py weights pull --profile {profile}`"
    remedy = "restore the folder from the repository" if profile == "mini" else pull
    raise EngineError(f"The {what} is not at {weights_dir / folders[0]}; {remedy}")


def load_base(folder: Path, base: BaseModel, device: torch.device, quantize: Quantize = "none") -> CausalModel:
    """Load a base language model in the profile's precision.

    Raises:
        EngineError: the folder is damaged, holds pickles only, or is of an architecture that is not supported.
    """
    from engine.llm.gpt_neox import GptNeox  # heavy: only when a model is loaded
    from engine.llm.llama import Llama

    architectures = {"llama": Llama, "gpt_neox": GptNeox}
    kind = _model_type(folder)
    if kind not in architectures:
        raise EngineError(f"The base model in {folder} is of type {kind}; use one of {', '.join(architectures)}")
    for file in sorted(folder.glob("*.safetensors")):
        check_pinned(file)
    try:
        model, lacking = _read_model(folder, getattr(torch, base.precision))
    except EngineError:
        raise
    except Exception as error:  # transformers raises many kinds for a damaged folder
        reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise EngineError(f"The base model in {folder} cannot be loaded ({reason}); fetch it again") from error
    if lacking:
        raise EngineError(f"The base model in {folder} lacks {len(lacking)} tensors ({lacking[0]}); fetch it again")
    if not all(torch.isfinite(weight).all() for weight in model.parameters()):
        raise EngineError(f"The base model in {folder} holds numbers that are not finite; fetch it again")
    make_matrix = matrix_maker(quantize)
    _move_all_but_layers(model.eval(), device)
    return architectures[kind](model, make_matrix)


def _move_all_but_layers(model: Any, device: torch.device) -> None:
    """Move embeddings, norms and tables; the matrices of the layers follow one by one as they are taken out."""
    for module in model.modules():
        if not isinstance(module, torch.nn.Linear) and not list(module.children()):
            module.to(device)
    model.get_output_embeddings().to(device)


def _read_model(folder: Path, dtype: torch.dtype) -> tuple[Any, list[str]]:
    """Return the model and the names of the tensors that its files lack."""
    from transformers.utils import logging

    from engine.llm.base_config import read_config  # heavy: only when a model is loaded

    logging.disable_progress_bar()
    config, model_class = read_config(folder)
    packed = folder / "model.safetensors"
    if is_int8(packed):
        model = model_class(config).to(dtype)
        lacking = set(model.load_state_dict(read_int8(packed), strict=False).missing_keys)
        model.tie_weights()
        tied = {"lm_head.weight"} if config.tie_word_embeddings else set()
        return model, sorted(lacking - tied)
    # transformers fills what a file lacks with random numbers and only warns.
    model, info = model_class.from_pretrained(
        folder,
        config=config,
        dtype=dtype,
        local_files_only=True,
        use_safetensors=True,
        output_loading_info=True,
    )
    return model, sorted(info["missing_keys"]) + sorted(str(key) for key in info["mismatched_keys"])


def _model_type(folder: Path) -> str:
    try:
        return str(json.loads((folder / "config.json").read_text(encoding="utf-8")).get("model_type"))
    except (OSError, ValueError, AttributeError) as error:
        raise EngineError(f"{folder / 'config.json'} is damaged ({error}); fetch it again") from error
