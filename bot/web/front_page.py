"""The page itself: one HTML file whose texts come from the catalogues."""

from __future__ import annotations

import html
import re
from pathlib import Path

from bot.texts import LANGUAGES, Texts

STATIC = Path(__file__).parent / "static"
_TEXT = re.compile(r"\{\{([a-z_.]+)\}\}")


def front_pages(texts: Texts) -> dict[str, str]:
    """Return the page in every language.

    Raises:
        BotError: the page names a text that is in no catalogue.
    """
    template = (STATIC / "index.html").read_text(encoding="utf-8")
    return {language: _fill(template, texts, language) for language in LANGUAGES}


def script_texts(texts: Texts, language: str) -> dict[str, str]:
    """Return the texts that the page's scripts show, by their key without `web.script.`."""
    prefix = "web.script."
    return {key.removeprefix(prefix): texts.get(language, key) for key in texts.keys() if key.startswith(prefix)}  # noqa: SIM118


def _fill(template: str, texts: Texts, language: str) -> str:
    def text(match: re.Match[str]) -> str:
        return language if match[1] == "language" else html.escape(texts.get(language, match[1]))

    return _TEXT.sub(text, template)
