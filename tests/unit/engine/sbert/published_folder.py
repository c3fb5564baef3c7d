"""A Sentence-BERT folder laid out as published, tiny and with random weights."""

from __future__ import annotations

import json
from pathlib import Path

import torch
from tokenizers import Tokenizer
from tokenizers.models import WordPiece
from tokenizers.normalizers import BertNormalizer
from tokenizers.pre_tokenizers import BertPreTokenizer
from tokenizers.processors import TemplateProcessing
from transformers import PreTrainedTokenizerFast, RobertaConfig, RobertaModel

SPECIAL = ["[CLS]", "[PAD]", "[SEP]", "[UNK]", "[MASK]"]
LETTERS = (
    "abcdefghijklmnopqrstuvwxyz0123456789.!?,[]:/가나다라마바사아자차카타파하오늘내일친구랑카페어제뭐해니애미안녕반갑"
)


def write_folder(folder: Path, seed: int = 0, hidden: int = 16) -> Path:
    """Write a complete folder and return it."""
    letters = list(dict.fromkeys(LETTERS))
    vocabulary = [*SPECIAL, *letters, *(f"##{letter}" for letter in letters)]
    backend = Tokenizer(WordPiece({token: i for i, token in enumerate(vocabulary)}, unk_token="[UNK]"))
    backend.normalizer = BertNormalizer(lowercase=False, strip_accents=False)
    backend.pre_tokenizer = BertPreTokenizer()
    backend.post_processor = TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B [SEP]", special_tokens=[("[CLS]", 0), ("[SEP]", 2)]
    )
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=backend,
        cls_token="[CLS]",
        pad_token="[PAD]",
        sep_token="[SEP]",
        unk_token="[UNK]",
        mask_token="[MASK]",
        bos_token="[CLS]",
        eos_token="[SEP]",
        model_max_length=512,
    )
    torch.manual_seed(seed)
    model = RobertaModel(
        RobertaConfig(
            vocab_size=len(vocabulary),
            hidden_size=hidden,
            num_hidden_layers=2,
            num_attention_heads=2,
            intermediate_size=32,
            max_position_embeddings=514,
            pad_token_id=1,
            initializer_range=0.5,
        )
    )
    folder.mkdir(parents=True, exist_ok=True)
    model.save_pretrained(folder, safe_serialization=True)
    tokenizer.save_pretrained(folder)
    (folder / "vocab.txt").write_text("\n".join(vocabulary) + "\n", encoding="utf-8")
    # What the published loader does not read says something else on purpose.
    (folder / "1_Pooling").mkdir(exist_ok=True)
    _write(folder / "1_Pooling" / "config.json", {"word_embedding_dimension": hidden, "pooling_mode_cls_token": True})
    _write(folder / "sentence_bert_config.json", {"max_seq_length": 128, "do_lower_case": False})
    _write(folder / "config_sentence_transformers.json", {"__version__": {"sentence_transformers": "4.1.0"}})
    _write(folder / "modules.json", [])
    (folder / "eval").mkdir(exist_ok=True)
    (folder / "eval" / "similarity_evaluation_valid_evaluator_results.csv").write_text("epoch,steps\n", "utf-8")
    return folder


def _write(path: Path, content: object) -> None:
    path.write_text(json.dumps(content), encoding="utf-8")
