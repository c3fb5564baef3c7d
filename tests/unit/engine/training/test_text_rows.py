from __future__ import annotations

import json
import random
from dataclasses import replace
from pathlib import Path

import pytest

from engine.training.errors import TrainingError
from engine.training.text import formats
from engine.training.text.casual import to_casual
from engine.training.text.dialogues import ROLES, Dialogue
from engine.training.text.endings import vary_ending, vary_start
from engine.training.text.ethics_rows import CATEGORIES, LOVE, PAEDRIP, dialogue_rows, part_of, written_rows
from engine.training.text.expand import World, expand
from engine.training.text.frames import read_fillers, read_frames
from engine.training.text.leakage import HeldOut
from engine.training.text.memory_pairs import agreement, key_of, written_questions
from engine.training.text.plans import draw_plan, read_plan_words, told_dialogue

DATA = Path(__file__).resolve().parents[4] / "weights" / "mini" / "data"


@pytest.fixture(scope="module")
def world() -> World:
    fillers = read_fillers(DATA / "fillers.json")
    frames = read_frames(DATA / "frames", fillers)
    return World(tuple(frames), fillers, read_plan_words(DATA / "plans.json", fillers["place"]), ("자원봉사", "양파"))


@pytest.fixture(scope="module")
def held_out() -> HeldOut:
    return HeldOut.read(DATA.parent / "held_out.txt")


def test_the_same_seed_gives_the_same_distinct_dialogues(world: World, held_out: HeldOut) -> None:
    first = expand(world, "train", 600, held_out, seed=4)
    assert first == expand(world, "train", 600, held_out, seed=4)
    assert first != expand(world, "train", 600, held_out, seed=5)
    assert len({(one.composed(), one.answer) for one in first}) == len(first) == 600


def test_fifty_thousand_distinct_dialogues_can_be_made(world: World, held_out: HeldOut) -> None:
    assert len(expand(world, "train", 50_000, held_out, seed=1)) == 50_000


def test_no_frame_is_in_two_splits(world: World, held_out: HeldOut) -> None:
    parts = {part: expand(world, part, 300, held_out, seed=1, plan_share=0.0) for part in ("train", "valid", "test")}
    sources = {part: {one.source for one in made} for part, made in parts.items()}
    assert all(sources.values())
    assert not sources["train"] & sources["valid"]
    assert not sources["train"] & sources["test"]


def test_no_slot_is_left_open(world: World, held_out: HeldOut) -> None:
    for one in expand(world, "train", 3000, held_out, seed=2):
        for role in ROLES:
            row = one.row(role)
            assert row is None or not {"{", "}"} & set("".join(row)), row


def test_no_training_row_resembles_a_held_out_sentence(world: World, held_out: HeldOut) -> None:
    made = expand(world, "train", 5000, held_out, seed=3)
    assert not [one.said for one in made if held_out.resembles(one.said)]


def test_near_copies_are_found() -> None:
    held_out = HeldOut(["바다에 조개 주우러 갈래", "밤에 별 봐"])
    assert held_out.resembles("바다에 조개 주우러 갈래?")
    assert held_out.resembles("근데 바다에 조개 주우러 갈까")
    assert not held_out.resembles("바다에 가고 싶어")
    assert not held_out.resembles("밤에 뭐 해")


def test_a_told_plan_is_remembered_with_its_own_words(world: World) -> None:
    chooser = random.Random(6)
    for _ in range(300):
        plan = draw_plan(world.plans, world.nouns, chooser)
        one = told_dialogue(plan, world.plans, chooser)
        assert one.memory is not None
        assert key_of(one.memory) == f"{plan.when} 일정"
        assert plan.who in one.said
        assert plan.core[:2] in one.said
        assert plan.value in one.memory
        assert one.memory.count(":") == 1


def test_the_rows_of_a_role_read_as_at_run_time() -> None:
    one = Dialogue("x", "안녕", "안녕", "반가워!", "", "인사함", ("크게", "보통", "없음"), after="전 이야기")
    assert one.composed() == "(오로라 답변 요약) 전 이야기 (사용자 질문) 안녕"
    assert one.row("output_message") == (f"{one.composed()} (답변 시작)", " 반가워! (답변 종료)")
    assert one.row("memory") == (f"{one.composed()} (요약 시작)", " (요약 종료)")
    assert one.row("summary") == (
        f"{one.composed()} (오로라 답변) 반가워!  (요약 시작)",
        " 인사함 (요약 종료)",
    )
    assert one.row("eyes_mouth_pose") == (
        " 반가워!  (표정 출력 시작)",
        " 눈 크게, 입 보통, 고개 돌림 없음 (표정 출력 종료)",
    )
    recalled = replace(one, recalled="[취미: 등산]")
    assert recalled.composed() == "[취미: 등산] 안녕"
    assert formats.ANSWER_END in str(recalled.row("output_message"))


