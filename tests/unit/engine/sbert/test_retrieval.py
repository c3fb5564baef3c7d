from dataclasses import replace
from datetime import date

import numpy as np

from engine.sbert.retrieval import best_match, recall
from engine.turn_types import MemoryEntry
from tests.unit.engine.sbert.toy_encoder import ToyEncoder

MONDAY, TUESDAY = date(2026, 1, 5), date(2026, 1, 6)
CAFE = MemoryEntry(1, "내일 일정", "카페", MONDAY, TUESDAY)
NAME = MemoryEntry(2, "이름", "민수", MONDAY)


def test_the_closest_line_wins_the_earlier_one_on_a_tie() -> None:
    prompt = np.array([1, 0], dtype=np.float32)
    lines = np.array([[0.6, 0.8], [0.8, 0.6], [0.8, 0.6]], dtype=np.float32)
    found = best_match(prompt, lines, 0.5)
    assert found is not None
    assert found[0] == 1
    assert best_match(prompt, lines, np.float32(0.8).item()) is not None
    assert best_match(prompt, lines, 0.81) is None
    assert best_match(prompt, np.zeros((0, 2), dtype=np.float32), -1.0) is None


async def test_a_memory_is_recalled_as_it_reads_today() -> None:
    encoder = ToyEncoder({"오늘 뭐 해?": [1, 0], "[오늘 일정: 카페]": [0.9, 0.1], "[이름: 민수]": [0, 1]})
    result = await recall(encoder, "오늘 뭐 해?", [NAME, CAFE], TUESDAY, 0.9)
    assert result.best is not None
    assert (result.best.entry_id, result.best.text) == (1, "[오늘 일정: 카페]")
    assert [line.entry_id for line in result.ranked] == [1, 2]
    assert result.ranked[0].cosine > result.ranked[1].cosine


async def test_nothing_close_enough_recalls_nothing_but_keeps_the_ranking() -> None:
    encoder = ToyEncoder({"안녕": [1, 0], "[이름: 민수]": [0, 1]})
    result = await recall(encoder, "안녕", [NAME], MONDAY, 0.6)
    assert result.best is None
    assert len(result.ranked) == 1


async def test_embeddings_are_reused_until_the_line_or_the_model_changes() -> None:
    encoder = ToyEncoder()
    first = await recall(encoder, "내일 뭐 해?", [CAFE, NAME], MONDAY, 0.0)
    assert encoder.calls == [["내일 뭐 해?", "[내일 일정: 카페]", "[이름: 민수]"]]
    kept = [replace(entry, embedding=first.embeddings[entry.entry_id or 0]) for entry in (CAFE, NAME)]

    again = await recall(encoder, "내일 뭐 해?", kept, MONDAY, 0.0)
    assert encoder.calls[1] == ["내일 뭐 해?"]
    assert again.ranked == first.ranked
    assert not again.embeddings

    next_day = await recall(encoder, "오늘 뭐 해?", kept, TUESDAY, 0.0)
    assert encoder.calls[2] == ["오늘 뭐 해?", "[오늘 일정: 카페]"]
    assert set(next_day.embeddings) == {1}

    encoder.model_hash = "another"
    other = await recall(encoder, "내일 뭐 해?", kept, MONDAY, 0.0)
    assert set(other.embeddings) == {1, 2}


async def test_without_memories_nothing_is_encoded() -> None:
    encoder = ToyEncoder()
    assert (await recall(encoder, "안녕", [], MONDAY, 0.0)).best is None
    assert encoder.calls == []
