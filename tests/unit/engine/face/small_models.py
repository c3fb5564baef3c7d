"""Small face models with fake weights, quick enough for unit tests."""

from dataclasses import replace

import numpy as np

from engine.face.catalogue import FaceEntry, face_id_of
from engine.face.expression import FaceEngine
from engine.face.face_model import FaceModel
from engine.face.face_vectors import FaceVectors
from engine.face.generator_config import GeneratorConfig
from engine.face.gradient_network import GradientNetwork
from engine.face.stylegan import Generator
from engine.fake_weights import fill_with_fakes
from engine.hair.segmentation import MINI_HAIR, HairSegmentation

SMALL = GeneratorConfig(
    z_dim=12, label_dim=7, label_embed_dim=4, w_dim=16, mapping_layers=4, channels=(16, 16, 16, 8, 8, 8, 8)
)


def small_config(engine: FaceEngine) -> GeneratorConfig:
    if engine == "v9":
        return replace(SMALL, split_width=24)
    return replace(SMALL, label_dim=0) if engine == "mini" else SMALL


def small_model(engine: FaceEngine = "v8") -> FaceModel:
    config, rng = small_config(engine), np.random.default_rng(5)
    generator = Generator(config)
    fill_with_fakes(generator)
    names = {"v1": (), "v9": ("mouth", "pose")}.get(engine, ("eyes", "mouth", "pose"))
    changes = {(name, group): rng.standard_normal(config.edit_dim) for name in names for group in ("h", "l")}
    faces = [FaceEntry(face_id_of(engine, 3), engine, 3, "h", 0), FaceEntry(face_id_of(engine, 7), engine, 7, "l", 1)]
    z, labels = rng.standard_normal((2, config.z_dim)), rng.standard_normal((2, config.label_dim))
    network = None
    if engine == "v9":
        network = GradientNetwork(config.edit_dim)
        fill_with_fakes(network)
    return FaceModel(engine, generator, faces, FaceVectors(z, labels, changes), network)


def small_hair_net() -> HairSegmentation:
    net = HairSegmentation(MINI_HAIR)
    fill_with_fakes(net)
    return net
