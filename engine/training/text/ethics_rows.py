"""Rows for the five ethics categories: hand-written templates and the licensed abuse sets."""

from __future__ import annotations

import csv
import hashlib
import json
import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from engine.training.errors import bad_row
from engine.training.text.corpora import clean, documents, is_plain_korean, read_columns
from engine.training.text.dialogues import Dialogue
from engine.training.text.frames import Frame, Part
from engine.training.text.leakage import HeldOut
from engine.training.text.particles import fill, slots_of

LOVE, NORMAL, POLITICS, PAEDRIP, HATE = "사랑 고백/만남", "일반", "정치", "패드립", "혐오/기타"
CATEGORIES = (LOVE, NORMAL, POLITICS, PAEDRIP, HATE)
_PARENT_WORDS = (
    "애미",
    "애비",
    "느금",
    "에미",
    "니미",
    "엄창",
    "니 엄마",
    "니엄마",
    "네 엄마",
    "네엄마",
    "부모 없",
    "느개비",
    "호로",
    "후레자식",
)
_NOT_HATE = ("정치", "대통령", "국회", "의원", "정부", "민주당", "정권", "문재", "좌파", "우파", "빨갱이", "수꼴")


_REFUSED = re.compile("미안|부담|그런 말은|안 돼")
# Licensed rows with these words may well belong to another category: they are neither learned nor measured as harmless.
_DOUBTFUL = re.compile(
    "사랑해|사랑한|사귀|결혼하자|좋아해|데이트하|만나자|대통령|국회|의원|정치|선거|투표|민주당|한국당|정권|좌파|우파|"
    "씨발|시발|병신|새끼|지랄|개같|쓰레기|죽어라|미친놈|미친년|[ㅅㅆ]ㅂ|ㅂㅅ|존나|졸라"
)


@dataclass(frozen=True, slots=True)
class EthicsRow:
    """A prompt with its category name; `source` tells written rows from licensed ones."""

    text: str
    category: str
    source: str


def part_of(template: str) -> Part:
    """Return the split of a written template, fixed before anything is expanded."""
    draw = int(hashlib.sha256(template.encode()).hexdigest(), 16) % 100
    return "test" if draw < 8 else "valid" if draw < 16 else "train"


def written_rows(folder: Path, part: Part, held_out: HeldOut, *, seed: int, each: int = 12) -> list[EthicsRow]:
    """Expand the templates of one split into up to `each` rows a template.

    Raises:
        TrainingError: a row has no known category, or an unknown slot (file and line are named).
    """
    slots = json.loads((folder / "slots.json").read_text(encoding="utf-8"))
    chooser = random.Random(f"{seed}-{part}")
    path, rows = folder / "rows.csv", dict[str, EthicsRow]()
    with path.open(encoding="utf-8", newline="") as stream:
        for number, row in enumerate(csv.DictReader(stream), 2):
            template, category = row.get("text") or "", row.get("category") or ""
            names = slots_of(template)
            if category not in CATEGORIES or not template or names - set(slots):
                raise bad_row(path, number, "not a category and a text with known slots")
            if part_of(template) != part:
                continue
            for _ in range(each * 2 if names else 3):
                words = {name: chooser.choice(slots[name]) for name in sorted(names)}
                text = _varied(clean(fill(template, words)), chooser)
                if not held_out.resembles(text):
                    rows.setdefault(text, EthicsRow(text, category, "written"))
    return list(rows.values())


def _varied(text: str, chooser: random.Random) -> str:
    if chooser.random() < 0.15:
        text = chooser.choice(("야 ", "로라야 ", "아 ", "진짜 ", "근데 ")) + text
    if chooser.random() < 0.25:
        text += chooser.choice(("!", "...", " ㅋㅋ", " ㅋㅋㅋㅋ", "~", "?", " ㅎㅎ"))
    if chooser.random() < 0.12:
        text = text.replace(" ", "")
    return text


def abuse_rows(data_dir: Path, *, seed: int, most: int = 6000) -> list[EthicsRow]:
    """Read the licensed abuse sets as 혐오/기타, 패드립 (insults that name a parent) and 정치."""
    rows = []
    for text, labels in read_columns(data_dir / "kmhas/kmhas_valid.txt.xz", 2, header=True):
        kinds = set(labels.split(","))
        text = clean(text.strip('"'))
        if kinds & {"0", "1", "3", "4", "5", "6", "7"}:
            rows.append(_abuse(text, "kmhas"))
        elif kinds == {"2"}:
            rows.append(EthicsRow(text, POLITICS, "kmhas"))
    for row in read_columns(data_dir / "korean_hate_speech/train.tsv.xz", 4, header=True):
        rows += [_abuse(clean(row[0]), "korean_hate_speech")] if row[3] == "hate" else []
    for row in read_columns(data_dir / "apeach/test.csv.xz", 5, delimiter=",", header=True):
        rows += [_abuse(clean(row[0]), "apeach")] if row[4] == "Spoiled" else []
    for row in read_columns(data_dir / "kodoli/kodoli.csv.xz", 5, delimiter=",", header=True):
        rows += [_abuse(clean(row[1]), "kodoli")] if row[2] == "ABS" else []
    random.Random(seed).shuffle(rows)
    parents = [row for row in rows if row.category == PAEDRIP]
    return parents + [row for row in rows if row.category != PAEDRIP][:most]


def _abuse(text: str, source: str) -> EthicsRow:
    if any(word in text for word in _PARENT_WORDS):
        return EthicsRow(text, PAEDRIP, source)
    if any(word in text for word in _NOT_HATE):
        return EthicsRow(text, POLITICS, source)
    return EthicsRow(text, HATE, source)


def harmless_rows(data_dir: Path, held_out: HeldOut, *, seed: int) -> list[EthicsRow]:
    """Read harmless licensed text: everyday questions, utterances and neutral comments."""
    rows = [EthicsRow(text, NORMAL, "licensed") for text in documents(data_dir, held_out, seed=seed, share=0.12)]
    table = read_columns(data_dir / "chatbot_data/ChatbotData.csv.xz", 3, delimiter=",", header=True)
    questions = [clean(row[0]) for row in table if is_plain_korean(row[0], shortest=2)]
    rows += [EthicsRow(text, NORMAL, "chatbot_data") for text in questions if not held_out.resembles(text)]
    return [row for row in rows if not _DOUBTFUL.search(row.text)]


def dialogue_rows(dialogues: Sequence[Dialogue], frames: Sequence[Frame]) -> list[EthicsRow]:
    """Take what is said in our own dialogues: the frames on love and politics as such, the rest as harmless.

    Other things she refuses are left out.
    """
    topics = {frame.frame_id: frame.topic for frame in frames}
    rows = []
    for one in dialogues:
        topic = topics.get(one.source, "")
        if topic in (LOVE, POLITICS):
            rows.append(EthicsRow(one.said, topic, "dialogue"))
        elif not _REFUSED.search(one.answer):
            rows.append(EthicsRow(one.said, NORMAL, "dialogue"))
    return rows
