"""The operator's page as HTML."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable

from bot.texts import Texts
from bot.web.front_page import STATIC
from bot.web.operator_desk import ServiceStatus

_PLACE = re.compile(r"\{\{([a-z_.]+)\}\}")
ALARMING = ("set_aside", "undelivered")  # figures that ought to be nought


class StatusPage:
    """Fills the page's template; everything that comes from elsewhere is escaped."""

    def __init__(self, texts: Texts) -> None:
        self._texts = texts
        self._template = (STATIC / "status.html").read_text(encoding="utf-8")

    def render(self, status: ServiceStatus, language: str) -> str:
        """Return the page of one moment."""

        def text(key: str) -> str:
            return html.escape(self._texts.get(language, key))

        def fact(group: str, name: str, value: str) -> str:
            alarming = ' class="alarming"' if name in ALARMING and value != "0" else ""
            return f"<div{alarming}><dt>{text(f'web.status.{group}.{name}')}</dt><dd>{html.escape(value)}</dd></div>"

        none = f'<tr><td class="none" colspan="4">{text("web.status.none")}</td></tr>'
        stages = (_row(s.stage, str(s.count), f"{s.median_ms:.0f} ms", f"{s.slow_ms:.0f} ms") for s in status.stages)
        problems = (_row(f"{p.at:%Y-%m-%d %H:%M:%S}", p.where, p.error) for p in status.problems)
        parts = {
            "language": language,
            "at": f"{status.at:%Y-%m-%d %H:%M:%S} UTC",
            "figures": "".join(fact("figure", name, _number(value)) for name, value in status.figures.items()),
            "stages": _joined(stages, none),
            "problems": _joined(problems, none),
            "weights": "".join(fact("weight", name, value) for name, value in status.weights.items()),
        }
        return _PLACE.sub(lambda place: parts[place[1]] if place[1] in parts else text(place[1]), self._template)


def _row(first: str, *cells: str) -> str:
    rest = "".join(f"<td>{html.escape(cell)}</td>" for cell in cells)
    return f"<tr><td>{html.escape(first)}</td>{rest}</tr>"


def _joined(rows: Iterable[str], otherwise: str) -> str:
    return "".join(rows) or otherwise


def _number(value: float) -> str:
    return str(int(value)) if value == int(value) else f"{value:.2f}"
