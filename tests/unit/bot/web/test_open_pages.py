from bot.web.open_pages import EVENTS_KEPT, PAGE_BACKLOG, VISITORS_KEPT, OpenPages


async def test_each_visitor_is_told_only_their_own() -> None:
    pages = OpenPages("run")
    first, _ = pages.join("minsu", None)
    second, _ = pages.join("minsu", None)
    other, _ = pages.join("jiwoo", None)
    pages.tell("minsu", "message", {"text": "안녕"})
    pages.close()
    for page in (first, second):
        event = await page.next()
        assert event is not None
        assert (event.kind, event.data) == ("message", {"text": "안녕"})
        assert await page.next() is None
    assert await other.next() is None


def test_a_page_that_comes_back_hears_what_it_missed() -> None:
    pages = OpenPages("run")
    _, welcome = pages.join("minsu", None)
    assert not welcome.resumed
    last = welcome.last_id
    assert pages.join("minsu", last)[1].resumed
    pages.tell("minsu", "message", {"n": 1})
    seen = pages.tell("minsu", "message", {"n": 2})
    pages.tell("jiwoo", "message", {"n": 0})
    pages.tell("minsu", "message", {"n": 3})
    _, again = pages.join("minsu", seen)
    assert again.resumed
    assert [event.data["n"] for event in again.missed] == [3]
    _, long_away = pages.join("minsu", last)
    assert [event.data["n"] for event in long_away.missed] == [1, 2, 3]


def test_a_page_from_before_the_restart_or_too_long_away_starts_anew() -> None:
    pages = OpenPages("run")
    first = pages.tell("minsu", "message", {})
    assert not OpenPages("other run").join("minsu", first)[1].resumed
    for nonsense in ("nonsense", "", "run-", "run-²", "run--1", "run-999", "run-" + "9" * 5000):
        assert not pages.join("minsu", nonsense)[1].resumed
    for _ in range(EVENTS_KEPT + 1):
        pages.tell("minsu", "message", {})
    assert not pages.join("minsu", first)[1].resumed


def test_a_visitor_who_was_forgotten_meanwhile_starts_anew() -> None:
    pages = OpenPages("run")
    seen = pages.tell("minsu", "message", {})
    for number in range(VISITORS_KEPT):
        pages.tell(f"visitor {number}", "message", {})
    assert not pages.join("minsu", seen)[1].resumed


def test_typing_is_shown_to_a_page_that_comes_later() -> None:
    pages = OpenPages("run")
    pages.typing("minsu", active=True)
    assert pages.join("minsu", None)[1].typing
    assert not pages.join("jiwoo", None)[1].typing
    pages.typing("minsu", active=False)
    assert not pages.join("minsu", None)[1].typing


async def test_a_page_that_does_not_read_is_closed() -> None:
    pages = OpenPages("run")
    page, _ = pages.join("minsu", None)
    for _ in range(PAGE_BACKLOG + 5):
        pages.tell("minsu", "message", {})
    told = [await page.next() for _ in range(PAGE_BACKLOG + 1)]
    assert told[-1] is None
    assert None not in told[:-1]


async def test_after_the_end_new_pages_are_closed_at_once() -> None:
    pages = OpenPages("run")
    pages.close()
    page, _ = pages.join("minsu", None)
    assert await page.next() is None
