"""Other ways to end what a person says, so that a frame does not rest on one ending."""

from __future__ import annotations

import random

from engine.training.text.particles import final_letter

_DOUBLE_SIOT = 20  # index of ㅆ among the final letters: 했, 갔, 있 ...
_AFTER_PAST = ("어", "어", "다", "네", "는데", "거든", "음", "지 뭐야", "어요", "단 말이야", "더라", "네요")
_ASKED_AFTER_PAST = ("어?", "니?", "나?", "냐?", "을까?", "어요?", "는지 알아?")
# Whole endings with the forms that mean the same; the first is looked for.
_SAME: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("싶어", ("싶어", "싶다", "싶네", "싶은데", "싶어요", "싶당")),
    ("좋아", ("좋아", "좋다", "좋네", "좋더라", "좋아요")),
    ("싫어", ("싫어", "싫다", "싫네", "싫은데", "싫어요")),
    ("아파", ("아파", "아프다", "아프네", "아픈데", "아파요")),
    ("힘들어", ("힘들어", "힘들다", "힘드네", "힘들어요", "힘든 것 같아")),
    ("어려워", ("어려워", "어렵다", "어렵네", "어려운 것 같아")),
    ("피곤해", ("피곤해", "피곤하다", "피곤하네", "피곤해요")),
    ("심심해", ("심심해", "심심하다", "심심하네", "심심한데")),
    ("우울해", ("우울해", "우울하다", "우울하네", "우울한 기분이야")),
    ("좋아해", ("좋아해", "좋아한다", "좋아하거든", "좋아해요", "좋아하는 편이야")),
    ("없어", ("없어", "없다", "없네", "없는데", "없어요")),
    ("뭐야?", ("뭐야?", "뭐지?", "뭐니?", "뭐예요?", "뭔데?", "뭘까?")),
    ("어때?", ("어때?", "어떨까?", "어떠니?", "어떤데?", "어때요?")),
    ("누구야?", ("누구야?", "누구니?", "누구지?", "누군데?")),
    ("언제야?", ("언제야?", "언제니?", "언제지?", "언젠데?")),
    ("어디야?", ("어디야?", "어디니?", "어디지?", "어딘데?")),
    ("좋아해?", ("좋아해?", "좋아하니?", "좋아하냐?", "좋아해요?", "좋아하나?")),
    ("할까?", ("할까?", "하지?", "하면 좋을까?", "하는 게 좋을까?")),
    ("먹지?", ("먹지?", "먹을까?", "먹으면 좋을까?", "먹는 게 좋을까?")),
    ("알려 줘", ("알려 줘", "알려줘", "말해 줘", "가르쳐 줘", "알려 줄래?", "알려 주라")),
    ("추천해 줘", ("추천해 줘", "추천해줘", "추천 좀", "추천해 줄래?", "추천 부탁해", "추천해 주라")),
    ("해 줘", ("해 줘", "해줘", "해 줄래?", "해 주라", "좀 해 줘")),
)
_TELLING = ("오늘 ", "요즘 ", "나 ", "나 오늘 ", "나 요즘 ", "아까 ", "진짜 ", "사실 ", "나 진짜 ", "그냥 ")


def vary_ending(text: str, chooser: random.Random) -> str:
    """Give the last word another ending of the same meaning, where one is known."""
    for ending, others in _SAME:
        if text.endswith(ending):
            return text[: -len(ending)] + chooser.choice(others)
    if text.endswith("어?") and len(text) > 2 and final_letter(text[-3]) == _DOUBLE_SIOT:
        return text[:-2] + chooser.choice(_ASKED_AFTER_PAST)
    if text.endswith("어") and len(text) > 1 and final_letter(text[-2]) == _DOUBLE_SIOT:
        return text[:-1] + chooser.choice(_AFTER_PAST)
    return text


def vary_start(text: str, chooser: random.Random) -> str:
    """Put a common opening before a statement that has none."""
    if text.endswith("?") or text.split(" ")[0].strip() in {
        "오늘",
        "나",
        "나는",
        "요즘",
        "아까",
        "방금",
        "내",
        "우리",
        "너",
        "너는",
    }:
        return text
    return chooser.choice(_TELLING) + text
