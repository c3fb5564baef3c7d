"""How much memory a device has left."""

from __future__ import annotations

from pathlib import Path

import torch

_SMALL_LAPTOP = 8 * 2**30


def free_bytes(device: torch.device) -> int:
    """Return the free bytes of a CUDA device, or of main memory for the CPU."""
    if device.type == "cuda":
        return int(torch.cuda.mem_get_info(device)[0])
    known = Path("/proc/meminfo")
    for line in known.read_text(encoding="ascii").splitlines() if known.exists() else ():
        if line.startswith("MemAvailable:"):
            return int(line.split()[1]) * 1024
    return _SMALL_LAPTOP  # a system that does not tell
