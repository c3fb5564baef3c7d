"""A tiny stand-in for the folder of licensed text, in the forms of the real sets."""

from __future__ import annotations

import csv
import io
import json
import lzma
import random
from pathlib import Path

WHO = ("친구가", "엄마가", "동생이", "선생님이", "우리 팀이", "고양이가", "아빠가", "누나가")
WHAT = ("영화를", "빵을", "노래를", "사진을", "숙제를", "선물을", "산책을", "커피를", "그림을", "편지를")
DID = ("봤어요.", "샀어요.", "좋아해요.", "시작했어요.", "끝냈어요.", "찾고 있어요.", "만들었어요.")


def _sentence(chooser: random.Random) -> str:
    return f"{chooser.choice(WHO)} {chooser.choice(WHAT)} {chooser.choice(DID)}"


def write_licensed_text(root: Path) -> Path:
    """Write every set the text steps read, a few dozen rows each."""
    chooser = random.Random(1)

    def put(name: str, rows: list[list[str]], delimiter: str = "\t") -> None:
        stream = io.StringIO()
        if delimiter == ",":
            csv.writer(stream, lineterminator="\n").writerows(rows)
        else:
            stream.write("".join(delimiter.join(row) + "\n" for row in rows))
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if name.endswith(".xz"):
            with lzma.open(path, "wt", encoding="utf-8") as target:
                target.write(stream.getvalue())
        else:
            path.write_text(stream.getvalue(), encoding="utf-8")

    def many(count: int, *columns: str) -> list[list[str]]:
        return [[_sentence(chooser) if column == "?" else column for column in columns] for _ in range(count)]

    put("chatbot_data/ChatbotData.csv.xz", [["Q", "A", "label"], *many(80, "?", "?", "0")], ",")
    put("komuchat/komuchat.csv.xz", [["tag", "Q", "A", "src"], *many(40, "x", "?", "?", "x")], ",")
    put("3i4k/fci.txt.xz", many(60, "1", "?"))
    put("stylekqc/act_train.tsv.xz", [["act", "sentence"], *many(100, "0", "?")])
    put("parakqc/paraKQC_v1.txt.xz", many(40, "0", "0", "?"))
    put("question_pair/train.txt.xz", [["question1", "question2", "is_duplicate"], *many(30, "?", "?", "0")])
    for name in ("ko_valid", "ko_test"):
        row = json.dumps({"persona": [_sentence(chooser)], "dialogue": [[_sentence(chooser), _sentence(chooser)]]})
        put(f"xpersona_ko/{name}.jsonl.xz", [[row]])
    put("kobest/COPA_train.tsv.xz", [["ID", "s", "q", "1", "2", "A"], *many(20, "1", "?", "원인", "?", "?", "1")])
    put("common_voice_ko/sentence-collector.txt.xz", many(20, "?"))
    put("korean_ambiguity/sentences.txt.xz", many(40, "?"))
    put("nsmc_raw/nsmc_raw.tsv.xz", many(60, "1", "9", "?"))
    header = ["genre", "filename", "year", "id", "score", "sentence1", "sentence2"]
    for name in ("train", "test"):
        rows = [["g", "f", "y", "1", str(index % 6), _sentence(chooser), _sentence(chooser)] for index in range(40)]
        put(f"korsts/sts-{name}.tsv.xz", [header, *rows])
    put("kmhas/kmhas_valid.txt.xz", [["document", "label"], *many(10, "?", "3"), *many(10, "?", "2")])
    put("korean_hate_speech/train.tsv.xz", [["comments", "gender", "bias", "hate"], *many(10, "?", "no", "no", "hate")])
    put("apeach/test.csv.xz", [["text", "a", "g", "t", "class"], *many(10, "?", "1", "f", "t", "Spoiled")], ",")
    put("kodoli/kodoli.csv.xz", [["i", "s", "abuse", "sent", "off"], *many(10, "1", "?", "ABS", "NEG", "OFFEN")], ",")
    return root
