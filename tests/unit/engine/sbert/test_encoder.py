import hashlib
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file
from transformers import AutoModel, AutoTokenizer

from engine.errors import EngineError
from engine.sbert.encoder import BatchedEncoder, SentenceBert, Vectors
from tests.unit.engine.sbert.published_folder import write_folder

TEXTS = ["오늘 친구랑 카페", "ABC 내일", "안녕", "니 애 미 " * 40]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_folder(tmp_path_factory.mktemp("sbert") / "trained_sbert_model")


@pytest.fixture(scope="module")
def encoder(folder: Path) -> SentenceBert:
    return SentenceBert.load(folder)


def by_hand(folder: Path, text: str) -> Vectors:
    """Embed by the specification: lower case, 64 tokens, mean over all tokens, unit length."""
    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = AutoModel.from_pretrained(folder).eval()
    tokens = tokenizer(text.lower(), truncation=True, max_length=64, return_tensors="pt")
    with torch.inference_mode():
        mean = model(input_ids=tokens["input_ids"], attention_mask=tokens["attention_mask"])[0][0].mean(dim=0)
    vector: Vectors = torch.nn.functional.normalize(mean, dim=0).numpy()
    return vector


def test_a_folder_laid_out_as_published_embeds_by_the_specification(folder: Path, encoder: SentenceBert) -> None:
    rows = encoder.encode_batch(TEXTS)
    assert rows.dtype == np.float32
    assert rows.shape == (len(TEXTS), encoder.dimensions)
    for row, text in zip(rows, TEXTS, strict=True):
        np.testing.assert_allclose(row, by_hand(folder, text), atol=2e-6)


def test_case_does_not_matter_and_rows_do_not_depend_on_their_batch(encoder: SentenceBert) -> None:
    np.testing.assert_array_equal(encoder.encode_batch(["ABC 내일"]), encoder.encode_batch(["abc 내일"]))
    together = encoder.encode_batch(TEXTS)
    alone = np.concatenate([encoder.encode_batch([text]) for text in TEXTS])
    np.testing.assert_allclose(together, alone, atol=2e-6)


def test_the_model_hash_is_the_hash_of_the_weights_file(folder: Path, encoder: SentenceBert) -> None:
    assert encoder.model_hash == hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest()


def test_a_short_text_is_one_window(encoder: SentenceBert) -> None:
    assert encoder.windows("안녕 친구") == ("안녕 친구",)


def test_windows_cover_a_long_text_and_overlap(encoder: SentenceBert) -> None:
    words = [f"{a}{b}" for a in "가나다라마바사아자차" for b in "카타파하오늘내일친구"]
    windows = encoder.windows(" ".join(words))
    assert len(windows) > 3
    assert set(words) == {word for window in windows for word in window.split()} & set(words)
    for before, after in pairwise(windows):
        assert set(before.split()) & set(after.split())
    # Nothing of a window is cut off when it is embedded.
    tokenizer = encoder._tokenizer
    assert all(len(tokenizer(window)["input_ids"]) <= 64 for window in windows)


def test_missing_and_broken_weights_say_what_to_do(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "model")
    (folder / "model.safetensors").write_bytes(b"\x80\x04 not safetensors")
    with pytest.raises(EngineError, match="does not load"):
        SentenceBert.load(folder)
    (folder / "model.safetensors").unlink()
    with pytest.raises(EngineError, match=r"model\.safetensors is missing"):
        SentenceBert.load(folder)


def test_weights_that_do_not_fit_are_refused_by_name(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "model")
    path = folder / "model.safetensors"
    tensors = load_file(path)
    name = "encoder.layer.1.output.dense.weight"
    save_file({key: value for key, value in tensors.items() if key != name}, path)
    with pytest.raises(EngineError, match=f"lacks the tensor {name}"):
        SentenceBert.load(folder)
    save_file(tensors | {name: torch.full_like(tensors[name], float("nan"))}, path)
    with pytest.raises(EngineError, match=f"NaN or infinity in {name}"):
        SentenceBert.load(folder)
    save_file(tensors | {name: torch.zeros(3, 3)}, path)
    with pytest.raises(EngineError, match="does not load"):
        SentenceBert.load(folder)
    save_file({key: value for key, value in tensors.items() if not key.startswith("pooler.")}, path)
    assert SentenceBert.load(folder).dimensions == 16


async def test_equal_texts_are_handed_in_once(encoder: SentenceBert) -> None:
    handed_in: list[list[str]] = []

    async def submit_all(texts: Iterable[str]) -> list[Vectors]:
        handed_in.append(list(texts))
        return list(encoder.encode_batch(handed_in[-1]))

    batched = BatchedEncoder(encoder, submit_all)
    rows = await batched.encode(["안녕", "카페", "안녕"])
    assert handed_in == [["안녕", "카페"]]
    np.testing.assert_array_equal(rows[0], rows[2])
    assert (await batched.encode([])).shape == (0, encoder.dimensions)
    assert batched.model_hash == encoder.model_hash
