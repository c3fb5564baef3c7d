import pytest

from engine.rules.v1.answer import clean, refusal_reason
from engine.rules.v1.brackets import entries, take_memories


@pytest.mark.parametrize(
    ("answer", "shown", "memories"),
    [
        ("[기분:\n좋음] 그래", " 그래", ("[기분: 좋음]",)),
        ("[취미: 축구 [주말]] 재밌겠다", " 재밌겠다", ("[취미: 축구 주말]",)),
        ("[이름: 민수 [취미: 축구] 놀자", "이름: 민수  놀자", ("[취미: 축구]",)),
        ("응] 그래 [", "응 그래 ", ()),
        ("", "", ()),
    ],
)
def test_no_bracket_is_shown(answer: str, shown: str, memories: tuple[str, ...]) -> None:
    spoken = take_memories(answer)
    assert (spoken.shown, spoken.memories) == (shown, memories)


def test_entries_come_in_the_order_they_were_said() -> None:
    assert entries(("[c: d]", "[x:]", "[a: b]")) == (("a", "b"), ("c", "d"))


def test_memory_without_words_is_refused_and_words_between_memories_are_not() -> None:
    assert refusal_reason(" [a: b] (답변 종료)") == "memory only"
    assert refusal_reason("[a: b] 안녕 [c]") is None
    assert clean("]안녕 (답변 종료)") == "안녕 "
