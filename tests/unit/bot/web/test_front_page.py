import re

from bot.texts import LANGUAGES, Texts
from bot.web.front_page import STATIC, front_pages, script_texts


def test_the_page_is_whole_in_both_languages() -> None:
    pages = front_pages(Texts.load())
    assert set(pages) == set(LANGUAGES)
    for language, page in pages.items():
        assert f'<html lang="{language}">' in page
        assert "{{" not in page


def test_every_text_that_the_scripts_show_is_there_and_none_is_idle() -> None:
    source = "".join(path.read_text(encoding="utf-8") for path in STATIC.glob("*.js"))
    shown = set(re.findall(r'text\("([a-z_]+)"\)', source))
    states = set(re.findall(r'"(sending|unsent|refused|connecting|typing|online|you|her|service)"', source))
    known = set(script_texts(Texts.load(), "ko"))
    assert shown <= known
    assert known <= shown | states


def test_no_korean_stands_in_the_page_or_its_scripts() -> None:
    for path in STATIC.iterdir():
        words = re.findall(r"[가-힣]+", path.read_text(encoding="utf-8"))
        assert [word for word in words if word != "한국어"] == [], path.name


def test_the_page_asks_no_other_host() -> None:
    for path in STATIC.iterdir():
        addresses = re.findall(r"https?://[^\s\"'`]+", path.read_text(encoding="utf-8"))
        assert set(addresses) <= {"http://www.w3.org/2000/svg"}, path.name