@pytest.mark.parametrize(
    ("polite", "casual"),
    [
        ("좋은 생각이네요.", "좋은 생각이네."),
        ("푹 쉬세요!", "푹 쉬어!"),
        ("맛있게 드세요", "맛있게 먹어"),
        ("그럴 수 있어요. 힘내세요.", "그럴 수 있어. 힘내."),
        ("이것은 규정입니다만 곧 바뀌오", None),
    ],
)
def test_polite_answers_become_casual(polite: str, casual: str | None) -> None:
    assert to_casual(polite) == casual


def test_plans_of_one_day_belong_together() -> None:
    assert agreement("내일 일정", "내일 일정") == 1
    assert agreement("내일 일정", "내일 저녁 일정") == pytest.approx(0.85)
    assert agreement("주말 일정", "이번 주말 일정") == pytest.approx(0.85)
    assert agreement("토요일 일정", "이번 주 토요일 일정") == pytest.approx(0.85)
    assert agreement("내일 일정", "모레 일정") == pytest.approx(0.25)
    assert agreement("내일 일정", "취미") == 0
    assert agreement(None, "취미") == 0


def test_questions_of_the_valid_split_are_not_trained(world: World, held_out: HeldOut) -> None:
    path = DATA / "recall.jsonl"
    trained = {row.prompt for row in written_questions(path, world.fillers, held_out, valid=False, seed=1)}
    kept = {row.prompt for row in written_questions(path, world.fillers, held_out, valid=True, seed=1)}
    assert kept
    assert not kept & trained


def test_ethics_rows_keep_their_split_and_category(held_out: HeldOut) -> None:
    train = written_rows(DATA / "ethics", "train", held_out, seed=1)
    test = written_rows(DATA / "ethics", "test", held_out, seed=1)
    assert {row.category for row in train} == set(CATEGORIES)
    assert PAEDRIP in {row.category for row in test}
    assert not {row.text for row in train} & {row.text for row in test}
    assert part_of("같은 글") == part_of("같은 글")


def test_a_bad_row_is_named_with_file_and_line(tmp_path: Path) -> None:
    good = {
        "id": "a",
        "topic": "t",
        "said": ["안녕"],
        "answers": ["응"],
        "summary": "인사",
        "expression": ["보통", "보통", "없음"],
    }
    bad = {**good, "said": ["{nothing}"]}
    lines = [json.dumps(good, ensure_ascii=False), json.dumps(bad, ensure_ascii=False)]
    (tmp_path / "f.jsonl").write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(TrainingError, match=r"f\.jsonl:2: .*slot nothing"):
        read_frames(tmp_path, {})
    (tmp_path / "f.jsonl").write_text("{", encoding="utf-8")
    with pytest.raises(TrainingError, match=r"f\.jsonl:1"):
        read_frames(tmp_path, {})


def test_a_bad_ethics_row_is_named(tmp_path: Path, held_out: HeldOut) -> None:
    (tmp_path / "slots.json").write_text("{}", encoding="utf-8")
    (tmp_path / "rows.csv").write_text("category,text\n일반,안녕\n몰라,안녕\n", encoding="utf-8")
    with pytest.raises(TrainingError, match=r"rows\.csv:3"):
        written_rows(tmp_path, "train", held_out, seed=1)


def test_another_ending_keeps_the_stem() -> None:
    chooser = random.Random(3)
    past = {vary_ending("시험 망했어", chooser) for _ in range(60)}
    assert len(past) > 5
    assert all(text.startswith("시험 망했") for text in past)
    asked = {vary_ending("밥 먹었어?", chooser) for _ in range(60)}
    assert len(asked) > 3
    assert all(text.startswith("밥 먹었") and text.endswith("?") for text in asked)
    assert vary_ending("비 온다", chooser) == "비 온다"


def test_only_statements_without_an_opening_get_one() -> None:
    chooser = random.Random(3)
    assert vary_start("밥 먹었어?", chooser) == "밥 먹었어?"
    assert vary_start("나 밥 먹었어", chooser) == "나 밥 먹었어"
    assert vary_start("밥 먹었어", chooser).endswith(" 밥 먹었어")


def test_dialogues_on_love_are_rows_of_love_and_other_refusals_are_no_rows(world: World, held_out: HeldOut) -> None:
    made = expand(world, "train", 4000, held_out, seed=8, plan_share=0.0)
    rows = dialogue_rows(made, world.frames)
    assert any(row.category == LOVE for row in rows)
    said = {row.text for row in rows if row.category == "일반"}
    assert not {one.said for one in made if "부담" in one.answer} & said
