import json
from pathlib import Path

from tests.conformance.face_models import MODULES


def test_every_manifest_loads_strictly(reference_dir: Path) -> None:
    paths = sorted((reference_dir / "state_dicts").glob("*.json"))
    assert paths
    for path in paths:
        manifest = json.loads(path.read_text(encoding="utf-8"))
        state = MODULES[path.stem]().state_dict()
        ours = {key: (list(value.shape), str(value.dtype).removeprefix("torch.")) for key, value in state.items()}
        assert ours == {key: (shape, dtype) for key, shape, dtype in manifest["entries"]}, path.stem
