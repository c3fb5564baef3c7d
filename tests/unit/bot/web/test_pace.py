from bot.web.pace import Pace


def test_a_burst_passes_and_then_one_at_a_time() -> None:
    now = 100.0
    pace = Pace(burst=3, every_s=2.0, clock=lambda: now)
    assert [pace.wait_s("minsu") for _ in range(3)] == [0, 0, 0]
    assert pace.wait_s("minsu") == 2.0
    assert pace.wait_s("jiwoo") == 0
    now += 2.0
    assert pace.wait_s("minsu") == 0
    assert pace.wait_s("minsu") == 2.0
    now += 60.0
    assert [pace.wait_s("minsu") for _ in range(4)] == [0, 0, 0, 2.0]
