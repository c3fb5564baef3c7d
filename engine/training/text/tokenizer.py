"""The tokenizer of the mini profile: syllable-friendly BPE with byte fallback and the role markers as single tokens."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from tokenizers import AddedToken, Tokenizer
from tokenizers.decoders import ByteFallback, Fuse, Replace
from tokenizers.decoders import Sequence as DecoderSequence
from tokenizers.models import BPE
from tokenizers.normalizers import NFC
from tokenizers.pre_tokenizers import Digits, Metaspace, Punctuation
from tokenizers.pre_tokenizers import Sequence as PreTokenizerSequence
from tokenizers.processors import TemplateProcessing
from tokenizers.trainers import BpeTrainer
from transformers import PreTrainedTokenizerFast

from engine.training.errors import TrainingError
from engine.training.text.formats import BOS, EOS, MARKERS, PAD

VOCABULARY = 4096
SYLLABLES = 1750
EMOJI = (
    "😊😢🥺✨👩👱🌹🐹🍰🍜🍧🍕🍗🍦☕🎵🎧🎬🎮📚📖💻💪💖💕💤🌙⭐🌈🌸🌊☔❄🔥👍"
    "👏🙏😂🤣😅😆😄😍😳😡😭😴🤗🤔😋😎😉🙂🥰🎉🎁🐶🐱🏃🚶🚀✈🏖🏠🎤🎨🌞🍀🤖♀"
)
_BYTES = [f"<0x{value:02X}>" for value in range(256)]


def _pieces() -> PreTokenizerSequence:
    # "never": a text decodes to exactly itself, so prompt and output can be joined without counting characters.
    return PreTokenizerSequence(
        [Metaspace(prepend_scheme="never"), Digits(individual_digits=True), Punctuation(behavior="isolated")]
    )


def train_tokenizer(texts: Iterable[str], *, vocabulary: int = VOCABULARY, syllables: int = SYLLABLES) -> Tokenizer:
    """Train the tokenizer on `texts`; every text, known or not, decodes to itself (NFC)."""
    learner = Tokenizer(BPE())
    learner.pre_tokenizer = _pieces()
    named = [PAD, BOS, EOS, *MARKERS]
    trainer = BpeTrainer(
        vocab_size=vocabulary,
        special_tokens=[*named, *_BYTES],
        initial_alphabet=sorted({*EMOJI, "▁"}),
        limit_alphabet=syllables,
        min_frequency=3,
        show_progress=False,
    )
    learner.train_from_iterator(texts, trainer)
    learned = json.loads(learner.to_str())["model"]
    merges = [tuple(merge) for merge in learned["merges"]]
    tokenizer = Tokenizer(BPE(vocab=learned["vocab"], merges=merges, byte_fallback=True))
    tokenizer.normalizer = NFC()
    tokenizer.pre_tokenizer = _pieces()
    tokenizer.decoder = DecoderSequence([Replace("▁", " "), ByteFallback(), Fuse()])
    tokenizer.add_special_tokens([AddedToken(name, special=True, normalized=False) for name in (PAD, BOS, EOS)])
    # Not special: they must stay in the decoded text, since generation stops on the text of the end marker.
    tokenizer.add_tokens([AddedToken(marker, special=False, normalized=False) for marker in MARKERS])
    tokenizer.post_processor = TemplateProcessing(
        single=f"{BOS} $A", special_tokens=[(BOS, tokenizer.token_to_id(BOS))]
    )
    return tokenizer


def save_tokenizer(tokenizer: Tokenizer, folder: Path, *, longest: int, padding_side: str = "left") -> None:
    """Write the tokenizer in the layout that transformers' AutoTokenizer reads."""
    wrapped = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        bos_token=BOS,
        eos_token=EOS,
        pad_token=PAD,
        model_max_length=longest,
        clean_up_tokenization_spaces=False,
        padding_side=padding_side,
    )
    wrapped.save_pretrained(folder)


def token_id(tokenizer: Tokenizer, text: str) -> int:
    """Return the id of one token of the vocabulary.

    Raises:
        TrainingError: the tokenizer has no such token.
    """
    found = tokenizer.token_to_id(text)
    if found is None:
        raise TrainingError(f"The tokenizer has no token {text!r}; make it again with the step `tokenizer`.")
    return int(found)


def load_tokenizer(folder: Path) -> Tokenizer:
    """Read `tokenizer.json` of a folder."""
    return Tokenizer.from_file(str(folder / "tokenizer.json"))
