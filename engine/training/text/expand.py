"""The seeded expander: frames, plans and day talk become many distinct dialogues of one split."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from engine.training.text.day_talk import day_dialogue
from engine.training.text.dialogues import Dialogue, random_time, tag_time
from engine.training.text.endings import vary_ending, vary_start
from engine.training.text.frames import Frame, Part
from engine.training.text.leakage import HeldOut
from engine.training.text.particles import fill, slots_of
from engine.training.text.plans import PlanWords, asked_dialogue, draw_plan, told_dialogue, unknown_dialogue

_STARTS = ("로라야 ", "로라야 ", "있잖아 ", "근데 ", "아 ", "음 ", "저기 ", "오로라야 ", "그런데 ", "야 ")
_ENDS = ("!", ".", "~", "..", " ㅎㅎ", " ㅋㅋ")
_SAD_ENDS = (" ㅠㅠ", "...", " ㅜㅜ", " 하...", ".")
# Slots in which any noun makes sense as a thing to remember.
_OPEN_SLOTS = ("food", "hobby", "item", "trip", "place", "game", "animal")
_PLAN_KINDS = ("told", "asked", "unknown", "day")
_PLAN_SHARES = (26, 9, 2, 3)


@dataclass(frozen=True, slots=True)
class World:
    """Everything dialogues are made of."""

    frames: tuple[Frame, ...]
    fillers: Mapping[str, Sequence[str]]
    plans: PlanWords
    nouns: tuple[str, ...] = ()


def expand(
    world: World, part: Part, count: int, held_out: HeldOut, *, seed: int, plan_share: float = 0.3
) -> list[Dialogue]:
    """Make up to `count` distinct dialogues of a split; `plan_share` of them tell or ask for plans.

    Frames of another split are never touched. Dialogues that resemble a held-out sentence are left out.
    """
    chooser = random.Random(f"{seed}-{part}")
    frames = [frame for frame in world.frames if frame.part == part]
    weights = [_weight(frame) for frame in frames]
    summaries = [frame.summary for frame in frames]
    made: dict[tuple[str, str], Dialogue] = {}
    for _ in range(count * 4):
        if len(made) >= count:
            break
        if not frames or chooser.random() < plan_share:
            dialogue = _plan_dialogue(world, chooser)
        else:
            dialogue = _frame_dialogue(chooser.choices(frames, weights)[0], world, chooser)
        if held_out.resembles(dialogue.said):
            continue
        if not dialogue.recalled and not dialogue.after and summaries and chooser.random() < 0.25:
            other = chooser.choice(summaries)
            dialogue = replace(dialogue, after=fill(other, _words(slots_of(other), world, chooser, odd=False)))
        made.setdefault((dialogue.composed(), dialogue.answer), dialogue)
    return list(made.values())


def _weight(frame: Frame) -> float:
    texts = len(frame.said) * len(frame.answers)
    return (
        1.0
        + 0.08 * texts
        + (1.5 if any("{" in text for text in frame.said) else 0.0)
        + (1.5 if frame.recalled else 0.0)
    )


def _plan_dialogue(world: World, chooser: random.Random) -> Dialogue:
    kind = chooser.choices(_PLAN_KINDS, _PLAN_SHARES)[0]
    if kind == "day":
        return day_dialogue(chooser)
    if kind == "unknown":
        return unknown_dialogue(world.plans, chooser)
    plan = draw_plan(world.plans, world.nouns, chooser)
    return told_dialogue(plan, world.plans, chooser) if kind == "told" else asked_dialogue(plan, world.plans, chooser)


def _words(slots: set[str], world: World, chooser: random.Random, *, odd: bool) -> dict[str, str]:
    words = {}
    for slot in sorted(slots):
        kind = slot.rstrip("2")
        words[slot] = chooser.choice(world.nouns if odd and kind in _OPEN_SLOTS else world.fillers[kind])
    if {"country", "capital"} & slots:
        index = chooser.randrange(len(world.fillers["country"]))
        words |= {"country": world.fillers["country"][index], "capital": world.fillers["capital"][index]}
    return words


def _frame_dialogue(frame: Frame, world: World, chooser: random.Random) -> Dialogue:
    said, answer = chooser.choice(frame.said), chooser.choice(frame.answers)
    texts = (said, answer, frame.summary, frame.memory or "", frame.after or "", frame.recalled or "")
    remembers = frame.memory is not None or frame.recalled is not None
    odd = remembers and bool(world.nouns) and chooser.random() < 0.1
    words = _words(set().union(*map(slots_of, texts)), world, chooser, odd=odd)
    text = _varied(fill(said, words), frame.expression[0] == "작게", chooser)
    # A statement that a question word cannot answer ("{food} 알아?") leaves nothing to remember.
    memory = f"[{fill(frame.memory, words)}]" if frame.memory and not text.endswith("?") else ""
    return Dialogue(
        source=frame.frame_id,
        said=text,
        tagged=tag_time(text, *random_time(chooser)),
        answer=fill(answer, words),
        memory=memory,
        summary=fill(frame.summary, words),
        expression=frame.expression,
        recalled=f"[{fill(frame.recalled, words)}]" if frame.recalled else None,
        after=fill(frame.after, words) if frame.after else None,
    )


def _varied(text: str, sad: bool, chooser: random.Random) -> str:
    if chooser.random() < 0.5:
        text = vary_ending(text, chooser)
    if " " in text and chooser.random() < 0.12:
        text = vary_start(text, chooser)
    if chooser.random() < 0.2:
        text = chooser.choice(_STARTS) + text
    if text.endswith("?"):
        return text[:-1] if chooser.random() < 0.25 else text
    if chooser.random() < 0.3:
        text += chooser.choice(_SAD_ENDS if sad else _ENDS)
    return text
