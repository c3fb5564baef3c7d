"""Plans: sentences that tell one (to be remembered) and questions that ask for one (to be recalled)."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from engine.training.errors import TrainingError
from engine.training.text.dialogues import Dialogue, random_time, tag_time
from engine.training.text.particles import attach, fill, with_eu, with_rieul

_GLAD = ("크게", "크게", "없음")
_CALM = ("보통", "보통", "없음")
_STARTS = (
    "",
    "",
    "",
    "나 ",
    "나 ",
    "나는 ",
    "아 맞다 ",
    "있잖아 ",
    "로라야 나 ",
    "로라야 ",
    "드디어 ",
    "그리고 ",
    "근데 나 ",
    "음 ",
)
_HOURS = ("아침", "점심", "저녁", "오전", "오후", "밤")
_TAILS = ("", "", "", "", "!", ".", " ㅎㅎ", " ㅋㅋ", "~", " 기대된다", " 신난다", " 어떡하지")


@dataclass(frozen=True, slots=True)
class PlanWords:
    """The words that plans are made of (`plans.json`)."""

    when: tuple[str, ...]
    who: tuple[str, ...]
    activity: tuple[str, ...]
    event: tuple[str, ...]
    hard: tuple[str, ...]
    recall: tuple[str, ...]
    owner: tuple[str, ...]
    owned: tuple[str, ...]
    place: tuple[str, ...]


def read_plan_words(path: Path, places: Sequence[str]) -> PlanWords:
    """Read `plans.json`.

    Raises:
        TrainingError: a list is missing.
    """
    try:
        table = json.loads(path.read_text(encoding="utf-8"))
        lists = {
            name: tuple(table[name])
            for name in ("when", "who", "activity", "event", "hard", "recall", "owner", "owned")
        }
    except (OSError, json.JSONDecodeError, KeyError, TypeError) as error:
        raise TrainingError(f"{path} lacks a word list ({error}); restore it from the repository.") from error
    return PlanWords(**lists, place=tuple(places))


@dataclass(frozen=True, slots=True)
class Plan:
    """One plan: `told` says it, `value` is what is remembered, `kind` decides how she answers."""

    when: str
    who: str
    kind: str  # "place", "activity" or "event"
    core: str
    told: str

    @property
    def value(self) -> str:
        """Return what is remembered, without the day."""
        noun = f"{self.core}기" if self.kind == "activity" else self.core
        return f"{self.who} {noun}".strip()


def draw_plan(words: PlanWords, nouns: Sequence[str], chooser: random.Random) -> Plan:
    """Draw a plan; three in ten take their noun from `nouns`, so that copying does not rest on lists."""
    when = chooser.choice(words.when)
    who = chooser.choice(words.who) if chooser.random() < 0.6 else ""
    kind = chooser.choices(("place", "activity", "event"), (4, 5, 4))[0]
    odd = bool(nouns) and chooser.random() < 0.3
    if kind == "place":
        core = chooser.choice(nouns if odd else words.place)
        told = _place_told(core, chooser)
    elif kind == "activity":
        core = (
            f"{chooser.choice(nouns)} {chooser.choice(('보', '먹', '사', '하', '구경하', '만들'))}"
            if odd
            else chooser.choice(words.activity)
        )
        told = _activity_told(core, chooser)
    else:
        who = who if chooser.random() < 0.35 else ""
        if chooser.random() < 0.3:
            who, core = "", f"{chooser.choice(words.owner)} {chooser.choice(words.owned)}"
        else:
            core = chooser.choice(nouns if odd else words.event)
        told = _event_told(core, chooser)
    day = attach(when, "에") if chooser.random() < 0.35 else when
    parts = [day, who, told] if not who or chooser.random() < 0.8 else [who, day, told]
    text = chooser.choice(_STARTS) + " ".join(part for part in parts if part) + chooser.choice(_TAILS)
    return Plan(when, who, kind, core, text)


def _place_told(place: str, chooser: random.Random) -> str:
    where = place if chooser.random() < 0.6 else f"{place}에"
    return f"{where} " + chooser.choice(
        (
            "가기로 했어",
            "갈 거야",
            "가려고",
            "가려고 해",
            "가",
            "가야 해",
            "가야 돼",
            "갈 예정이야",
            "가기로 약속했어",
            "갈 것 같아",
            "가자고 했어",
            "놀러 가",
            "놀러 가기로 했어",
            "갈 계획이야",
            "가기로 했거든",
            "가는데 뭐 입지?",
            "가기로 했다",
            "가요",
            "갈 생각이야",
            "들르려고",
            "가 보려고 해",
            "간다",
        )
    )


def _activity_told(stem: str, chooser: random.Random) -> str:
    going = with_rieul(stem)
    return chooser.choice(
        (
            f"{stem}기로 했어",
            f"{stem}기로 했어",
            f"{going} 거야",
            f"{going} 거야",
            f"{with_eu(stem, '려고')}",
            f"{with_eu(stem, '려고')} 해",
            f"{going} 예정이야",
            f"{stem}기로 약속했어",
            f"{going} 것 같아",
            f"{with_eu(stem, '러')} 가",
            f"{with_eu(stem, '러')} 갈 거야",
            f"{with_eu(stem, '러')} 가기로 했어",
            f"{stem}자고 했어",
            f"{going} 계획이야",
            f"{stem}기로 했거든",
            f"{stem}는 날이야",
            f"{stem}기로 했다",
            f"{going} 생각이야",
            f"{going} 거거든",
            f"{stem}기로 해서 신나",
        )
    )


def _event_told(event: str, chooser: random.Random) -> str:
    return chooser.choice(
        (
            f"{event} 가",
            f"{event} 가야 해",
            f"{event} 가기로 했어",
            f"{event} 있는 날",
            f"{event} 때문에 바빠",
            f"{attach(event, '이라서')} 준비해야 해",
            f"{attach(event, '이야')} 까먹으면 안 돼",
            f"{event} 있어",
            f"{event} 있어",
            f"{attach(event, '이')} 있어",
            f"{attach(event, '이야')}",
            f"{event} 잡혔어",
            f"{event} 있는 날이야",
            f"{event} 예정이야",
            f"{event} 있거든",
            f"{event} 있는데 떨려",
            f"{attach(event, '이')} 잡혔어",
            f"{event} 있다",
            f"{event} 있어요",
            f"{event} 있어서 바빠",
            f"{attach(event, '이')} 있을 예정이야",
            f"{attach(event, '이거든')}",
            f"{event} 있는데 걱정돼",
        )
    )


def told_dialogue(plan: Plan, words: PlanWords, chooser: random.Random) -> Dialogue:
    """Make the turn in which the plan is told."""
    with_whom = f"{plan.who} " if plan.who else ""
    answers: tuple[str, ...]
    if plan.kind == "place":
        answers = (
            f"{with_whom}{plan.core} 가는구나! 재밌겠다 😊",
            f"와 {with_whom}{plan.core} 좋겠다! 가서 뭐 할 거야? ✨",
            f"{plan.when} {plan.core} 가는구나! 기억해 둘게 😊",
            f"{plan.core} 가는 거 기대되겠다! 잘 다녀와 😆",
        )
    elif plan.kind == "activity":
        answers = (
            f"{with_whom}{plan.core}기로 했구나! 재밌겠다 😊",
            f"와 {plan.when} {with_rieul(plan.core)} 거구나! 기대되겠다 ✨",
            f"{with_whom}{plan.core}는 거 좋겠다! 기억해 둘게 😊",
            f"{plan.core}기로 했구나! 즐거운 시간 보내 😆",
        )
    elif plan.core in words.hard:
        answers = (
            f"{attach(plan.core, '이')} 있구나! 잘할 수 있어 💪",
            f"{plan.when} {attach(plan.core, '이라니')} 떨리겠다. 응원할게 ✨",
            f"{plan.core} 준비는 잘 돼 가? 힘내 😊",
        )
    else:
        answers = (
            f"{attach(plan.core, '이')} 있구나! 기억해 둘게 😊",
            f"{plan.when} {attach(plan.core, '이구나')}! 잘 다녀와 ✨",
            f"오 {plan.when} {attach(plan.core, '이')} 있구나! 준비는 다 했어? 😊",
        )
    return Dialogue(
        source=f"plan-{plan.kind}",
        said=plan.told,
        tagged=tag_time(plan.told, *random_time(chooser)),
        answer=chooser.choice(answers),
        memory=f"[{plan.when} 일정: {plan.value}]",
        summary=f"{plan.when} {plan.value} 일정이 있는 것을 알게 됨",
        expression=_CALM if plan.core in words.hard else _GLAD,
    )


def _shorter_day(when: str) -> str:
    """Name a day as people do when they ask for it: 이번 주 토요일 -> 토요일, 내일 저녁 -> 내일, 이번 주말 -> 주말."""
    day, _, hour = when.rpartition(" ")
    if hour in _HOURS:
        return day
    return when.removeprefix("이번 ").removeprefix("주 ")


def asked_dialogue(plan: Plan, words: PlanWords, chooser: random.Random) -> Dialogue:
    """Make the later turn that asks for the plan, with its memory line before the prompt."""
    when = plan.when
    if chooser.random() < 0.15:
        when = chooser.choice(("어제", f"{chooser.randint(1, 12)}월 {chooser.randint(1, 28)}일"))
    asked = _shorter_day(when) if chooser.random() < 0.4 else when
    said = fill(chooser.choice(words.recall), {"when": asked})
    if plan.kind == "activity":
        answers = (f"{when} {plan.value}로 했잖아! 😊", f"{attach(when, '에')} {plan.value}로 했지! 기대된다 ✨")
    elif plan.kind == "place":
        answers = (f"{when} {plan.value} 가기로 했잖아! 😊", f"{attach(when, '에')} {plan.value} 간다고 했지! ✨")
    else:
        answers = (
            f"{when} {plan.value} 있다고 했잖아! 😊",
            f"{attach(when, '에')} {attach(plan.value, '이')} 있지! 힘내 ✨",
        )
    return Dialogue(
        source="plan-asked",
        said=said,
        tagged=tag_time(said, *random_time(chooser)),
        answer=chooser.choice(answers),
        memory="",
        summary=f"{when} {plan.value} 일정을 알려 줌",
        expression=_GLAD,
        recalled=f"[{when} 일정: {plan.value}]",
    )


def unknown_dialogue(words: PlanWords, chooser: random.Random) -> Dialogue:
    """Make the turn that asks for a plan she was never told."""
    when = chooser.choice(words.when)
    said = fill(chooser.choice(words.recall), {"when": when})
    answer = chooser.choice(
        (
            f"{when} 일정은 아직 못 들었어! 무슨 계획 있어? 😊",
            f"{when} 계획은 아직 없는 것 같아. 나랑 놀까? 😆",
            "아직 들은 일정이 없어! 하고 싶은 거 있어? ✨",
            f"{attach(when, '에')} 푹 쉬는 건 어때? 😊",
        )
    )
    return Dialogue(
        source="plan-unknown",
        said=said,
        tagged=tag_time(said, *random_time(chooser)),
        answer=answer,
        memory="",
        summary=f"{when} 일정을 물어봐서 아직 모른다고 함",
        expression=_CALM,
    )
