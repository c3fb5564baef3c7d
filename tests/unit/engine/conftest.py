"""Weights that several test files load, written once."""

from pathlib import Path

import pytest

from tests.unit.engine.published_tree import write_face, write_hair, write_texts


@pytest.fixture(scope="session")
def published_weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A weights folder laid out as published: tiny texts of v4 and v1, and fake faces of v8, v7, v9 and v1."""
    root = tmp_path_factory.mktemp("published")
    write_texts(root)
    write_hair(root)
    write_face(root, "v8", "stylegan/models")
    write_face(root, "v7", "stylegan/models")
    write_face(root, "v9", "stylegan/models")
    write_face(root, "v1", "stylegan_and_segmentation/stylegan_modified")
    return root
