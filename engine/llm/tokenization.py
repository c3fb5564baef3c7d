"""A role's tokenizer: prompts to token ids, new ids to text, and a quick look whether a token may end a stop text."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tokenizers import Tokenizer

from engine.errors import EngineError

TOKENIZER_FILE = "tokenizer.json"


class Tokenization:
    """Thread-safe: nothing here changes the tokenizer after it is made."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        tokenizer.no_padding()
        tokenizer.no_truncation()
        self._tokenizer = tokenizer
        self._may_end: dict[tuple[str, int], bool] = {}

    def encode(self, text: str) -> list[int]:
        """Return token ids, with the special tokens that the tokenizer adds."""
        return list(self._tokenizer.encode(text).ids)

    def count(self, text: str) -> int:
        """Return the number of tokens of `encode`."""
        return len(self._tokenizer.encode(text).ids)

    def decode(self, ids: Sequence[int]) -> str:
        """Return the text of new tokens, special tokens left out."""
        return str(self._tokenizer.decode(list(ids), skip_special_tokens=True))

    def ends_with_stop(self, ids: Sequence[int], stop: str) -> bool:
        """Tell whether the stop text has come with the last of these new tokens."""
        return self._could_end(stop, ids[-1]) and stop in self.decode(ids)

    def _could_end(self, stop: str, token: int) -> bool:
        last = stop[-1]
        if not last.isascii():  # its bytes may lie in several tokens
            return True
        known = self._may_end.get((stop, token))
        if known is None:
            known = self._may_end[stop, token] = last in self.decode((token,))
        return known


def load_tokenization(*folders: Path) -> Tokenization:
    """Load the tokenizer from the first folder that has one.

    Raises:
        EngineError: none has one, or it is damaged.
    """
    for folder in folders:
        path = folder / TOKENIZER_FILE
        if path.is_file():
            try:
                return Tokenization(Tokenizer.from_file(str(path)))
            except Exception as error:  # the library raises bare Exception
                raise EngineError(f"The tokenizer {path} is damaged ({error}); fetch it again") from error
    raise EngineError(f"There is no {TOKENIZER_FILE} in {folders[0]}; fetch the weights again")
