"""One loaded face engine: from a frame's scores to w."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from engine.errors import EngineError
from engine.face.catalogue import DEFAULT_FACES, FaceEntry
from engine.face.expression import FaceEngine, Triple, weights_of
from engine.face.face_vectors import PROPERTIES, FaceVectors, Rows
from engine.face.generator_config import GeneratorConfig
from engine.face.gradient_network import GradientNetwork
from engine.face.stylegan import Generator
from engine.turn_types import Ombre

V1_NOISE = 0.15  # v1 adds this much standard normal noise to z, new for every answer
V1_LABEL_SLOTS = (0, 3, 4)  # eyes, mouth and pose among v1's seven label slots


@dataclass(frozen=True, slots=True)
class Frame:
    """One picture to draw. `seed` only matters for v1, whose z is noisy."""

    face_id: str
    scores: Triple
    ombre: Ombre
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Base:
    """A face at rest in the edit space, and the three directions its expression moves along; float64."""

    point: Tensor  # (edit_dim,)
    directions: Tensor  # (3, edit_dim)


class FaceModel:
    """A generator with the faces that were found for it; w is cached per face."""

    def __init__(
        self,
        engine: FaceEngine,
        generator: Generator,
        faces: Sequence[FaceEntry],
        vectors: FaceVectors,
        eyes_network: GradientNetwork | None = None,
        device: torch.device | None = None,
    ) -> None:
        if not faces:
            raise EngineError(f"engine {engine} has no faces; restore its faces.json")
        self.engine = engine
        self.device = device or torch.device("cpu")
        self.generator = generator.eval().requires_grad_(requires_grad=False).to(self.device)
        self.faces = tuple(faces)
        self.vectors = vectors
        self._eyes_network = None if eyes_network is None else eyes_network.to(self.device)
        self._rows = {face.face_id: face.row for face in faces}
        self._bases: dict[str, Base] = {}

    @property
    def config(self) -> GeneratorConfig:
        """The sizes of the generator."""
        return self.generator.config

    @property
    def default_face_id(self) -> str:
        """The face shown to who has not chosen one."""
        wished = DEFAULT_FACES.get(self.engine)
        return wished if wished in self._rows else self.faces[0].face_id

    def with_faces(self, faces: Sequence[FaceEntry], vectors: FaceVectors) -> FaceModel:
        """Return a model with the same networks and other faces."""
        return FaceModel(self.engine, self.generator, faces, vectors, self._eyes_network, self.device)

    def row_of(self, face_id: str) -> int:
        """Return a face's row in the table of vectors.

        Raises:
            EngineError: this engine does not have the face.
        """
        if face_id not in self._rows:
            raise EngineError(f"there is no face {face_id!r} here; `face list` shows those that can be chosen")
        return self._rows[face_id]

    @torch.inference_mode()
    def w(self, frames: Sequence[Frame]) -> Tensor:
        """Return w (B, w_dim) float32 of frames, all in one go."""
        if self.engine == "v1":
            return self._labelled(frames)
        weights = torch.tensor([weights_of(self.engine, frame.scores) for frame in frames], dtype=torch.float64)
        bases = [self._base(frame.face_id) for frame in frames]
        points = torch.stack([base.point for base in bases])
        directions = torch.stack([base.directions for base in bases])
        # change vectors are added in float64, as published
        edited = points + (weights.to(self.device)[:, :, None] * directions).sum(dim=1)
        return self.generator.mapping.from_edit_space(edited.float())

    def _base(self, face_id: str) -> Base:
        base = self._bases.get(face_id)
        if base is None:
            base = self.base(face_id)
            self._bases[face_id] = base
        return base

    def base(self, face_id: str) -> Base:
        """Map a face into the edit space and find its directions (`w` keeps them; this computes them anew)."""
        row = self.row_of(face_id)
        z = torch.from_numpy(self.vectors.z[row : row + 1]).float().to(self.device)
        label = torch.from_numpy(self.vectors.labels[row : row + 1]).float().to(self.device)
        with torch.no_grad():
            point = self.generator.mapping.to_edit_space(z, label)
        group = next(face.group for face in self.faces if face.face_id == face_id)
        directions = []
        for name in PROPERTIES:
            known = self.vectors.changes.get((name, group))
            if known is not None:
                directions.append(torch.from_numpy(known).to(self.device))
            elif self._eyes_network is not None and name == "eyes":
                with torch.inference_mode(mode=False):
                    directions.append(self._eyes_network.direction(point.clone())[0].double())
            else:
                raise EngineError(f"face {face_id} has no change vector for {name}; pull the vectors again")
        return Base(point[0].double(), torch.stack(directions))

    def _labelled(self, frames: Sequence[Frame]) -> Tensor:
        """Map v1's noisy z with the scores as labels."""
        z = np.stack([self._noisy_z(frame) for frame in frames])
        labels = np.zeros((len(frames), self.config.label_dim))
        labels[:, V1_LABEL_SLOTS] = [weights_of(self.engine, frame.scores) for frame in frames]
        as_tensors = (torch.from_numpy(values).float().to(self.device) for values in (z, labels))
        w: Tensor = self.generator.mapping(*as_tensors)
        return w

    def _noisy_z(self, frame: Frame) -> Rows:
        noise = np.random.default_rng(frame.seed).standard_normal(self.config.z_dim)
        noisy: Rows = self.vectors.z[self.row_of(frame.face_id)] + V1_NOISE * noise
        return noisy
