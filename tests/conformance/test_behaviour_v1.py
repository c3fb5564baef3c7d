from collections.abc import Sequence
from pathlib import Path

from engine.face.keyword_expression import keyword_scores
from engine.profiles import OHLORA_V1
from engine.rules.answer import FALLBACK_ANSWER
from engine.rules.compose import compose
from engine.rules.v1 import answer, store
from engine.rules.v1.brackets import take_memories
from tests.conformance.behaviour_cases import Case, assert_all, section


def answer_by_rule(raws: Sequence[str]) -> tuple[str, int]:
    for attempt in range(1, answer.MAX_ATTEMPTS + 1):
        raw = raws[min(attempt, len(raws)) - 1]
        if answer.refusal_reason(raw) is None:
            return answer.clean(raw), attempt
    return FALLBACK_ANSWER, answer.MAX_ATTEMPTS


def check_answer(case: Case) -> tuple[object, object]:
    text, attempts = answer_by_rule(case.get("raws") or [case["raw"]])
    if "intended" in case:
        return text, case["intended"]
    return (text, attempts), (case["expected"], case["attempts"])


def test_accepted_answers(reference_dir: Path) -> None:
    assert_all(reference_dir, "v1_answer_accept", check_answer)


def test_retries(reference_dir: Path) -> None:
    assert_all(reference_dir, "v1_answer_retry", check_answer)


def test_limits(reference_dir: Path) -> None:
    call = section(reference_dir, "v1_answer_llm_call")
    role = OHLORA_V1.roles["output_message"]
    assert (role.max_length, role.temperature) == (call["params"]["max_length"], call["params"]["temperature"])
    assert (role.max_length, role.temperature) == (answer.MAX_LENGTH_TOKENS, answer.TEMPERATURE)
    assert answer.MAX_ATTEMPTS == role.attempts == call["max_attempts"]
    assert call["fallback"] == FALLBACK_ANSWER


def test_brackets(reference_dir: Path) -> None:
    def check(case: Case) -> tuple[object, object]:
        spoken = take_memories(case["answer"])
        wanted = case.get("intended", [case["shown"], case["memories"]])
        return [spoken.shown, list(spoken.memories)], list(wanted)

    assert_all(reference_dir, "v1_parse_memory", check)


def test_store(reference_dir: Path) -> None:
    def check(case: Case) -> tuple[object, object]:
        return store.save(case["before"], case["items"]), case.get("intended", case["after"])

    assert_all(reference_dir, "v1_memory_save", check)


def test_lookup(reference_dir: Path) -> None:
    def check(case: Case) -> tuple[object, object]:
        return store.pick(case["file"], case["similarity"], case["threshold"]), case["expected"]

    assert_all(reference_dir, "v1_memory_pick", check)


def test_turn(reference_dir: Path) -> None:
    def check(case: Case) -> tuple[object, object]:
        line = store.pick(case["memory_before"], case["similarity"])
        prompt = compose(case["prompt"], line, None) + OHLORA_V1.roles["output_message"].suffix
        text, attempts = answer_by_rule(case["raws"])
        spoken = take_memories(text)
        after = store.save(case["memory_before"], spoken.memories)
        scores = [round(score, 6) for score in keyword_scores(spoken.shown)]
        ours = (prompt, attempts, f"👱‍♀️ 오로라 : {spoken.shown}", after, scores)
        return ours, (case["llm_prompt"], case["attempts"], case["printed"], case["memory_after"], case["scores"])

    assert_all(reference_dir, "v1_turn", check)
