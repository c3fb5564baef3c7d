"""Puts a profile's models together into an engine. The one place of this room that knows them all."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import torch

from engine.batch_log import ObserveBatch, ignore_batch
from engine.batching import DeviceThread, Priority, StageBatcher
from engine.errors import EngineError
from engine.face.loading import PUBLISHED_ENGINES, load_face_model
from engine.face.pipeline import FacePipeline
from engine.face_stage import FaceGallery, FaceStage
from engine.four_roles import FourRoles
from engine.hair.dyer import BatchDyer
from engine.hair.loading import load_hair_net
from engine.live_face import LiveFrame
from engine.llm.loading import find_folder, load_generator
from engine.llm.openai import OpenAiGenerator, OpenAiServer
from engine.one_model import OneModel
from engine.profile_types import EncoderName, FacePlace, Profile, Quantize
from engine.profiles import load_profile
from engine.quiet_libraries import quieten
from engine.sbert.encoder import BatchedEncoder, SentenceBert, Vectors
from engine.sbert.verdict import Judge
from engine.stages import SentenceEncoder, TextGenerator
from engine.tensor_files import SUFFIXES
from engine.turn import TurnEngine
from engine.turn_types import Ombre, RenderedFace
from engine.voice import Voice

_STOP_GRACE_S = 5.0
# A message is judged in many readings at once; small batches let the other texts go in between.
_ENCODER_BATCH: Mapping[EncoderName, int] = {"memory": 32, "ethics": 8}


class LoadedProfile:
    """One loaded profile with its device thread; `close` it in the end."""

    def __init__(
        self,
        profile: Profile,
        engine: TurnEngine,
        faces: FaceGallery,
        device: DeviceThread,
        remote: OpenAiGenerator | None = None,
    ) -> None:
        self.profile = profile
        self.engine = engine
        self._faces = faces
        self._device = device
        self._remote = remote

    @property
    def face_ids(self) -> tuple[str, ...]:
        """The catalogue faces that can be rendered, the default one first."""
        return self._faces.face_ids

    async def preview(self, face_id: str, ombre: Ombre) -> RenderedFace:
        """Render a resting face, for choosing; every turn's own work goes first.

        Raises:
            EngineError: there is no such face.
        """
        return await self._faces.preview(face_id, ombre)

    async def live_frame(self, frame: LiveFrame) -> bytes:
        """Draw a frame of a watched face as WebP; every turn's own work goes first.

        Raises:
            EngineError: there is no such face.
        """
        return await self._faces.live(frame)

    async def close(self) -> None:
        """Finish the device thread; work that does not end within a short grace is told so."""
        await self._device.stop(_STOP_GRACE_S)
        self._faces.close()
        if self._remote is not None:
            await self._remote.close()


async def load_engine(
    name: str,
    weights_dir: Path,
    *,
    device: str = "auto",
    server: OpenAiServer | None = None,
    quantize: Quantize = "none",
) -> LoadedProfile:
    """Load every model of a profile, off the event loop.

    name: a profile of `engine.profiles`. device: "auto" (a CUDA device when there is one), "cpu", "cuda", "cuda:1" ...
    server: asks this server for the four roles instead of loading language models.
    quantize: how the base models' weights are kept; adapters stay as they are.

    Raises:
        EngineError: the profile or device does not exist, or weights are missing or broken; the message says which.
    """
    profile = load_profile(name, weights_dir)
    where = choose_device(device)
    thread = DeviceThread()
    thread.start()
    try:
        loaded = await asyncio.to_thread(_load, profile, weights_dir, where, thread, server, quantize)
        await settle_threads(profile, where, thread)
    except BaseException:
        await thread.stop(0.0)
        raise
    return loaded


async def settle_threads(profile: Profile, device: torch.device, thread: DeviceThread) -> None:
    """Let the device thread compute on one core where the models are small.

    A pass of a small model is shorter than the time two threads need to meet.
    """
    if device.type == "cpu" and profile.name == "mini":
        await thread.run(lambda: torch.set_num_threads(1), Priority.TEXT)


def choose_device(name: str) -> torch.device:
    """Return the device that a setting names.

    Raises:
        EngineError: it does not exist on this machine.
    """
    if name == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    try:
        device = torch.device(name)
    except RuntimeError as error:
        raise EngineError(f"There is no device {name!r}; use auto, cpu or cuda") from error
    if device.type not in ("cpu", "cuda"):
        raise EngineError(f"The device {name!r} is not supported; use auto, cpu or cuda")
    if device.type == "cuda" and (device.index or 0) >= torch.cuda.device_count():
        raise EngineError(f"The device {name!r} is not there; use auto or cpu, or install the driver")
    return device


def assemble(
    profile: Profile,
    weights_dir: Path,
    device: torch.device,
    thread: DeviceThread,
    texts: TextGenerator,
    *,
    observe: ObserveBatch = ignore_batch,
) -> LoadedProfile:
    """Put an engine together around a text generator; loads the encoders and the faces, and blocks meanwhile.

    observe: told the size of every batch of encoders and faces.

    Raises:
        EngineError: weights are missing or broken.
    """
    quieten()
    place = _Place(weights_dir, device, thread, observe)
    faces = FaceGallery(_face_stages(profile, place))
    engine = TurnEngine(
        profile,
        voice=_voice(profile, texts),
        memory_encoder=_encoder(profile, "memory", place),
        ethics=_judge(profile, place),
        faces=faces,
        clock=time.monotonic,
    )
    return LoadedProfile(profile, engine, faces, thread, texts if isinstance(texts, OpenAiGenerator) else None)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where models come from and go to."""

    weights_dir: Path
    device: torch.device
    thread: DeviceThread
    observe: ObserveBatch


