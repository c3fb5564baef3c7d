import json
from pathlib import Path

import numpy as np
import pytest

from engine.face.catalogue import published_faces
from engine.face.face_vectors import read_published_vectors
from engine.face.loading import PUBLISHED_ENGINES, find_vectors_folder
from tests.conformance.behaviour_cases import section

SECTIONS = {"v7": "v7", "v8": "v8", "v9": "v9_mixed"}


@pytest.mark.parametrize("engine", ["v7", "v8", "v9"])
def test_catalogue_is_the_published_one(reference_dir: Path, engine: str) -> None:
    facts = json.loads((reference_dir / "faces.json").read_text(encoding="utf-8"))["engines"][SECTIONS[engine]]
    faces = published_faces()[engine]
    assert len(faces) == facts["n_faces"]
    for face, fact in zip(faces, facts["faces"], strict=True):
        assert (face.row, face.number, face.group) == (fact["index"], fact["case_no"], fact["group"])
        chosen, again = fact["corr_selection"], fact.get("corr_v4_retest") or fact["corr_retest"]
        assert face.selection == (chosen["eyes"], chosen["mouth"], chosen["pose"])
        assert face.retest == (again["eyes"], again["mouth"], again["pose"])
        assert face.passed_retest == again["passed"]


@pytest.mark.parametrize("engine", ["v1", "v7", "v8", "v9"])
def test_published_vectors_are_read(reference_dir: Path, engine: str) -> None:
    folder = find_vectors_folder(engine, reference_dir)
    faces, config = published_faces()[engine], PUBLISHED_ENGINES[engine].config
    vectors = read_published_vectors(engine, folder, faces, config)
    assert vectors.z.shape == (len(faces), config.z_dim)
    assert vectors.labels.shape == (len(faces), config.label_dim)
    for vector in vectors.changes.values():
        assert vector.shape == (config.edit_dim,)
        assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-6)
    if engine == "v1":
        first = section(reference_dir, "v1_image_call")["z_first4_without_noise"]
        assert vectors.z[0, :4] == pytest.approx(first, abs=1e-6)
