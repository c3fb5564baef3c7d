"""Look at a device and a profile's files before anything is loaded: is the device there, and will it all fit?"""

from __future__ import annotations

from pathlib import Path

import torch

from engine.assembly import choose_device
from engine.errors import EngineError
from engine.free_memory import free_bytes
from engine.memory_plan import MemoryPlan, plan_memory
from engine.profile_types import Profile, Quantize
from engine.profiles import load_profile

GIB = 2**30
_SMALLER: tuple[Quantize, ...] = ("int8", "int4")


def examine_device(
    name: str, weights_dir: Path, device: str, *, quantize: Quantize = "none", server: bool = False
) -> tuple[bool, str]:
    """Tell whether a profile's models will fit on a device, part by part in one line, with the remedy when not.

    quantize: how local language models are kept. server: they are asked elsewhere.
    """
    try:
        profile = load_profile(name, weights_dir)
        where = choose_device(device)
        plan = plan_memory(profile, weights_dir, quantize, server=server)
        free = free_bytes(where)
        text = _told(plan, quantize, server, free, where)
        if plan.total > free:
            return False, f"{text}: it will not fit; {_remedy(profile, weights_dir, quantize, server, free)}"
        main = free_bytes(torch.device("cpu"))
        if where.type == "cuda" and plan.while_loading > main:
            needed = f"reading the largest language model takes {plan.while_loading / GIB:.1f} GiB of main memory"
            return False, f"{text}; {needed}, {main / GIB:.1f} GiB are free: close other programs or add swap"
    except EngineError as error:
        return False, str(error)
    return True, text


def _told(plan: MemoryPlan, quantize: Quantize, server: bool, free: int, where: torch.device) -> str:
    parts = {
        "language models on a server" if server else f"language models {quantize}": plan.bases,
        "adapters": plan.adapters,
        "caches": plan.caches,
        "encoders": plan.encoders,
        "faces": plan.faces,
        "work": plan.work,
    }
    shares = ", ".join(f"{part} {size / GIB:.2f}" for part, size in parts.items() if size)
    return f"memory: {plan.total / GIB:.1f} GiB ({shares}), {free / GIB:.1f} GiB free on {where}"


def _remedy(profile: Profile, weights_dir: Path, quantize: Quantize, server: bool, free: int) -> str:
    if not server:
        later = _SMALLER[_SMALLER.index(quantize) + 1 :] if quantize in _SMALLER else _SMALLER
        for smaller in later:
            needed = plan_memory(profile, weights_dir, smaller).total
            if needed <= free:
                return f"set OHLORA_QUANTIZE={smaller} ({needed / GIB:.1f} GiB)"
    elsewhere = "" if server else ", or ask a server (OHLORA_LLM_BACKEND=openai)"
    return f"choose another OHLORA_DEVICE or a smaller OHLORA_PROFILE{elsewhere}"
