"""Frames in, dyed pictures out: the fast path through generator and dye."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from engine.face.face_model import FaceModel, Frame
from engine.face.fast_synthesis import FastSynthesis
from engine.turn_types import Ombre

Picture = npt.NDArray[np.uint8]  # (R, R, 3), RGB
Pictures = npt.NDArray[np.uint8]  # (B, R, R, 3), RGB
Part = tuple[Tensor, Sequence[Frame]]  # w (B, w_dim) and the frames it belongs to
CPU_BATCH, GPU_BATCH = 4, 32


class Dyer(Protocol):
    """Hair mask and dye for a batch on its device; `engine.hair.dyer.BatchDyer` is one."""

    def __call__(self, pictures: Tensor, ombres: Sequence[Ombre]) -> Tensor:
        """Dye (B, R, R, 3) uint8, RGB; every ombre has a hue."""


class FacePipeline:
    """Draw batches of frames of one face model.

    On a CPU the frames of a batch are shared out to `workers` threads which compute with one core each: that needs no
    waiting for each other inside a frame. On a GPU a batch goes through as one.
    """

    def __init__(self, model: FaceModel, dyer: Dyer, workers: int | None = None) -> None:
        self.model = model
        on_cpu = model.device.type == "cpu"
        self._synthesis = _synthesis_of(model)
        self._dyer = dyer
        self._pool = _OneCorePool(workers or _cores()) if on_cpu else None
        self.batch_size = CPU_BATCH * self._pool.size if self._pool else GPU_BATCH
        # frames of a clip that are drawn before others get their turn
        self.slice_size = self._pool.size if self._pool else GPU_BATCH

    def close(self) -> None:
        """End the worker threads."""
        if self._pool is not None:
            self._pool.close()

    def draw(self, frames: Sequence[Frame]) -> list[Picture]:
        """Draw frames in order; frames that are equal are drawn once.

        Raises:
            EngineError: a face that this model does not have.
        """
        different = list(dict.fromkeys(frames))
        drawn: dict[Frame, Picture] = {}
        for start in range(0, len(different), self.batch_size):
            part = different[start : start + self.batch_size]
            drawn.update(zip(part, self._draw_batch(part), strict=True))
        return [drawn[frame] for frame in frames]

    def _draw_batch(self, frames: list[Frame]) -> list[Picture]:
        w = self.model.w(frames)
        if self._pool is None or len(frames) == 1 or self._pool.size == 1:
            return list(self._finish((w, frames)))
        share = -(-len(frames) // self._pool.size)
        starts = range(0, len(frames), share)
        parts = [(w[start : start + share], frames[start : start + share]) for start in starts]
        return [picture for part in self._pool.map(self._finish, parts) for picture in part]

    @torch.inference_mode()
    def _finish(self, part: Part) -> Pictures:
        """Draw w and dye what has a hue."""
        w, frames = part
        pictures = (self._synthesis(w) * 127.5).add_(128.0).clamp_(0, 255).to(torch.uint8)
        dyed = [row for row, frame in enumerate(frames) if frame.ombre.hue is not None]
        if dyed:
            chosen = pictures if len(dyed) == len(frames) else pictures[dyed]
            pictures[dyed] = self._dyer(chosen, [frames[row].ombre for row in dyed])
        result: Pictures = pictures.cpu().numpy()
        return result


def _synthesis_of(model: FaceModel) -> Callable[[Tensor], Tensor]:
    """Return what draws w: (B, w_dim) to (B, R, R, 3); the plain network while a generator is still growing."""
    plain = model.generator.synthesis
    if float(plain.lod) == 0.0:
        return FastSynthesis(plain, model.device)
    return lambda w: plain(w).permute(0, 2, 3, 1)


class _OneCorePool:
    """Threads in which torch computes with one core each; the caller's own setting stays as it is."""

    def __init__(self, size: int) -> None:
        self.size = size
        threads = torch.get_num_threads()
        self._executor = ThreadPoolExecutor(size, thread_name_prefix="face")
        all_started = threading.Barrier(size)
        for started in [self._executor.submit(self._start, all_started) for _ in range(size)]:
            started.result()
        # the setting belongs to each thread, except for the one that new threads start with: put that back
        torch.set_num_threads(threads)

    @staticmethod
    def _start(all_started: threading.Barrier) -> None:
        torch.set_num_threads(1)
        all_started.wait()

    def map(self, function: Callable[[Part], Pictures], parts: Sequence[Part]) -> list[Pictures]:
        """Give every part to a thread and wait for all of them; results in order."""
        futures = [self._executor.submit(function, part) for part in parts]
        return [future.result() for future in futures]

    def close(self) -> None:
        """End the threads."""
        self._executor.shutdown()


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
