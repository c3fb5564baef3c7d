from hypothesis import given
from hypothesis import strategies as st

from bot.discord.splitting import piece_nonce, split_text


def test_a_short_text_is_one_piece_and_an_empty_one_too() -> None:
    assert split_text(" 안녕 ") == ("안녕",)
    assert split_text("   ") == ("",)


def test_cuts_fall_on_lines_then_sentences_then_words() -> None:
    assert split_text("aaaa bbbb\ncccc", 12) == ("aaaa bbbb", "cccc")
    assert split_text("Aaaa bbb. Cc dd", 13) == ("Aaaa bbb.", "Cc dd")
    assert split_text("aaaa bbbb cccc", 11) == ("aaaa bbbb", "cccc")
    assert split_text("a" * 25, 10) == ("a" * 10, "a" * 10, "a" * 5)


@given(st.text(max_size=300), st.integers(min_value=4, max_value=40))
def test_nothing_is_lost_and_nothing_is_too_long(text: str, limit: int) -> None:
    pieces = split_text(text, limit)
    assert all(len(piece) <= limit for piece in pieces)
    assert "".join("".join(pieces).split()) == "".join(text.split())


def test_every_piece_has_a_stable_nonce_of_its_own() -> None:
    nonces = [piece_nonce("n" * 24, index) for index in range(4)]
    assert nonces[0] == "n" * 24
    assert len(set(nonces)) == 4
    assert all(len(nonce) <= 25 for nonce in nonces)
    assert nonces == [piece_nonce("n" * 24, index) for index in range(4)]
