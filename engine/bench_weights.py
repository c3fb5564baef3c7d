"""Random weights of the published sizes, laid out as published, for measuring without fetching anything."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import save_file
from torch import nn

from engine.face.catalogue import published_faces
from engine.face.face_vectors import PROPERTIES
from engine.face.loading import PUBLISHED_ENGINES
from engine.face.stylegan import Generator
from engine.fake_weights import fill_with_fakes
from engine.hair.loading import PUBLISHED_STEM
from engine.hair.segmentation import HairSegmentation
from engine.measured_texts import SAID
from engine.profiles import OHLORA_V4
from engine.turn_types import RoleName

_KANANA_LAYERS = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")
_SPECIAL_TOKENS = ("<|endoftext|>", "<pad>", "<cls>", "<sep>", "<unk>")
_MERGED_TOKENS = 600  # learned from the bench's own texts; the others fill the vocabulary


@dataclass(frozen=True, slots=True)
class TextSizes:
    """The sizes of the language models and encoders, as their configurations name them."""

    kanana: Mapping[str, Any]
    polyglot: Mapping[str, Any]
    encoder: Mapping[str, Any]
    ranks: Mapping[RoleName, int]


PUBLISHED_SIZES = TextSizes(
    kanana={
        "vocab_size": 128256,
        "hidden_size": 1792,
        "intermediate_size": 8064,
        "num_hidden_layers": 32,
        "num_attention_heads": 24,
        "num_key_value_heads": 8,
        "head_dim": 128,
        "max_position_embeddings": 8192,
        "tie_word_embeddings": True,
    },
    polyglot={
        "vocab_size": 30080,
        "hidden_size": 2048,
        "intermediate_size": 8192,
        "num_hidden_layers": 24,
        "num_attention_heads": 16,
        "max_position_embeddings": 2048,
        "rotary_pct": 0.5,
        "tie_word_embeddings": False,
    },
    encoder={
        "vocab_size": 32000,
        "hidden_size": 768,
        "num_hidden_layers": 12,
        "num_attention_heads": 12,
        "intermediate_size": 3072,
        "max_position_embeddings": 514,
    },
    ranks={"output_message": 16, "memory": 64, "summary": 64, "eyes_mouth_pose": 64},
)


def parameters(sizes: TextSizes) -> dict[str, int]:
    """Count the weights of each base model, by its key in the profile, without making any."""
    with torch.device("meta"):
        return {key: sum(p.numel() for p in _base(key, sizes).parameters()) for key in OHLORA_V4.bases}


def write_random_profile(folder: Path, sizes: TextSizes, seed: int = 0) -> None:
    """Write everything that `ohlora-v4` loads: bases, adapters, encoders, the default face and the hair net."""
    torch.manual_seed(seed)
    for key, base in OHLORA_V4.bases.items():
        model = _base(key, sizes)
        place = folder / base.folders[0]
        model.save_pretrained(place)
        _write_tokenizer(place, int(model.config.vocab_size))
        for role, adapter in OHLORA_V4.adapters.items():
            if adapter.base == key:
                _write_adapter(model, folder / adapter.folders[0], sizes.ranks[role])
        del model
    for folders in OHLORA_V4.encoders.values():
        _write_encoder(folder / folders[0], sizes)
    _write_face(folder)


def _base(key: str, sizes: TextSizes) -> Any:
    from transformers import GPTNeoXConfig, GPTNeoXForCausalLM, LlamaForCausalLM

    from engine.llm.base_config import WideHeadsLlamaConfig  # heavy: only when weights are made

    ends = {"bos_token_id": 0, "eos_token_id": 0}
    with _default_dtype(torch.bfloat16):
        if key == "polyglot":
            return GPTNeoXForCausalLM(GPTNeoXConfig(**sizes.polyglot, **ends))
        return LlamaForCausalLM(WideHeadsLlamaConfig(**sizes.kanana, **ends))


@contextmanager
def _default_dtype(dtype: torch.dtype) -> Iterator[None]:
    usual = torch.get_default_dtype()
    torch.set_default_dtype(dtype)
    try:
        yield
    finally:
        torch.set_default_dtype(usual)


def _write_adapter(model: nn.Module, folder: Path, rank: int) -> None:
    endings = _KANANA_LAYERS if hasattr(model, "model") else ("query_key_value",)
    tensors: dict[str, torch.Tensor] = {}
    for name, module in model.named_modules():
        if isinstance(module, nn.Linear) and name.endswith(endings):
            key = f"base_model.model.{name}"
            tensors[f"{key}.lora_A.weight"] = torch.randn(rank, module.in_features) * module.in_features**-0.5
            tensors[f"{key}.lora_B.weight"] = torch.randn(module.out_features, rank) * 0.01
    folder.mkdir(parents=True)
    save_file(tensors, folder / "adapter_model.safetensors", metadata={"format": "pt"})
    config = {
        "peft_type": "LORA",
        "task_type": "CAUSAL_LM",
        "base_model_name_or_path": "",
        "r": rank,
        "lora_alpha": 16,
        "lora_dropout": 0.05,
        "bias": "none",
        "target_modules": list(endings),
    }
    (folder / "adapter_config.json").write_text(json.dumps(config), encoding="utf-8")


def _write_tokenizer(folder: Path, vocabulary: int, *, framed: bool = False) -> None:
    """Write a byte-level tokenizer that knows the bench's own texts, with a name of its own for every other token.

    framed: puts special tokens around a text, as encoders want it.
    """
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers
    from transformers import PreTrainedTokenizerFast

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=min(_MERGED_TOKENS, vocabulary),
        special_tokens=list(_SPECIAL_TOKENS),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(SAID.values(), trainer)
    stored = json.loads(tokenizer.to_str())
    known = stored["model"]["vocab"]
    known.update({f"<{number}>": number for number in range(len(known), vocabulary)})
    tokenizer = Tokenizer.from_str(json.dumps(stored))
    if framed:
        tokenizer.post_processor = processors.TemplateProcessing(
            single="<cls> $A <sep>", pair="<cls> $A <sep> $B <sep>", special_tokens=[("<cls>", 2), ("<sep>", 3)]
        )
    names = ("eos_token", "pad_token", "cls_token", "sep_token", "unk_token")
    special = dict(zip(names, _SPECIAL_TOKENS, strict=True))
    PreTrainedTokenizerFast(tokenizer_object=tokenizer, **special).save_pretrained(folder)


def _write_encoder(folder: Path, sizes: TextSizes) -> None:
    from transformers import RobertaConfig, RobertaModel

    model = RobertaModel(RobertaConfig(**sizes.encoder, pad_token_id=1, bos_token_id=2, eos_token_id=3))
    model.save_pretrained(folder)
    _write_tokenizer(folder, int(model.config.vocab_size), framed=True)


def _write_face(folder: Path) -> None:
    place = OHLORA_V4.faces[0]
    layout, faces = PUBLISHED_ENGINES[place.engine], published_faces()[place.engine]
    _write_fake(Generator(layout.config), folder / place.folder / f"{layout.generator_stem}.safetensors")
    _write_fake(HairSegmentation(), folder / OHLORA_V4.hair_folder / f"{PUBLISHED_STEM}.safetensors")
    tables = folder / layout.vector_folders[0]
    rng = np.random.default_rng(1)
    _write_table(
        tables / "ohlora_z_vectors.csv",
        rng.standard_normal((len(faces), layout.config.z_dim + layout.config.label_dim)).tolist(),
    )
    groups = [["case", "group_name"], *([str(face.number), face.group] for face in faces)]
    with (tables / "ohlora_w_group_names.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(groups)
    for name in PROPERTIES:
        for group in sorted({face.group for face in faces}):
            vector = rng.standard_normal(layout.config.edit_dim)
            row = [0.0, *(vector / np.linalg.norm(vector)).tolist()]
            _write_table(tables / "property_score_vectors" / f"{name}_change_w_vector_{group}.csv", [row])


def _write_fake(module: nn.Module, path: Path) -> None:
    fill_with_fakes(module)
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file({name: value.contiguous() for name, value in module.state_dict().items()}, path)


def _write_table(path: Path, rows: list[list[float]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([[f"c{i}" for i in range(len(rows[0]))], *rows])
