"""One Sentence-BERT, loaded from a folder as published and asked through the service's batches.

The published layout is a transformer and a freshly built mean pooling (no CLS, no maximum), 64 tokens, lower case;
`modules.json` and `1_Pooling` are not read. Source: behaviour specification, section 4, and the layout of the weights.
"""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Awaitable, Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from engine.errors import EngineError
from engine.sbert.windows import token_windows
from weights.lock import check_pinned

if TYPE_CHECKING:
    import torch
    from sentence_transformers import SentenceTransformer

MAX_TOKENS = 64
WINDOW_STRIDE = 32
# A window cut inside a word may fall into more tokens than it had in its sentence.
_WINDOW_SLACK = 4
_BATCH = 32
_REMEDY = "restore it from the checkout (mini) or fetch it again with `run_bot.py weights pull`"
WEIGHTS_FILE = "model.safetensors"

Vectors = npt.NDArray[np.float32]
SubmitAll = Callable[[Iterable[str]], Awaitable[list[Vectors]]]


class SentenceBert:
    """A loaded encoder; everything here blocks and belongs on the device thread, except `windows`."""

    def __init__(self, model: SentenceTransformer, model_hash: str) -> None:
        self._model = model
        self._tokenizer = model.tokenizer
        self.model_hash = model_hash
        self.dimensions = int(model.get_embedding_dimension() or 0)

    @classmethod
    def load(cls, folder: Path, device: str = "cpu") -> SentenceBert:
        """Load an encoder from a folder laid out as published.

        Raises:
            EngineError: the folder is incomplete or does not load.
        """
        weights = folder / WEIGHTS_FILE
        for needed in (weights, folder / "config.json"):
            if not needed.is_file():
                raise EngineError(f"{needed} is missing; {_REMEDY}")
        check_pinned(weights)
        # This library takes seconds to import; nothing that does not load an encoder shall wait for it.
        from safetensors import SafetensorError
        from sentence_transformers import SentenceTransformer
        from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
        from transformers.utils import logging as transformers_logging

        transformers_logging.disable_progress_bar()
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                body = Transformer(
                    str(folder),
                    max_seq_length=MAX_TOKENS,
                    do_lower_case=True,
                    model_kwargs={"dtype": "float32", "use_safetensors": True, "local_files_only": True},
                    processor_kwargs={"local_files_only": True},
                    config_kwargs={"local_files_only": True},
                )
            pooling = Pooling(body.get_embedding_dimension(), pooling_mode="mean")
            model = SentenceTransformer(modules=[body, pooling], device=device)
        except (OSError, ValueError, KeyError, RuntimeError, TypeError, SafetensorError) as error:
            reason = " ".join(str(error).split())[:160]
            raise EngineError(f"The encoder in {folder} does not load ({reason}); {_REMEDY}") from error
        _check_weights(body.model, weights)
        return cls(model.eval(), _sha256(weights))

    def encode_batch(self, texts: Sequence[str]) -> Vectors:
        """Embed texts.

        Returns:
            (N, D) float32, rows of unit length.
        """
        import torch
        from sentence_transformers.util import batch_to_device

        rows = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        # By length, so that a batch holds little padding; the library's `encode` costs as much again as a short text.
        order = sorted(range(len(texts)), key=lambda index: len(texts[index]))
        with torch.inference_mode():
            for start in range(0, len(order), _BATCH):
                batch = order[start : start + _BATCH]
                features = self._model.preprocess([texts[index] for index in batch])
                embedded = self._model(batch_to_device(features, self._model.device))["sentence_embedding"]
                rows[batch] = torch.nn.functional.normalize(embedded.float(), dim=1).cpu().numpy()
        return rows

    def windows(self, text: str) -> tuple[str, ...]:
        """Split a text into overlapping windows of at most 64 tokens; one window when it fits."""
        encoding = self._tokenizer(
            text, add_special_tokens=False, return_offsets_mapping=True, truncation=False, verbose=False
        )
        content = MAX_TOKENS - self._tokenizer.num_special_tokens_to_add()
        if len(encoding["input_ids"]) <= content:
            return (text,)
        return token_windows(text, encoding["offset_mapping"], content - _WINDOW_SLACK, WINDOW_STRIDE)


class BatchedEncoder:
    """A `SentenceBert` as the turn's stages see it: every text joins the next batch of its stage."""

    def __init__(self, core: SentenceBert, submit_all: SubmitAll) -> None:
        """Wrap a loaded encoder; `submit_all` hands texts to a batcher around `core.encode_batch`."""
        self._core = core
        self._submit_all = submit_all

    @property
    def model_hash(self) -> str:
        """SHA-256 hex of the weights."""
        return self._core.model_hash

    async def encode(self, texts: Sequence[str]) -> Vectors:
        """Embed texts: (N, D) float32, rows of unit length; equal texts are embedded once."""
        if not texts:
            return np.zeros((0, self._core.dimensions), dtype=np.float32)
        distinct = list(dict.fromkeys(texts))
        rows = dict(zip(distinct, await self._submit_all(distinct), strict=True))
        return np.stack([rows[text] for text in texts])

    def windows(self, text: str) -> tuple[str, ...]:
        """Split a text into overlapping windows of at most 64 tokens; one window when it fits."""
        return self._core.windows(text)


def _check_weights(model: torch.nn.Module, path: Path) -> None:
    """Refuse a file that left tensors at random values or holds numbers that are none."""
    from safetensors import safe_open

    with safe_open(path, framework="pt") as file:
        stored = set(file.keys())
    prefix = f"{getattr(model, 'base_model_prefix', '')}."
    for name, tensor in model.named_parameters():
        # Mean pooling does not use the pooler, and some published files leave it out.
        if name not in stored and prefix + name not in stored and not name.startswith("pooler."):
            raise EngineError(f"{path} lacks the tensor {name}; {_REMEDY}")
        if not bool(tensor.isfinite().all()):
            raise EngineError(f"{path} holds NaN or infinity in {name}; {_REMEDY}")


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
