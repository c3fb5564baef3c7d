import pytest

from bot.discord.plain_text import Names, plain_text

HER = 42
NAMES = Names(users={7: "준"}, roles={8: "운영진"}, channels={9: "수다"})


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("<@42> 안녕", "안녕"),
        ("안녕 <@!42>", "안녕"),
        ("있잖아 <@42> 들려?", "있잖아 들려?"),
        ("<@42><@42>", ""),
        ("<@7> <@!7> 봤어?", "준 준 봤어?"),
        ("<@&8> <#9> <:smile:123> <a:wave:5> </help:77>", "운영진 #수다 :smile: :wave: /help"),
        ("<@99>는 몰라", "는 몰라"),
        ("3 < 5 > 2 <t:123:R>", "3 < 5 > 2 <t:123:R>"),
        ("  그대로\n두 줄  ", "그대로\n두 줄"),
        ("<@420> 아니야", "아니야"),
    ],
)
def test_markup_becomes_words(written: str, read: str) -> None:
    assert plain_text(written, HER, NAMES) == read


def test_the_name_of_another_whose_id_begins_like_hers_is_kept() -> None:
    assert plain_text("<@420> 안녕", HER, Names(users={420: "수"})) == "수 안녕"
