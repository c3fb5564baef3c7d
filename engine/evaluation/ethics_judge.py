"""A profile's ethics encoder alone, for measuring it without loading the rest of her."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from engine.assembly import choose_device
from engine.llm.loading import find_folder
from engine.profile_types import Profile
from engine.profiles import load_profile
from engine.sbert.encoder import BatchedEncoder, SentenceBert, Vectors
from engine.sbert.verdict import Judge


def load_judge(name: str, weights_dir: Path, device: str) -> tuple[Judge, Profile]:
    """Load the judgement of a profile.

    Raises:
        EngineError: there is no such profile, or its ethics encoder is missing or broken.
    """
    profile = load_profile(name, weights_dir)
    folder = find_folder(weights_dir, profile.encoders["ethics"], "config.json", "ethics encoder", profile.name)
    core = SentenceBert.load(folder, str(choose_device(device)))

    async def encode(texts: Iterable[str]) -> list[Vectors]:
        return list(core.encode_batch(list(texts)))

    return Judge(BatchedEncoder(core, encode), profile.least_hangul), profile
