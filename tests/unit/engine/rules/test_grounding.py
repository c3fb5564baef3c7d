import pytest

from engine.rules.grounding import is_grounded


@pytest.mark.parametrize(
    ("value", "said", "grounded"),
    [
        ("친구랑 카페", "내일 친구랑 카페 가기로 했어", True),
        ("가족과 여행", "다음 주에 가족이랑 여행 가", True),
        ("수영", "나 요즘 수영 배우고 있어", True),
        ("좋음", "기분이 너무 좋아", True),
        ("제주쿼", "나 내일 제주도로 여행 가기로 했어", False),
        ("제주도", "나 내일 제주도로 여행 가기로 했어", True),
        ("제주핸드", "나 내일 제주도로 여행 가기로 했어", False),
        ("부산 사진", "다음 주 토요일에 부산으로 여행 가", False),
        ("친구랑 학교", "내일 친구랑 카페 가기로 했어", False),
        ("", "안녕", True),
    ],
)
def test_a_memory_says_what_was_said(value: str, said: str, grounded: bool) -> None:
    assert is_grounded(value, said) is grounded
