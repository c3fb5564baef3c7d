"""A turn the way the published program takes it: one model call after the other, nothing batched, nothing kept.

The plain twin of `engine.turn` for the bench: transformers' `generate` on a model and a peft adapter for each role, the
prompt encoded again for every memory line and every category, one picture drawn step after step.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from engine.face.encode import encode_png
from engine.face.face_model import Frame
from engine.face.loading import load_face_model
from engine.face.reference_path import draw_sequentially
from engine.hair.dyer import PlainDyer
from engine.hair.loading import load_hair_net
from engine.llm.loading import find_folder
from engine.llm.prompts import prompt_for
from engine.llm.tokenization import TOKENIZER_FILE
from engine.profile_types import Profile
from engine.quiet_libraries import quieten
from engine.rules.compose import compose
from engine.rules.time_tag import add_time_info
from engine.sbert.encoder import SentenceBert
from engine.sbert.verdict import CATEGORY_NAMES
from engine.turn_types import Ombre, RoleName, Turn


@dataclass(frozen=True, slots=True)
class SequentialTimes:
    """Seconds from the start of a turn."""

    to_answer_s: float
    to_image_s: float


class SequentialTexts:
    """A whole model with its adapter for each role, asked one after the other."""

    def __init__(self, profile: Profile, weights_dir: Path, device: torch.device) -> None:
        from transformers import PreTrainedTokenizerFast
        from transformers.utils import logging as transformers_logging

        from engine.llm.base_config import read_config  # heavy: only when a model is loaded

        transformers_logging.disable_progress_bar()
        self._profile = profile
        self._device = device
        self._models: dict[RoleName, Any] = {}
        self._tokenizers: dict[RoleName, Any] = {}
        for role, adapter in profile.adapters.items():
            base = profile.bases[adapter.base]
            folder = find_folder(weights_dir, base.folders, "config.json", base.name, profile.name)
            place = find_folder(weights_dir, adapter.folders, "adapter_config.json", role, profile.name)
            config, model_class = read_config(folder)
            model = model_class.from_pretrained(folder, config=config, dtype=getattr(torch, base.precision))
            self._models[role] = _adapted(model, place).to(device).eval()
            self._tokenizers[role] = PreTrainedTokenizerFast(tokenizer_file=str(folder / TOKENIZER_FILE))

    @torch.inference_mode()
    def generate(self, role: RoleName, prompt: str, *, seed: int, temperature: float) -> str:
        """Generate the role's whole number of tokens; temperature 0 is greedy."""
        spec, tokenizer, model = self._profile.roles[role], self._tokenizers[role], self._models[role]
        ids = tokenizer(prompt, return_tensors="pt").input_ids.to(self._device)
        torch.manual_seed(seed)
        how: Mapping[str, Any] = (
            {"do_sample": True, "temperature": temperature} if temperature > 0 else {"do_sample": False}
        )
        out = model.generate(
            input_ids=ids,
            attention_mask=torch.ones_like(ids),
            max_new_tokens=spec.room(ids.shape[1]),
            eos_token_id=None,
            pad_token_id=0,
            **how,
        )
        return str(tokenizer.decode(out[0, ids.shape[1] :], skip_special_tokens=True))


class SequentialProgram:
    """Loaded models of a profile, used as published."""

    def __init__(self, profile: Profile, weights_dir: Path, device: torch.device) -> None:
        self._profile = profile
        self._texts = SequentialTexts(profile, weights_dir, device)
        encoders = profile.encoders
        self._memory = SentenceBert.load(weights_dir / encoders["memory"][0], str(device))
        self._ethics = SentenceBert.load(weights_dir / encoders["ethics"][0], str(device))
        self._face = load_face_model(profile.faces[0].engine, weights_dir, profile.faces[0].folder, device)
        self._dyer = PlainDyer(load_hair_net(weights_dir / profile.hair_folder, device))

    def turn(
        self, turn: Turn, said: Mapping[RoleName, str], ombre: Ombre, clock: Callable[[], float]
    ) -> SequentialTimes:
        """Take one turn; each role does its whole work and its text is then replaced by that of `said`."""
        start = clock()
        line = self._recall(turn)
        composed = compose(add_time_info(turn.text, turn.sent_at), line, turn.last_summary)
        self._ask("output_message", composed, "", turn.seed)
        for name in CATEGORY_NAMES.values():
            self._ethics.encode_batch([name]) @ self._ethics.encode_batch([turn.text]).T
        self._ask("memory", composed, "", turn.seed)
        self._ask("summary", composed, said["output_message"], turn.seed)
        self._ask("eyes_mouth_pose", "", said["output_message"], turn.seed)
        answered = clock()
        frame = Frame(self._face.default_face_id, (1.0, 1.0, 1.0), ombre)
        encode_png(draw_sequentially(self._face, self._dyer, frame))
        return SequentialTimes(answered - start, clock() - start)

    def _recall(self, turn: Turn) -> str | None:
        best, best_cosine = None, self._profile.memory_threshold
        for entry in turn.memories:
            line = f"[{entry.key}: {entry.value}]"
            cosine = (self._memory.encode_batch([line]) @ self._memory.encode_batch([turn.text]).T).item()
            if cosine > best_cosine:
                best, best_cosine = line, cosine
        return best

    def _ask(self, role: RoleName, composed: str, answer: str, seed: int) -> None:
        prompt = prompt_for(role, self._profile.roles, composed, answer)
        self._texts.generate(role, prompt, seed=seed, temperature=self._profile.roles[role].temperature)


def _adapted(model: Any, place: Path) -> Any:
    quieten()
    from peft import PeftModel

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # peft asks transformers for properties by their old names
        return PeftModel.from_pretrained(model, str(place))
