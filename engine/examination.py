"""Look at a device and a profile's files before anything is loaded: is the device there, and will it all fit?"""

from __future__ import annotations

from pathlib import Path

import torch

from engine.assembly import choose_device
from engine.errors import EngineError
from engine.profiles import load_profile

WORKING_SHARE = 1.25  # what activations, caches and fragmentation take on top of the weights
WEIGHT_SUFFIXES = (".safetensors", ".bin", ".pth", ".pt")
GIB = 2**30


def examine_device(name: str, weights_dir: Path, device: str) -> tuple[bool, str]:
    """Tell whether a profile's models will fit on a device, in one line with the remedy when not.

    The estimate is the size of its weight files (those below its model folders) plus a quarter for the work.
    """
    try:
        profile = load_profile(name, weights_dir)
        where = choose_device(device)
    except EngineError as error:
        return False, str(error)
    folders = {folder for base in profile.bases.values() for folder in base.folders}
    folders |= {folder for adapter in profile.adapters.values() for folder in adapter.folders}
    folders |= {folder for encoder in profile.encoders.values() for folder in encoder}
    folders |= {profile.faces[0].folder, profile.hair_folder}
    files = {path for folder in folders for path in (weights_dir / folder).rglob("*") if path.suffix in WEIGHT_SUFFIXES}
    needed = sum(path.stat().st_size for path in files) * WORKING_SHARE
    free = torch.cuda.mem_get_info(where)[0] if where.type == "cuda" else _free_main_memory()
    text = f"{needed / GIB:.1f} GiB of memory for {len(files)} weight file(s), {free / GIB:.1f} GiB free on {where}"
    if needed > free:
        return False, f"{text}: it will not fit; choose another OHLORA_DEVICE, a smaller OHLORA_PROFILE or a server"
    return True, text


def _free_main_memory() -> int:
    for line in (
        Path("/proc/meminfo").read_text(encoding="ascii").splitlines() if Path("/proc/meminfo").exists() else ()
    ):
        if line.startswith("MemAvailable:"):
            return int(line.split()[1]) * 1024
    return 8 * GIB  # a system that does not tell: assume a small laptop
