import pytest

from bot.web.guard import host_is_ours, origin_is_ours


@pytest.mark.parametrize(
    "host", ["127.0.0.1:8080", "localhost", "LOCALHOST:1", "[::1]:8080", "192.168.0.7:8080", "aurora.lan:80"]
)
def test_addresses_and_the_configured_name_are_ours(host: str) -> None:
    assert host_is_ours(host, "aurora.lan")


@pytest.mark.parametrize(
    "host",
    [
        "",
        "evil.example",
        "evil.example:8080",
        "127.0.0.1.evil.example",
        "localhost.evil.example",
        "a@127.0.0.1",
        "[::1",
        "127.0.0.1:x",
    ],
)
def test_other_names_are_not(host: str) -> None:
    assert not host_is_ours(host, "127.0.0.1")


def test_only_our_own_page_is_our_origin() -> None:
    assert origin_is_ours("http://127.0.0.1:8080", "127.0.0.1:8080")
    assert origin_is_ours(None, "127.0.0.1:8080")
    for origin in ("http://127.0.0.1:9090", "http://evil.example", "null", "", "http://127.0.0.1:8080@evil.example"):
        assert not origin_is_ours(origin, "127.0.0.1:8080")
