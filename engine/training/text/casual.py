"""Turning polite answers of a licensed question-answer set into her casual speech."""

from __future__ import annotations

import random
import re
from pathlib import Path

from engine.training.text.corpora import clean, is_plain_korean, read_columns
from engine.training.text.dialogues import Dialogue
from engine.training.text.leakage import HeldOut

# Longest first; each rewrites the end of one sentence.
_ENDINGS: tuple[tuple[str, str], ...] = (
    ("하시길 바랄게요", "하길 바랄게"),
    ("하시길 바라요", "하길 바라"),
    ("하시길 바랍니다", "하길 바라"),
    ("보시는 건 어떨까요", "보는 건 어떨까"),
    ("보시는 것도 좋을 것 같아요", "보는 것도 좋을 것 같아"),
    ("이었으면 좋겠어요", "이었으면 좋겠어"),
    ("으세요", "어"),
    ("하세요", "해"),
    ("하지 마세요", "하지 마"),
    ("지 마세요", "지 마"),
    ("마세요", "마"),
    ("보세요", "봐"),
    ("가세요", "가"),
    ("오세요", "와"),
    ("드세요", "먹어"),
    ("주세요", "줘"),
    ("주무세요", "자"),
    ("쉬세요", "쉬어"),
    ("내세요", "내"),
    ("지세요", "져"),
    ("되세요", "돼"),
    ("이에요", "이야"),
    ("예요", "야"),
    ("에요", "야"),
    ("거에요", "거야"),
    ("인가요", "인가"),
    ("나요", "나"),
    ("까요", "까"),
    ("래요", "래"),
    ("네요", "네"),
    ("군요", "구나"),
    ("죠", "지"),
    ("지요", "지"),
    ("아요", "아"),
    ("어요", "어"),
    ("여요", "여"),
    ("해요", "해"),
    ("돼요", "돼"),
    ("되요", "돼"),
    ("워요", "워"),
    ("줘요", "줘"),
    ("와요", "와"),
    ("봐요", "봐"),
    ("가요", "가"),
    ("게요", "게"),
    ("데요", "데"),
    ("세요", ""),
    ("려요", "려"),
    ("져요", "져"),
    ("켜요", "켜"),
    ("내요", "내"),
    ("나요", "나"),
    ("라요", "라"),
    ("파요", "파"),
    ("빠요", "빠"),
    ("자요", "자"),
    ("마요", "마"),
    ("니까요", "니까"),
    ("거든요", "거든"),
    ("잖아요", "잖아"),
    ("합니다", "해"),
    ("됩니다", "돼"),
    ("입니다", "이야"),
    ("습니다", "어"),
    ("쳐요", "쳐"),
    ("겨요", "겨"),
    ("혀요", "혀"),
    ("러요", "러"),
    ("써요", "써"),
    ("커요", "커"),
    ("꺼요", "꺼"),
    ("뻐요", "뻐"),
)
_ORDERED = tuple(sorted((pair for pair in _ENDINGS if pair[1]), key=lambda pair: -len(pair[0])))
_SENTENCE = re.compile(r"[^.!?~]+[.!?~]*")
_MARKS = re.compile(r"[.!?~\s]+$")
# Rows in which the set speaks of itself, speaks formally, or that she answers in her own way.
_UNFIT = re.compile(
    r"위로봇|저는|제가|저도|저를|저랑|저한테|저에게|제 |당신|고객|"
    r"사랑해|사귀|결혼|좋아해|정치|대통령|이름|나이|로봇|사람이"
)
_EMOJI = (" 😊", " ✨", " 🙂", " 💪", "", "", "", "", "")


def to_casual(polite: str) -> str | None:
    """Rewrite a polite text as casual speech; None when a sentence has an ending that is not known."""
    sentences = []
    for match in _SENTENCE.finditer(polite):
        sentence = match[0].strip()
        tail = _MARKS.search(sentence)
        mark = tail[0].strip() if tail else ""
        core = _MARKS.sub("", sentence)
        if not core:
            continue
        changed = _casual_ending(core)
        if changed is None:
            return None
        sentences.append(changed + mark)
    return " ".join(sentences) or None


def _casual_ending(core: str) -> str | None:
    for polite, casual in _ORDERED:
        if core.endswith(polite):
            return core[: -len(polite)] + casual
    return None if core.endswith(("요", "다", "까", "오", "죠", "시")) else core


def casual_pairs(data_dir: Path, held_out: HeldOut, *, seed: int) -> list[Dialogue]:
    """Read the question-answer set and make dialogues of the rows that become natural casual speech."""
    chooser = random.Random(seed)
    dialogues = []
    for question, answer, _label in read_columns(
        data_dir / "chatbot_data/ChatbotData.csv.xz", 3, delimiter=",", header=True
    ):
        said, polite = clean(question), clean(answer)
        if (
            _UNFIT.search(said)
            or _UNFIT.search(polite)
            or held_out.resembles(said)
            or not is_plain_korean(said, shortest=2)
        ):
            continue
        casual = to_casual(polite)
        if casual is None or len(casual) < 4:
            continue
        shown = casual.rstrip(".") + chooser.choice(_EMOJI)
        memory = "" if said.endswith("?") else None
        dialogues.append(Dialogue("chatbot_data", said, said, shown, memory, None, None))
    return dialogues