def _load(
    profile: Profile,
    weights_dir: Path,
    device: torch.device,
    thread: DeviceThread,
    server: OpenAiServer | None,
    quantize: Quantize,
) -> LoadedProfile:
    texts: TextGenerator
    if server is None:
        texts = load_generator(profile, weights_dir, device, thread, quantize=quantize)
    else:
        texts = OpenAiGenerator(profile.roles, server)
    return assemble(profile, weights_dir, device, thread, texts)


def _face_stages(profile: Profile, place: _Place) -> list[FaceStage]:
    dyer = BatchDyer(load_hair_net(place.weights_dir / profile.hair_folder, place.device))
    stages: list[FaceStage] = []
    for face in profile.faces:
        if stages and not _has_generator(face, place.weights_dir):
            continue
        model = load_face_model(face.engine, place.weights_dir, face.folder, place.device)
        stages.append(FaceStage(FacePipeline(model, dyer), place.thread, cores=_cores(), observe=place.observe))
    return stages


def _has_generator(place: FacePlace, weights_dir: Path) -> bool:
    stem = PUBLISHED_ENGINES[place.engine].generator_stem
    return any((weights_dir / place.folder / f"{stem}{suffix}").is_file() for suffix in SUFFIXES)


def _voice(profile: Profile, texts: TextGenerator) -> Voice:
    remote = isinstance(texts, OpenAiGenerator)
    return (
        OneModel(profile, texts, remote=remote) if profile.rules == "v1" else FourRoles(profile, texts, remote=remote)
    )


def _judge(profile: Profile, place: _Place) -> Judge | None:
    folders = profile.encoders["ethics"]
    # v1 was published without an ethics encoder; it judges when one has been put there.
    if profile.rules == "v1" and not any((place.weights_dir / folder / "config.json").is_file() for folder in folders):
        return None
    return Judge(_encoder(profile, "ethics", place), profile.least_hangul)


def _encoder(profile: Profile, name: EncoderName, place: _Place) -> SentenceEncoder:
    folder = find_folder(place.weights_dir, profile.encoders[name], "config.json", f"{name} encoder", profile.name)
    core = SentenceBert.load(folder, str(place.device))
    batcher: StageBatcher[str, Vectors] = StageBatcher(
        place.thread,
        lambda texts: list(core.encode_batch(texts)),
        name=f"{name} encoder",
        priority=Priority.TEXT,
        max_batch=_ENCODER_BATCH[name],
        observe=lambda rows: place.observe(f"{name} encoder", rows),
    )
    return BatchedEncoder(core, batcher.submit_all)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
