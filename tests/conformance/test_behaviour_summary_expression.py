from pathlib import Path

from engine.profiles import OHLORA_V4
from engine.rules import expression_text, summary
from tests.conformance.behaviour_cases import Case, assert_all, section


def test_summary(reference_dir: Path) -> None:
    def check(case: Case) -> tuple[object, object]:
        ours = summary.parse(case["raw"], case["new_tokens"])
        return (ours, 1 if ours is not None else summary.MAX_ATTEMPTS), (case["expected"], case["attempts"])

    assert_all(reference_dir, "summary_parse", check)


def test_expression(reference_dir: Path) -> None:
    def check(case: Case) -> tuple[object, object]:
        ours = expression_text.parse(case["raw"])
        attempts = 1 if ours is not None else expression_text.MAX_ATTEMPTS
        wanted = case["expected"]
        words = (wanted["eyes"], wanted["mouth"], wanted["pose"])
        return (ours or expression_text.FALLBACK_EXPRESSION, attempts), (words, case["attempts"])

    assert_all(reference_dir, "expression_parse", check)


def test_sampling_of_the_roles(reference_dir: Path) -> None:
    for name, role in (("summary", OHLORA_V4.roles["summary"]), ("expression", OHLORA_V4.roles["eyes_mouth_pose"])):
        params = section(reference_dir, f"{name}_llm_call")["params"]
        assert (role.max_new_tokens, role.temperature) == (params["max_new_tokens"], params["temperature"])


def test_summary_prompt(reference_dir: Path) -> None:
    seen = section(reference_dir, "summary_llm_call")["prompt_seen"]
    assert seen == summary.prompt_of("안녕", " 반가워 ") + OHLORA_V4.roles["summary"].suffix


def test_expression_prompt(reference_dir: Path) -> None:
    seen = section(reference_dir, "expression_llm_call")["prompt_seen"]
    assert seen == "안녕!" + OHLORA_V4.roles["eyes_mouth_pose"].suffix
