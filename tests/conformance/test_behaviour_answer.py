from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from engine.profiles import OHLORA_V4
from engine.rules import answer
from tests.conformance.behaviour_cases import Case, assert_all, section


def answer_by_rule(raws: Sequence[str], now: datetime) -> tuple[str, int, list[float]]:
    """Follow the published retry loop: the text returned, attempts made, temperatures used."""
    temperatures: list[float] = []
    day_refusals = 0
    for attempt in range(1, answer.MAX_ATTEMPTS + 1):
        temperatures.append(round(answer.temperature(day_refusals), 6))
        raw = raws[min(attempt, len(raws)) - 1]
        reason = answer.refusal_reason(raw, now, attempt)
        if reason is None:
            return answer.clean(raw), attempt, temperatures
        day_refusals += reason == "day of week"
    return answer.FALLBACK_ANSWER, answer.MAX_ATTEMPTS, temperatures


def check(case: Case) -> tuple[object, object]:
    raws = case.get("raws") or [case["raw"]]
    ours = answer_by_rule(raws, datetime.fromisoformat(case["now"]))
    return ours, (case["expected"], case["attempts"], case["temperatures"])


def test_accepted_answers(reference_dir: Path) -> None:
    assert_all(reference_dir, "answer_accept", check)


def test_retries(reference_dir: Path) -> None:
    assert_all(reference_dir, "answer_retry", check)


def test_sampling_of_the_answer_role(reference_dir: Path) -> None:
    params = section(reference_dir, "answer_llm_call")["params"]
    role = OHLORA_V4.roles["output_message"]
    assert (role.max_length, role.temperature) == (params["max_length"], params["temperature"])
    assert params["do_sample"]
