"""Every text a person sees, from gettext catalogues in Korean and English.

The catalogues are readable .po files, one a feature, under bot/locales/<language>/; they are compiled in memory at
start, so that there is no build step and no stale .mo file.
"""

from __future__ import annotations

import gettext
import io
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from bot.errors import BotError
from bot.particles import fill

Language = Literal["ko", "en"]
LANGUAGES: tuple[Language, ...] = ("ko", "en")
LOCALES = Path(__file__).parent / "locales"


class Texts:
    """The texts of all features in all languages, looked up by key."""

    def __init__(self, catalogues: dict[str, dict[str, str]]) -> None:
        self._catalogues = catalogues

    @classmethod
    def load(cls, root: Path = LOCALES) -> Texts:
        """Read every catalogue.

        Raises:
            BotError: a catalogue is unreadable, or a key stands in one language only or twice.
        """
        catalogues: dict[str, dict[str, str]] = {
            language: _read_language(sorted((root / language).glob("*.po"))) for language in LANGUAGES
        }
        korean, english = (set(catalogues[language]) for language in LANGUAGES)
        uneven = korean ^ english
        if uneven:
            raise BotError(f"texts missing in one language: {', '.join(sorted(uneven))}; add them to bot/locales")
        return cls(catalogues)

    def get(self, language: str, key: str, /, **values: object) -> str:
        """Return the text of `key`, its {placeholders} filled in; languages other than Korean get English.

        Raises:
            BotError: there is no such key.
        """
        catalogue = self._catalogues["ko" if language == "ko" else "en"]
        if key not in catalogue:
            raise BotError(f"no text {key!r}; add it to bot/locales")
        return fill(catalogue[key], values)

    def keys(self) -> frozenset[str]:
        """Return every key there is."""
        return frozenset(self._catalogues["ko"])


def _read_language(paths: Iterable[Path]) -> dict[str, str]:
    texts: dict[str, str] = {}
    for path in paths:
        with path.open("rb") as file:
            catalogue = read_po(file, abort_invalid=True)
        compiled = io.BytesIO()
        write_mo(compiled, catalogue)
        compiled.seek(0)
        translations = gettext.GNUTranslations(compiled)
        for message in catalogue:
            key = message.id
            if not isinstance(key, str) or not key:
                continue
            if key in texts:
                raise BotError(f"text {key!r} stands twice; remove one from {path.name}")
            texts[key] = translations.gettext(key)
    return texts
