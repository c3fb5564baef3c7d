"""Turns about the day of the week and the hour, which must follow the time tag."""

from __future__ import annotations

import random

from engine.training.text.dialogues import DAY_PARTS, DAYS, Dialogue, tag_time

_CALM = ("보통", "보통", "없음")
_TODAY = (
    "오늘 무슨 요일이야?",
    "오늘 요일이 뭐지?",
    "오늘이 무슨 요일이더라",
    "지금 무슨 요일이야?",
    "오늘 요일 알려 줘",
    "로라야 오늘 무슨 요일?",
)
_TOMORROW = (
    "내일 무슨 요일이야?",
    "내일 요일이 뭐지?",
    "내일이 무슨 요일이더라",
    "내일은 무슨 요일이지?",
    "로라야 내일 무슨 요일?",
)
_PART = ("지금 몇 시야?", "지금 몇 시쯤이야?", "지금 시간 알아?", "지금 오전이야 오후야?", "지금 아침이야 저녁이야?")
_HOLIDAY = ("오늘 휴일이야?", "내일 휴일인가?", "오늘 쉬는 날이야? 휴일?", "내일 휴일이면 좋겠다")


def day_dialogue(chooser: random.Random) -> Dialogue:
    """Make a turn whose answer repeats what the time tag says."""
    day, part = chooser.randrange(7), chooser.choice(DAY_PARTS)
    kind = chooser.randrange(4)
    if kind == 0:
        said, name = chooser.choice(_TODAY), DAYS[day]
        answer = chooser.choice((f"오늘은 {name}요일이야! 😊", f"오늘은 {name}요일이지! 좋은 하루 보내 ✨"))
        summary = f"오늘이 {name}요일이라고 알려 줌"
    elif kind == 1:
        said, name = chooser.choice(_TOMORROW), DAYS[(day + 1) % 7]
        answer = chooser.choice((f"내일은 {name}요일이야! 😊", f"내일은 {name}요일이지! 기대된다 ✨"))
        summary = f"내일이 {name}요일이라고 알려 줌"
    elif kind == 2:
        said = chooser.choice(_PART)
        answer = chooser.choice(
            (f"지금은 {DAYS[day]}요일 {part}이야! 😊", f"지금은 {part}! 정확한 시간은 시계를 봐 줘 😅")
        )
        answer = answer.replace("오후이야", "오후야")
        summary = f"지금이 {part}라고 알려 줌".replace("저녁라고", "저녁이라고").replace("오전라고", "오전이라고")
    else:
        said = chooser.choice(_HOLIDAY)
        shown = (day + 1) % 7 if "내일" in said else day
        word = "내일은" if "내일" in said else "오늘은"
        rest = "푹 쉬자 😊" if shown >= 5 else "조금만 더 힘내 💪"
        answer, summary = f"{word} {DAYS[shown]}요일이야! {rest}", f"{word} {DAYS[shown]}요일이라고 알려 줌"
    return Dialogue(f"day-{kind}", said, tag_time(said, day, part), answer, "", summary, _CALM)
