from engine.training.text.ethics_rows import NORMAL
from engine.training.text.strange_rows import strange_rows


def test_strange_rows_are_distinct_harmless_and_the_same_for_a_seed() -> None:
    rows = strange_rows(500, seed=3)
    assert rows == strange_rows(500, seed=3)
    assert len({row.text for row in rows}) == 500
    assert {row.category for row in rows} == {NORMAL}
    assert not any("ㅅㅂ" in row.text or "ㄴㄱㅁ" in row.text for row in rows)
