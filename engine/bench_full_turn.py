"""The bench of turns on random weights of the published sizes; nothing is fetched."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

import torch

from engine.bench_turn import Progress, TurnRow, bench_turn
from engine.bench_weights import PUBLISHED_SIZES, TextSizes, parameters, write_random_profile
from engine.errors import EngineError
from engine.free_memory import free_bytes
from engine.profiles import OHLORA_V4

_BYTES = 2  # of a weight in bfloat16
_BESIDE_BYTES = 3 * 2**30  # encoders, faces, adapters, caches and activations of both ways
_FACE_AND_ENCODERS_BYTES = 2**30  # on disk
_GIB = 2**30


async def bench_full_turn(
    progress: Progress,
    *,
    device: torch.device,
    conversations: Sequence[int],
    memories: Sequence[int],
    repeats: int,
    sizes: TextSizes = PUBLISHED_SIZES,
) -> list[TurnRow]:
    """Write random weights into a temporary folder and measure both ways with them.

    Raises:
        EngineError: the device's memory or the disk will not do; the message says what is needed.
    """
    counts = parameters(sizes)
    _refuse_without_room(device, counts)
    with tempfile.TemporaryDirectory(prefix="ohlora-bench-") as folder:
        progress("writing random weights", 0.0, None)
        await asyncio.to_thread(write_random_profile, Path(folder), sizes)
        return await bench_turn(
            progress,
            OHLORA_V4.name,
            Path(folder),
            device=device,
            conversations=conversations,
            memories=memories,
            repeats=repeats,
        )


def needed_bytes(counts: dict[str, int]) -> int:
    """Return the device memory that both ways need together: ours has each base once, the sequential way one a role.

    The check in float32 has one base in both ways at a time, which is less for the published sizes.
    """
    sequential = sum(counts[adapter.base] for adapter in OHLORA_V4.adapters.values())
    measured = (sum(counts.values()) + sequential) * _BYTES
    checked = max(counts.values()) * 2 * 4
    return max(measured, checked) + _BESIDE_BYTES


def _refuse_without_room(device: torch.device, counts: dict[str, int]) -> None:
    needed, free = needed_bytes(counts), free_bytes(device)
    if needed > free:
        raise EngineError(
            f"--scale full needs {needed / _GIB:.0f} GiB free on {device} for both ways, {free / _GIB:.0f} GiB are; "
            "use a larger GPU, or --scale tiny"
        )
    files = sum(counts.values()) * _BYTES + _FACE_AND_ENCODERS_BYTES
    place = tempfile.gettempdir()
    room = shutil.disk_usage(place).free
    if files > room:
        raise EngineError(
            f"--scale full writes {files / _GIB:.0f} GiB to {place}, {room / _GIB:.0f} GiB are free; set TMPDIR"
        )
