"""Readers of the licensed text: each yields plain documents, cleaned, nothing copied to disk."""

from __future__ import annotations

import csv
import io
import json
import lzma
import random
import re
from collections.abc import Callable, Iterator
from pathlib import Path

from engine.training.errors import TrainingError, bad_row
from engine.training.text.leakage import HeldOut

_HANGUL = re.compile(r"[가-힣]")
_SPACES = re.compile(r"\s+")
_REPEATS = re.compile(r"(.)\1{3,}")
_ODD = re.compile(r"[一-鿿�<>{}|\\^~@#$%&*_=+`/]|https?|www\.")


def read_text(path: Path) -> str:
    """Read a UTF-8 file, `.xz` or plain.

    Raises:
        TrainingError: the file is missing, or is not UTF-8.
    """
    try:
        if path.suffix == ".xz":
            with lzma.open(path, "rt", encoding="utf-8") as stream:
                return stream.read()
        return path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        message = f"{path} is missing; set OHLORA_CORPORA_DIR to the folder of the licensed text."
        raise TrainingError(message) from error
    except (UnicodeDecodeError, lzma.LZMAError) as error:
        raise TrainingError(f"{path} is not readable UTF-8 text; fetch it again.") from error


def read_columns(path: Path, width: int, *, delimiter: str = "\t", header: bool = False) -> Iterator[list[str]]:
    """Yield the rows of a table, quotes taken literally in TSV.

    Raises:
        TrainingError: a row has fewer than `width` columns (file and line are named).
    """
    stream = io.StringIO(read_text(path), newline="")
    if delimiter == ",":
        rows = csv.reader(stream, delimiter=delimiter)
    else:
        rows = csv.reader(stream, delimiter=delimiter, quoting=csv.QUOTE_NONE)
    for row in rows:
        if header:
            header = False
            continue
        if not row:
            continue
        if len(row) < width:
            raise bad_row(path, rows.line_num, f"{len(row)} columns, expected {width}")
        yield row


def clean(text: str) -> str:
    """Make spaces single and shorten runs of one character to three."""
    return _REPEATS.sub(r"\1\1\1", _SPACES.sub(" ", text).strip())


def is_plain_korean(text: str, *, shortest: int = 4, longest: int = 160) -> bool:
    """Tell whether a text is ordinary Korean: mostly Hangul, no links, no mark-up, of a usable length."""
    if not shortest <= len(text) <= longest or _ODD.search(text):
        return False
    return len(_HANGUL.findall(text)) >= 0.55 * len(text.replace(" ", ""))


def _chatbot_data(root: Path) -> Iterator[str]:
    for row in read_columns(root / "chatbot_data/ChatbotData.csv.xz", 3, delimiter=",", header=True):
        yield f"{row[0]} {row[1]}"


def _komuchat(root: Path) -> Iterator[str]:
    for row in read_columns(root / "komuchat/komuchat.csv.xz", 4, delimiter=",", header=True):
        yield f"{row[1]} {row[2]}"


def _three_i4k(root: Path) -> Iterator[str]:
    for row in read_columns(root / "3i4k/fci.txt.xz", 2):
        if row[0] != "0":
            yield row[1]


def _stylekqc(root: Path) -> Iterator[str]:
    for row in read_columns(root / "stylekqc/act_train.tsv.xz", 2, header=True):
        yield row[1]


def _parakqc(root: Path) -> Iterator[str]:
    for row in read_columns(root / "parakqc/paraKQC_v1.txt.xz", 3):
        yield row[2]


def _question_pair(root: Path) -> Iterator[str]:
    for row in read_columns(root / "question_pair/train.txt.xz", 3, header=True):
        yield f"{row[0]} {row[1]}"


def _xpersona(root: Path) -> Iterator[str]:
    for name in ("ko_valid", "ko_test"):
        path = root / f"xpersona_ko/{name}.jsonl.xz"
        for number, line in enumerate(read_text(path).splitlines(), 1):
            try:
                row = json.loads(line)
            except json.JSONDecodeError as error:
                raise bad_row(path, number, "not JSON") from error
            yield from row["persona"]
            for said, answered in row["dialogue"]:
                yield f"{said} {answered}"


def _nsmc(root: Path) -> Iterator[str]:
    for row in read_columns(root / "nsmc_raw/nsmc_raw.tsv.xz", 3):
        yield row[2]


def _lines(name: str) -> Callable[[Path], Iterator[str]]:
    def read(root: Path) -> Iterator[str]:
        yield from read_text(root / name).splitlines()

    return read


def _copa(root: Path) -> Iterator[str]:
    for row in read_columns(root / "kobest/COPA_train.tsv.xz", 6, header=True):
        right = row[3] if row[5].strip() == "1" else row[4]
        yield f"{right} {row[1]}" if row[2] == "원인" else f"{row[1]} {right}"


# name -> (reader, most documents taken); colloquial sets first in weight.
CORPORA: dict[str, tuple[Callable[[Path], Iterator[str]], int]] = {
    "chatbot_data": (_chatbot_data, 12_000),
    "komuchat": (_komuchat, 31_000),
    "3i4k": (_three_i4k, 62_000),
    "stylekqc": (_stylekqc, 8_000),
    "parakqc": (_parakqc, 5_000),
    "question_pair": (_question_pair, 7_000),
    "xpersona": (_xpersona, 6_000),
    "copa": (_copa, 3_100),
    "common_voice": (_lines("common_voice_ko/sentence-collector.txt.xz"), 1_400),
    "korean_ambiguity": (_lines("korean_ambiguity/sentences.txt.xz"), 12_000),
    "nsmc": (_nsmc, 90_000),
}


def documents(root: Path, held_out: HeldOut, *, seed: int, share: float = 1.0) -> list[str]:
    """Collect cleaned documents of every corpus in a seeded order; `share` thins each corpus.

    Documents that contain or resemble a held-out sentence are left out.
    """
    chooser = random.Random(seed)
    kept: list[str] = []
    for reader, most in CORPORA.values():
        texts = list({text for raw in reader(root) if is_plain_korean(text := clean(raw))})
        texts.sort()
        chooser.shuffle(texts)
        kept += texts[: max(1, int(most * share))]
    chooser.shuffle(kept)
    return [text for text in kept if not held_out.resembles(text)]
