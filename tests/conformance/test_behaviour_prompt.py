from datetime import datetime
from pathlib import Path

from engine.rules.compose import compose
from engine.rules.day_of_week import contradicts_day
from engine.rules.time_tag import add_time_info
from engine.rules.weekday import effective_date, weekday_name
from tests.conformance.behaviour_cases import Case, assert_all, section


def test_time_tag(reference_dir: Path) -> None:
    def check(case: Case) -> tuple[str, str]:
        return add_time_info(case["prompt"], datetime.fromisoformat(case["now"])), case["expected"]

    assert_all(reference_dir, "add_time_info", check)


def test_day_of_week_contradiction(reference_dir: Path) -> None:
    def check(case: Case) -> tuple[object, object]:
        now = datetime.fromisoformat(case["now"])
        ours = (weekday_name(effective_date(now)), contradicts_day(case["answer"], now))
        return ours, (case["effective_day"], case["expected"])

    assert_all(reference_dir, "dow_hallucination", check)


def test_prompts_end_as_the_roles_expect(reference_dir: Path) -> None:
    assert section(reference_dir, "answer_llm_call")["prompt_seen"] == compose("안녕", None, None) + " (답변 시작)"
    assert (
        section(reference_dir, "memory_llm_call")["prompt_seen"] == compose("나 피자 좋아해", None, "") + " (요약 시작)"
    )
    seen = section(reference_dir, "v1_answer_llm_call")["prompt_seen"]
    assert seen == compose("나 뭐 하지", "[오늘 일정: 회의]", None) + " (답변 시작)"
